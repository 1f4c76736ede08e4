/** The cluster that is broken: three hosts with real daemons, the service that they keep, its client and its log. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ControlClient, UnreachableError } from '../../src/control/client.js';
import type { Status } from '../../src/model/status.js';
import { AddressWatch } from '../e2e/harness/address-watch.js';
import { BUILTIN_VIP } from '../e2e/harness/cluster-spec.js';
import type { Host } from '../e2e/harness/host.js';
import { DISK, RUN_FOLDER } from '../e2e/harness/host-set-up.js';
import type { HostedProcess } from '../e2e/harness/hosted-process.js';
import { Lab, VIRTUAL_ADDRESS } from '../e2e/harness/lab.js';
import { waitUntil } from '../e2e/harness/wait-until.js';
import { CLI } from '../e2e/stories/daemons.js';
import { faketimeLibrary } from '../house/prerequisites.mjs';
import { SharedLog } from './shared-log.js';

/** A small memory of its own for the state dir, so that it can be filled. */
const STATE = '/run/chaos-state';
const STATE_BYTES = '512k';

const PORT = 8000;
const WRITE_EVERY_MS = 15;
const WRITE_TIMEOUT_MS = 200;
const NAMES = ['lb1', 'lb2', 'lb3'];

/** Made for this and worth nothing. */
const KEY = '5d1f0c2b9a8e7766554433221100ffeeddccbbaa99887766554433221100abcd';

/** The service's program; compiled code lies in another folder and uses the same one. */
const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url.replace('/dist-test/', '/')));

/** Hosts, daemons, client, log and watch. */
export class ChaosCluster {
  readonly #daemons = new Map<string, HostedProcess>();
  readonly #starts = new Map<string, Promise<void>>();
  /** Every daemon that ever was, for how it ended. */
  readonly daemons: { readonly host: string; readonly daemon: HostedProcess }[] = [];

  private constructor(
    readonly lab: Lab,
    readonly watch: AddressWatch,
    readonly log: SharedLog,
    readonly client: HostedProcess,
  ) {}

  /** Makes everything but the daemons. */
  static async start(): Promise<ChaosCluster> {
    if (!existsSync(CLI)) throw new Error(`"${CLI}" is not there; run \`npm run build\``);
    const lab = await Lab.start({ hosts: NAMES, links: 2 });
    const log = new SharedLog();
    try {
      for (const host of lab.hosts) {
        await log.listen(join(lab.folder, host.name, 'disk', 'log.sock'));
        host.writeFile('key', `${KEY}\n`, 0o600);
        host.writeFile('cluster.yaml', specText());
        host.writeFile('wall', '+0');
        await must(host, ['mkdir', '-p', STATE]);
        await must(host, ['mount', '-t', 'tmpfs', '-o', `size=${STATE_BYTES}`, 'tmpfs', STATE]);
      }
      const watch = await AddressWatch.start(lab.hosts);
      const client = await lab.client.spawn([
        process.execPath,
        program('writer.mjs'),
        ...[VIRTUAL_ADDRESS, PORT, WRITE_EVERY_MS, WRITE_TIMEOUT_MS].map(String),
      ]);
      return new ChaosCluster(lab, watch, log, client);
    } catch (error) {
      await lab.close();
      await log.close();
      throw error;
    }
  }

  /** The names of the hosts. */
  get names(): readonly string[] {
    return NAMES;
  }

  /** Starts the daemon of a host, unless it has a living one. Its wall clock is what the file `wall` says, its monotonic clock is the machine's. */
  startDaemon(name: string): Promise<void> {
    // One after the other: the plan of another host may be starting it, too.
    const start = (this.#starts.get(name) ?? Promise.resolve()).then(() => this.#startUnlessAlive(name));
    this.#starts.set(name, start);
    return start;
  }

  async #startUnlessAlive(name: string): Promise<void> {
    if (this.#daemons.get(name)?.hasExited === false) return;
    // Set by `env` inside: the program that enters the host would leave the library's files in the machine's /dev/shm.
    const clock = [
      ...['env', `LD_PRELOAD=${faketimeLibrary() ?? ''}`, `FAKETIME_TIMESTAMP_FILE=${DISK}/wall`],
      ...['FAKETIME_NO_CACHE=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1', 'NO_FAKE_STAT=1'],
    ];
    const daemon = await this.lab
      .host(name)
      .spawn([
        ...clock,
        ...[process.execPath, CLI, 'run', `${DISK}/cluster.yaml`, '--node', name],
        ...['--state-dir', STATE, '--run-dir', RUN_FOLDER, '--socket', `${DISK}/control.sock`],
        ...['--log-format', 'json'],
      ]);
    this.#daemons.set(name, daemon);
    this.daemons.push({ host: name, daemon });
  }

  /** The newest daemon of a host. */
  daemon(name: string): HostedProcess | undefined {
    return this.#daemons.get(name);
  }

  /** Steps the wall clock of a host's daemon. Shape: seconds, with a sign. */
  stepWall(name: string, seconds: number): void {
    const text = `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}`;
    // In place: the library keeps no file open, but a rename would be noticed no sooner.
    writeFileSync(join(this.lab.folder, name, 'disk', 'wall'), text);
  }

  /** Leaves no byte in a host's state dir. */
  async fillDisk(name: string): Promise<void> {
    await this.lab.host(name).exec(['dd', 'if=/dev/zero', `of=${STATE}/fill`, 'bs=4k']);
  }

  async emptyDisk(name: string): Promise<void> {
    await this.lab.host(name).exec(['rm', '-f', `${STATE}/fill`]);
  }

  /** What a daemon says; null when it does not answer. */
  async status(name: string): Promise<Status | null> {
    const client = new ControlClient({
      socketPath: join(this.lab.folder, name, 'disk', 'control.sock'),
      timeoutMs: 2000,
    });
    try {
      return await client.status();
    } catch (error) {
      if (error instanceof UnreachableError) return null;
      throw error;
    } finally {
      await client.close();
    }
  }

  /** Waits until every daemon says that all is well. Errors: throws with what they say when it does not come. */
  async untilCalm(timeoutMs: number): Promise<void> {
    let said: readonly (Status | null)[] = [];
    await waitUntil(
      'every daemon to say that all is well',
      async () => {
        for (const name of NAMES) await this.startDaemon(name);
        said = await Promise.all(NAMES.map((name) => this.status(name)));
        return said.every((status) => status?.health === 'ok' && status.plan?.actions.length === 0);
      },
      {
        timeoutMs,
        everyMs: 200,
        onTimeout: () =>
          NAMES.map((name, index) => {
            const tail = this.#daemons.get(name)?.output.trimEnd().split('\n').slice(-12).join('\n    ') ?? '';
            return `${name}: ${said[index]?.verdict ?? 'no answer'}\n    ${tail}`;
          }).join('\n'),
      },
    );
  }

  /** The client's lines. */
  clientLines(): readonly string[] {
    return readFileSync(this.client.stdoutFile, 'utf8').split('\n').slice(0, -1);
  }

  async close(): Promise<void> {
    await this.lab.close();
    await this.log.close();
  }
}

async function must(host: Host, argv: readonly string[]): Promise<void> {
  const { code, stderr } = await host.exec(argv);
  if (code !== 0) throw new Error(`"${argv.join(' ')}" on "${host.name}": ${stderr.trim()}`);
}

/** One group: the address, and the program that writes. */
function specText(): string {
  const run = [process.execPath, program('owner.mjs'), VIRTUAL_ADDRESS, `${PORT}`, `${DISK}/log.sock`];
  return `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: chaos }
heartbeat: { port: 7418, every: 200ms, lease: 1s, key: { file: ${DISK}/key } }
nodes:
${NAMES.map((name, index) => `  ${name}: { addresses: [10.77.0.${11 + index}, 10.77.1.${11 + index}] }`).join('\n')}
groups:
  shop:
    members: [vip, writer]
    stopBudget: 500ms
    failurePolicy: { restarts: 100, within: 10m, then: move }
resources:
${BUILTIN_VIP}  writer:
    type: script
    params:
      run: ${JSON.stringify(run)}
    monitor: [{ every: 1s, timeout: 1s }]
    timeouts: { start: 10s, stop: 10s }
`;
}
