/**
 * keepalived on two hosts of a lab: who answers after a crash of the master, and what happens around a cut.
 *
 * nginx runs on both hosts all the time, as its users do it; the address alone moves.
 */
import { existsSync } from 'node:fs';
import { AddressWatch } from '../../e2e/harness/address-watch.js';
import type { Host } from '../../e2e/harness/host.js';
import { HttpProbe } from '../../e2e/harness/http-probe.js';
import { Lab, VIRTUAL_ADDRESS } from '../../e2e/harness/lab.js';
import { NGINX_CONFIG_NAME, NGINX_IN_FOREGROUND, nginxConfig } from '../../e2e/harness/nginx-config.js';
import { waitUntil } from '../../e2e/harness/wait-until.js';

const PROGRAM = '/usr/sbin/keepalived';
const NAMES = ['lb1', 'lb2'];
const PATIENCE_MS = 60_000;

/** What was measured. Shape: one number for each round, in milliseconds. */
export interface KeepalivedFigures {
  readonly crashToHttpMs: readonly number[];
  /** Time in which both hosts had the address during a cut of the master. */
  readonly twoOwnersMs: readonly number[];
}

/** Whether the program is there. */
export function hasKeepalived(): boolean {
  return existsSync(PROGRAM);
}

/** Measures with adverts every second. */
export async function measureKeepalived(rounds: number): Promise<KeepalivedFigures> {
  const lab = await Lab.start({ hosts: NAMES });
  try {
    const watch = await AddressWatch.start(lab.hosts);
    const probe = await HttpProbe.start(lab.client, { host: VIRTUAL_ADDRESS });
    for (const host of lab.hosts) {
      await startHost(host);
    }
    const crashToHttpMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const owner = await soleOwner(watch);
      await probe.untilAnsweredBy([owner], { sinceMs: probe.mark(), timeoutMs: PATIENCE_MS });
      const fromMs = probe.mark();
      await lab.host(owner).crash();
      const others = NAMES.filter((name) => name !== owner);
      await probe.untilAnsweredBy(others, { sinceMs: fromMs, timeoutMs: PATIENCE_MS });
      crashToHttpMs.push((await probe.report({ fromMs })).longestOutageMs);
      await lab.host(owner).boot();
      await startHost(lab.host(owner));
    }
    const twoOwnersMs: number[] = [];
    const owner = await soleOwner(watch);
    await lab.host(owner).cut();
    await waitUntil('a second owner', async () => (await watch.holders(VIRTUAL_ADDRESS)).length === 2, {
      timeoutMs: PATIENCE_MS,
    });
    await lab.heal();
    await soleOwner(watch);
    for (const { durationMs } of await watch.overlaps(VIRTUAL_ADDRESS)) {
      twoOwnersMs.push(durationMs ?? 0);
    }
    return { crashToHttpMs, twoOwnersMs };
  } finally {
    await lab.close();
  }
}

async function soleOwner(watch: AddressWatch): Promise<string> {
  await waitUntil('one owner', async () => (await watch.holders(VIRTUAL_ADDRESS)).length === 1, {
    timeoutMs: PATIENCE_MS,
    everyMs: 100,
  });
  return (await watch.holders(VIRTUAL_ADDRESS))[0] ?? '';
}

async function startHost(host: Host): Promise<void> {
  host.writeFile(NGINX_CONFIG_NAME, nginxConfig({ hostName: host.name }));
  await host.spawn(NGINX_IN_FOREGROUND);
  const config = host.writeFile('keepalived.conf', configOf(host.name === NAMES[0] ? 100 : 90));
  const daemon = await host.spawn([PROGRAM, '--dont-fork', '--log-console', '--log-detail', '--use-file', config]);
  // It needs seconds to begin; a crash before that would measure a node that is not there yet.
  await daemon.waitForOutput(/Entering BACKUP STATE/, { timeoutMs: PATIENCE_MS });
}

function configOf(priority: number): string {
  return `vrrp_instance web {
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    virtual_ipaddress {
        ${VIRTUAL_ADDRESS}/24 dev eth0
    }
}
`;
}
