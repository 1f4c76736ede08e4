/** Three machines on which fairlead is a service of systemd and runs an address and Debian's nginx: the set-up of `examples/nginx-vip-ping.yaml`. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../../../src/model/status.js';
import { SHARED_DISK } from '../harness/host-set-up.js';
import { HttpProbe } from '../harness/http-probe.js';
import { GATEWAY_ADDRESS, Lab, VIRTUAL_ADDRESS } from '../harness/lab.js';
import { waitUntil } from '../harness/wait-until.js';
import { CLI, isCalm, PATIENCE_MS } from '../stories/daemons.js';
import { buildDebianRoot } from './debian-root.js';
import { Machine, removeControlGroups } from './machine.js';

const NAMES = ['lb1', 'lb2', 'lb3'];

/** Where the documentation has people put the spec. */
export const SPEC = '/etc/fairlead/cluster.yaml';

/** Made for this test and worth nothing. */
const KEY = '77d1f0c2b9a8e7766554433221100ffeeddccbbaa99887766554433221100abcd\n';

/** Answers every request itself. */
const HAPROXY_CONFIG = `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
listen front
  bind 127.0.0.1:8080
  http-request return status 200
`;

const UNIT_FILE = new URL('../../../examples/systemd/fairlead.service', import.meta.url);

/** The machines, and a client that asks for the page all the time. */
export class ServiceCluster {
  private constructor(
    readonly lab: Lab,
    readonly machines: readonly Machine[],
    readonly probe: HttpProbe,
  ) {}

  /** Makes the machines and boots them. The service is neither enabled nor started. */
  static async start(): Promise<ServiceCluster> {
    if (!existsSync(CLI)) throw new Error(`"${CLI}" is not there; run \`npm run build\``);
    removeControlGroups();
    const lab = await Lab.start({ hosts: NAMES, links: 2 });
    try {
      await buildDebianRoot(join(lab.sharedFolder, 'debian'));
      const probe = await HttpProbe.start(lab.client, { host: VIRTUAL_ADDRESS });
      const machines = await Promise.all(
        lab.hosts.map((host) => Machine.make(host, { root: `${SHARED_DISK}/debian`, files: filesOf(lab, host.name) })),
      );
      const cluster = new ServiceCluster(lab, machines, probe);
      await Promise.all(machines.map((machine) => machine.powerOn()));
      for (const machine of machines) await cluster.untilBooted(machine);
      return cluster;
    } catch (error) {
      await lab.close();
      removeControlGroups();
      throw error;
    }
  }

  /** The machine of that name. */
  machine(name: string): Machine {
    const found = this.machines.find((machine) => machine.name === name);
    if (found === undefined) throw new Error(`there is no machine "${name}"`);
    return found;
  }

  /** Waits until a machine has booted, and nothing on it failed. */
  async untilBooted(machine: Machine): Promise<void> {
    let said = '';
    const look = async (): Promise<boolean> => {
      const outcome = await machine.run(['systemctl', 'is-system-running']);
      said = `${outcome.stdout}${outcome.stderr}`.trim();
      return said === 'running';
    };
    await waitUntil(`"${machine.name}" has booted`, look, {
      timeoutMs: PATIENCE_MS,
      everyMs: 100,
      onTimeout: () => said,
    });
  }

  /** What the daemon of a machine says; null when it does not answer. */
  async status(machine: Machine): Promise<Status | null> {
    if (!machine.isOn) return null;
    const outcome = await machine.run(['fairlead', 'status', '-o', 'json']);
    return outcome.code === 0 ? JSON.parse(outcome.stdout) : null;
  }

  /** Waits until the daemons of all machines say that all is well; returns the name of the owner, which answers. */
  async untilCalm(what: string): Promise<string> {
    const look = async (): Promise<boolean> => {
      for (const machine of this.machines) {
        const status = await this.status(machine);
        if (status === null || !isCalm(status)) return false;
      }
      return true;
    };
    await waitUntil(what, look, { timeoutMs: PATIENCE_MS, everyMs: 100, onTimeout: () => this.story() });
    return this.untilAnswered({ sinceMs: this.probe.mark() });
  }

  /** Waits until one of these machines, by default any, answers a request that started since a moment; returns its name. */
  async untilAnswered(options: { readonly by?: readonly string[]; readonly sinceMs: number }): Promise<string> {
    const { by = NAMES, sinceMs } = options;
    try {
      return (await this.probe.untilAnsweredBy(by, { sinceMs, timeoutMs: PATIENCE_MS })).body;
    } catch (error) {
      throw new Error(`nobody answered\n${await this.story()}`, { cause: error });
    }
  }

  /** Prints how long the client was without an answer since a moment. */
  async tell(title: string, fromMs: number): Promise<void> {
    const { longestOutageMs } = await this.probe.report({ fromMs });
    console.log(`e2e ${title} (systemd): outage ${longestOutageMs.toFixed(0)} ms`);
  }

  async close(): Promise<void> {
    await this.lab.close();
    removeControlGroups();
  }

  /** What the machines say, for a failed wait. */
  async story(): Promise<string> {
    const words = ['sh', '-c', 'fairlead status; journalctl --no-pager --lines=40 --unit=fairlead --unit=nginx'];
    const stories = this.machines.map(async (machine) => {
      const outcome = machine.isOn ? await machine.run(words) : { stdout: 'off', stderr: machine.console };
      return `== ${machine.name}\n${outcome.stdout}${outcome.stderr}`;
    });
    return (await Promise.all(stories)).join('\n');
  }
}

function filesOf(lab: Lab, name: string): Parameters<typeof Machine.make>[1]['files'] {
  return {
    '/etc/hostname': `${name}\n`,
    '/etc/machine-id': `${randomUUID().replaceAll('-', '')}\n`,
    '/etc/systemd/system/fairlead.service': readFileSync(UNIT_FILE, 'utf8'),
    // The package's own watchdog waits five times as long.
    '/etc/systemd/system/fairlead.service.d/watchdog.conf': '[Service]\nWatchdogSec=6s\n',
    // As somebody may have it who had no cluster before.
    '/etc/systemd/system/nginx.service.d/override.conf': '[Service]\nRestart=always\n',
    '/etc/nginx/conf.d/page.conf': `server { listen 80; location / { access_log off; return 200 "${name}"; } }\n`,
    '/etc/haproxy/haproxy.cfg': HAPROXY_CONFIG,
    '/var/lib/haproxy/dev/log': '',
    '/etc/fairlead/gossip.key': { text: KEY, mode: 0o600 },
    [SPEC]: specOf(lab),
  };
}

function specOf(lab: Lab): string {
  const nodes = lab.hosts.map((host) => `  ${host.name}: { addresses: [${host.address(0)}, ${host.address(1)}] }\n`);
  return `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: cluster01 }
heartbeat: { every: 300ms, lease: 3s, key: { file: /etc/fairlead/gossip.key } }
nodes:
${nodes.join('')}pings:
  gateway: { hosts: [${GATEWAY_ADDRESS}], every: 1s, timeout: 500ms, attempts: 2, failAfter: 1s, recoverAfter: 1s }
groups:
  rg01: { members: [rs-vip, rs-systemd-nginx], requires: [gateway], stopBudget: 1s }
resources:
  rs-vip:
    type: builtin:vip
    params: { address: ${VIRTUAL_ADDRESS}/24, interface: eth0 }
    monitor: [{ every: 2s, timeout: 2s }]
    timeouts: { start: 20s, stop: 20s }
  rs-systemd-nginx:
    type: systemd:nginx
    monitor: [{ every: 2s, timeout: 2s }]
    timeouts: { start: 30s, stop: 20s }
`;
}
