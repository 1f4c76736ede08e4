/**
 * Pacemaker and Corosync on three hosts of a lab, with the same agents for the same group and no fencing.
 *
 * Nothing is installed or started on the machine: the programs run inside the hosts, with their folders on the hosts' disks.
 */
import { existsSync } from 'node:fs';
import type { Host } from '../../e2e/harness/host.js';
import { HttpProbe } from '../../e2e/harness/http-probe.js';
import { Lab, VIRTUAL_ADDRESS } from '../../e2e/harness/lab.js';
import { NGINX_CONFIG, NGINX_CONFIG_NAME, nginxConfig } from '../../e2e/harness/nginx-config.js';
import { waitUntil } from '../../e2e/harness/wait-until.js';
import type { ResourceUsage } from '../resource-usage.js';
import { usageOf } from '../resource-usage.js';

const PROGRAMS = ['/usr/sbin/pacemakerd', '/usr/sbin/corosync', '/usr/sbin/cibadmin', '/usr/sbin/crm_attribute'];
const NAMES = ['lb1', 'lb2', 'lb3'];
const PATIENCE_MS = 120_000;

/** What was measured. Shape: one number for each round, in milliseconds. */
export interface PacemakerFigures {
  /** Corosync's token timeout; null for its default, 3,000 ms and 650 ms for each node beyond two. */
  readonly tokenMs: number | null;
  readonly coldStartMs: readonly number[];
  readonly crashToHttpMs: readonly number[];
  readonly standbyMs: readonly number[];
  /** With a monitor every 10 s. */
  readonly addressDeletedMs: readonly number[];
  /** Of one node, all daemons together. */
  readonly idle: ResourceUsage;
}

/** Whether the programs are there. */
export function hasPacemaker(): boolean {
  return PROGRAMS.every((path) => existsSync(path));
}

/** Measures all of it, `rounds` times; cold starts once, since they take half a minute. */
export async function measurePacemaker(options: {
  readonly rounds: number;
  readonly tokenMs: number | null;
  readonly idleMs: number;
  readonly tell: (line: string) => void;
}): Promise<PacemakerFigures> {
  const { rounds, tokenMs, tell } = options;
  const lab = await Lab.start({ hosts: NAMES });
  try {
    const probe = await HttpProbe.start(lab.client, { host: VIRTUAL_ADDRESS });
    const answeredBy = async (names: readonly string[], sinceMs: number): Promise<string> =>
      (await probe.untilAnsweredBy(names, { sinceMs, timeoutMs: PATIENCE_MS })).body;
    await Promise.all(lab.hosts.map((host) => startHost(host, lab.hosts, tokenMs)));
    await loadConfiguration(lab);
    tell('pacemaker is configured');
    await answeredBy(NAMES, 0);

    await Promise.all(lab.hosts.map((host) => host.crash()));
    await Promise.all(lab.hosts.map((host) => host.boot()));
    const coldFromMs = probe.mark();
    await Promise.all(lab.hosts.map((host) => startHost(host, lab.hosts, tokenMs)));
    let owner = await answeredBy(NAMES, coldFromMs);
    const coldStartMs = [(await probe.report({ fromMs: coldFromMs })).longestOutageMs];
    tell(`pacemaker cold start ${coldStartMs.join()} ms`);
    await allOnline(lab);
    const [some] = lab.hosts;
    const idle = some === undefined ? NOTHING : await usageOf(some, /corosync|pacemaker/, options.idleMs);

    const addressDeletedMs: number[] = [];
    const standbyMs: number[] = [];
    const crashToHttpMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const deletedMs = probe.mark();
      await lab.host(owner).exec(['ip', 'address', 'delete', `${VIRTUAL_ADDRESS}/24`, 'dev', 'eth0']);
      await answeredBy(NAMES, probe.mark());
      addressDeletedMs.push((await probe.report({ fromMs: deletedMs })).longestOutageMs);

      const standbyFromMs = probe.mark();
      await setStandby(lab.host(owner), 'on');
      const next = await answeredBy(
        NAMES.filter((name) => name !== owner),
        standbyFromMs,
      );
      standbyMs.push((await probe.report({ fromMs: standbyFromMs })).longestOutageMs);
      await setStandby(lab.host(owner), 'off');
      owner = next;
      await allOnline(lab);

      const crashMs = probe.mark();
      await lab.host(owner).crash();
      const survivor = await answeredBy(
        NAMES.filter((name) => name !== owner),
        crashMs,
      );
      crashToHttpMs.push((await probe.report({ fromMs: crashMs })).longestOutageMs);
      await lab.host(owner).boot();
      await startHost(lab.host(owner), lab.hosts, tokenMs);
      owner = survivor;
      await allOnline(lab);
      tell(`pacemaker round ${round + 1}: ${crashToHttpMs.at(-1)?.toFixed(0)} ms from crash to HTTP`);
    }
    return { tokenMs, coldStartMs, crashToHttpMs, standbyMs, addressDeletedMs, idle };
  } finally {
    await lab.close();
  }
}

/** What a client waits for when its service is broken by hand, with monitors every 10 s. Shape: milliseconds, one number for each round. */
export interface PacemakerFailures {
  readonly addressDeleted: readonly number[];
  readonly serviceKilled: readonly number[];
}

/** Measures that alone. */
export async function measurePacemakerFailures(
  rounds: number,
  tell: (line: string) => void,
): Promise<PacemakerFailures> {
  const lab = await Lab.start({ hosts: NAMES });
  try {
    const probe = await HttpProbe.start(lab.client, { host: VIRTUAL_ADDRESS });
    const answered = async (sinceMs: number): Promise<string> =>
      (await probe.untilAnsweredBy(NAMES, { sinceMs, timeoutMs: PATIENCE_MS })).body;
    await Promise.all(lab.hosts.map((host) => startHost(host, lab.hosts, null)));
    await loadConfiguration(lab);
    await answered(0);
    const outageOf = async (breakIt: (host: Host) => Promise<unknown>): Promise<number> => {
      const owner = await answered(probe.mark());
      const fromMs = probe.mark();
      await breakIt(lab.host(owner));
      await answered(probe.mark());
      return (await probe.report({ fromMs })).longestOutageMs;
    };
    const addressDeleted: number[] = [];
    const serviceKilled: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      addressDeleted.push(
        await outageOf((host) => host.exec(['ip', 'address', 'delete', `${VIRTUAL_ADDRESS}/24`, 'dev', 'eth0'])),
      );
      serviceKilled.push(await outageOf((host) => host.signalProcesses(/^nginx: /, 'KILL')));
      tell(
        `pacemaker round ${round + 1}: ${addressDeleted.at(-1)?.toFixed(0)}, ${serviceKilled.at(-1)?.toFixed(0)} ms`,
      );
    }
    return { addressDeleted, serviceKilled };
  } finally {
    await lab.close();
  }
}

const NOTHING: ResourceUsage = { rssMiB: Number.NaN, cpuPercent: Number.NaN, processes: 0 };

/** Furnishes a host and starts both daemons in it. */
async function startHost(host: Host, all: readonly Host[], tokenMs: number | null): Promise<void> {
  host.writeFile(NGINX_CONFIG_NAME, nginxConfig({ hostName: host.name, onlyOn: VIRTUAL_ADDRESS }));
  const config = host.writeFile('corosync.conf', corosyncConfig(all, tokenMs));
  const made = await host.exec(['sh', '-euc', FURNISH]);
  if (made.code !== 0) {
    throw new Error(`"${host.name}" cannot be furnished for pacemaker: ${made.stderr}`);
  }
  await host.spawn(['/usr/sbin/corosync', '-f', '-c', config]);
  await waitUntil(
    `corosync on "${host.name}"`,
    async () => (await host.exec(['/usr/sbin/corosync-cfgtool', '-s'])).code === 0,
    { timeoutMs: PATIENCE_MS, everyMs: 100 },
  );
  await host.spawn(['/usr/sbin/pacemakerd'], { env: { PCMK_logfile: '/var/log/pacemaker/pacemaker.log' } });
}

/** Folders that outlive a crash as they would on a disk, and those that do not. */
const FURNISH = `
mkdir -p /run/disk/pacemaker/blackbox /run/disk/pacemaker/cib /run/disk/pacemaker/cores /run/disk/pacemaker/pengine /run/disk/corosync
mount --bind /run/disk/pacemaker /var/lib/pacemaker
mount --bind /run/disk/corosync /var/lib/corosync
mkdir -p /run/crm /var/log/pacemaker /var/log/cluster /var/log/corosync
chown -R hacluster:haclient /var/lib/pacemaker /run/crm /var/log/pacemaker
`;

async function loadConfiguration(lab: Lab): Promise<void> {
  await allOnline(lab);
  const [host] = lab.hosts;
  for (const [scope, xml] of CONFIGURATION) {
    const outcome = await host?.exec(
      ['/usr/sbin/cibadmin', '--modify', '--allow-create', '--scope', scope, '--xml-text', xml],
      {
        timeoutMs: 60_000,
      },
    );
    if (outcome?.code !== 0) {
      throw new Error(`pacemaker refused its configuration: ${outcome?.stderr}`);
    }
  }
}

async function allOnline(lab: Lab): Promise<void> {
  const [host] = lab.hosts;
  let seen = '';
  await waitUntil(
    'three online nodes',
    async () => {
      seen = (await host?.exec(['/usr/sbin/crm_mon', '--one-shot', '--output-as=text']))?.stdout ?? '';
      return /Online: \[ lb1 lb2 lb3 \]/.test(seen);
    },
    { timeoutMs: PATIENCE_MS, everyMs: 250, onTimeout: () => seen },
  );
}

async function setStandby(host: Host, value: 'on' | 'off'): Promise<void> {
  const words = ['--node', host.name, '--name', 'standby', '--update', value];
  const outcome = await host.exec(['/usr/sbin/crm_attribute', ...words]);
  if (outcome.code !== 0) {
    throw new Error(`standby of "${host.name}" failed: ${outcome.stderr}`);
  }
}

function corosyncConfig(hosts: readonly Host[], tokenMs: number | null): string {
  const nodes = hosts.map(
    (host, index) =>
      `  node {\n    ring0_addr: ${host.address()}\n    name: ${host.name}\n    nodeid: ${index + 1}\n  }`,
  );
  return `totem {
  version: 2
  cluster_name: bench
  transport: knet
  crypto_cipher: none
  crypto_hash: none${tokenMs === null ? '' : `\n  token: ${tokenMs}`}
}
nodelist {
${nodes.join('\n')}
}
quorum {
  provider: corosync_votequorum
}
logging {
  to_stderr: yes
  to_syslog: no
}
`;
}

/** The group of the end-to-end tests, with Pacemaker's usual monitors. */
const CONFIGURATION: readonly (readonly [string, string])[] = [
  [
    'crm_config',
    `<crm_config><cluster_property_set id="options">
<nvpair id="fencing" name="stonith-enabled" value="false"/>
</cluster_property_set></crm_config>`,
  ],
  [
    'rsc_defaults',
    `<rsc_defaults><meta_attributes id="defaults">
<nvpair id="stickiness" name="resource-stickiness" value="1000"/>
<nvpair id="threshold" name="migration-threshold" value="1000"/>
</meta_attributes></rsc_defaults>`,
  ],
  [
    'resources',
    `<resources><group id="web">
<primitive id="vip" class="ocf" provider="heartbeat" type="IPaddr2">
<instance_attributes id="vip-params"><nvpair id="vip-ip" name="ip" value="${VIRTUAL_ADDRESS}"/>
<nvpair id="vip-mask" name="cidr_netmask" value="24"/><nvpair id="vip-nic" name="nic" value="eth0"/></instance_attributes>
<operations><op id="vip-monitor" name="monitor" interval="10s" timeout="20s"/></operations></primitive>
<primitive id="nginx" class="ocf" provider="heartbeat" type="nginx">
<instance_attributes id="nginx-params"><nvpair id="nginx-config" name="configfile" value="${NGINX_CONFIG}"/></instance_attributes>
<operations><op id="nginx-monitor" name="monitor" interval="10s" timeout="20s"/></operations></primitive>
</group></resources>`,
  ],
];
