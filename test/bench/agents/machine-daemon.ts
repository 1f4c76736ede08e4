/** A daemon alone in a machine of its own: a real systemd in namespaces, with an interface, and nobody beside it. */
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Status } from '../../../src/model/status.js';
import { SystemdMachine } from '../../agents/harness/systemd-machine.js';
import { waitUntil } from '../../e2e/harness/wait-until.js';
import { CLI } from '../../e2e/stories/daemons.js';

/** Where everything of the bench stands inside. */
export const PLACE = '/run/bench';

/** For the start of the daemon, and for that of each resource on a busy machine. */
const PATIENCE_MS = 60_000;
const PATIENCE_PER_RESOURCE_MS = 1000;

/** The processor time of a daemon. Shape: seconds since it began; `own` without the programs that it ran, which are `agents`. */
export interface ProcessorTime {
  readonly own: number;
  readonly agents: number;
}

/** The machine with its daemon. */
export class MachineDaemon {
  #daemon: ChildProcess | null = null;
  #log = '';

  private constructor(private readonly machine: SystemdMachine) {}

  /** Boots it with some unit files; no daemon runs yet. */
  static async boot(units: Readonly<Record<string, string>>): Promise<MachineDaemon> {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
    for (const [name, text] of Object.entries(units)) writeFileSync(join(folder, name), text);
    // It wants at least one file to copy.
    writeFileSync(join(folder, 'bench.target'), '[Unit]\nDefaultDependencies=no\n');
    const machine = await SystemdMachine.boot(folder);
    rmSync(folder, { recursive: true });
    const made = new MachineDaemon(machine);
    made.run(['sh', '-euc', FURNISH]);
    return made;
  }

  /** Runs a program inside and returns what it printed. Errors: throws when it fails. */
  run(argv: readonly string[], input = ''): string {
    const [program = '', ...words] = [...this.machine.enter, ...argv];
    const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', input });
    if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** Starts a daemon of the node n1 with these resources, and waits until all of them run. */
  async start(resources: string, count: number): Promise<void> {
    this.run(['sh', '-c', `cat > ${PLACE}/cluster.yaml`], specOf(resources));
    const words = ['run', `${PLACE}/cluster.yaml`, '--node', 'n1', '--state-dir', `${PLACE}/state`];
    const more = ['--run-dir', `${PLACE}/run`, '--log-format', 'json', '--log-level', 'debug'];
    const [program = '', ...rest] = [...this.machine.enter, process.execPath, CLI, ...words, ...more];
    const daemon = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [daemon.stdout, daemon.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-LOG_LENGTH_MAX);
      });
    }
    this.#daemon = daemon;
    const isUp = (): boolean => this.#groupsThatRun() === count;
    await waitUntil('everything runs', isUp, {
      timeoutMs: PATIENCE_MS + count * PATIENCE_PER_RESOURCE_MS,
      everyMs: 200,
      onTimeout: () => this.#log.slice(-4000),
    });
  }

  /** Ends the daemon as a crash does; what it runs goes on. */
  async kill(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === null || daemon.exitCode !== null) return;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    this.run(['sh', '-c', `kill -9 $(${DAEMON_PID})`]);
    await ended;
  }

  /** The processor time of the daemon so far. Source: proc(5), 100 ticks a second. */
  processorTime(): ProcessorTime {
    const stat = this.run(['sh', '-c', `cat /proc/$(${DAEMON_PID})/stat`]);
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map(Number);
    return { own: (utime + stime) / 100, agents: (cutime + cstime) / 100 };
  }

  async close(): Promise<void> {
    this.#daemon?.removeAllListeners();
    await this.machine.end();
  }

  #groupsThatRun(): number {
    try {
      const socket = `${PLACE}/state/control.sock`;
      const text = this.run([process.execPath, CLI, 'status', '-o', 'json', '--socket', socket]);
      const { groups }: Pick<Status, 'groups'> = JSON.parse(text);
      return groups.filter(({ state }) => state === 'running').length;
    } catch {
      return 0; // It is not up yet.
    }
  }
}

/** Says the pid of the daemon inside. */
const DAEMON_PID = "pgrep -of 'main[.]js run'";

const LOG_LENGTH_MAX = 1024 * 1024;

/** Made for this bench and worth nothing. */
const KEY = '5d1f0c2b9a8e7766554433221100ffeeddccbbaa99887766554433221100abcd';

/** The machine's folders are read-only; its network has one interface, whose other end stands there too. */
const FURNISH = `
mkdir -p ${PLACE}/state ${PLACE}/run
echo ${KEY} > ${PLACE}/key
chmod 600 ${PLACE}/key
ip link set lo up
ip link add eth0 type veth peer name eth1
ip address add 10.7.0.1/24 dev eth0
ip link set eth0 up
ip link set eth1 up
`;

function specOf(resources: string): string {
  return `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: bench }
heartbeat: { every: 200ms, lease: 1s, key: { file: ${PLACE}/key } }
nodes: { n1: { addresses: [127.0.0.1] } }
defaults:
  failurePolicy: { restarts: 1000, within: 10m, then: move, forgetAfter: 30m }
resources:
${resources}`;
}
