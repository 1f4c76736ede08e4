/** The daemons on the hosts of a lab: started, asked, and waited for. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ControlClient, UnreachableError } from '../../../src/control/client.js';
import type { Status } from '../../../src/model/status.js';
import type { CommandOutcome } from '../harness/command.js';
import { DISK, RUN_FOLDER, STATE_FOLDER } from '../harness/host-set-up.js';
import type { HostedProcess } from '../harness/hosted-process.js';
import type { Lab } from '../harness/lab.js';
import { waitUntil } from '../harness/wait-until.js';

/** The built program; compiled code lies in another folder and uses the same one. */
export const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url.replace('/dist-test/', '/')));

/** On the host's disk, since that is what a test outside can see. */
const SOCKET_NAME = 'control.sock';

/** Everything here takes seconds; what takes this long will never come. */
export const PATIENCE_MS = 40_000;

/** One daemon on each host, or none. */
export class Daemons {
  readonly #newest = new Map<string, HostedProcess>();

  constructor(
    private readonly lab: Lab,
    /** The spec's path on every host. */
    private readonly spec: string,
  ) {}

  /** Starts the daemon of a host: from the built program or from another build of it, as the node of its name or as another. */
  async start(
    name: string,
    { program = CLI, node = name }: { readonly program?: string; readonly node?: string } = {},
  ): Promise<HostedProcess> {
    const daemon = await this.lab
      .host(name)
      .spawn([
        process.execPath,
        program,
        'run',
        this.spec,
        ...['--node', node, '--state-dir', STATE_FOLDER, '--run-dir', RUN_FOLDER],
        ...['--socket', `${DISK}/${SOCKET_NAME}`, '--log-format', 'json', '--log-level', 'debug'],
      ]);
    this.#newest.set(name, daemon);
    return daemon;
  }

  /** Starts the daemons of these hosts, by default of all, at once. */
  async startAll(names: readonly string[] = this.lab.hosts.map(({ name }) => name)): Promise<void> {
    await Promise.all(names.map((name) => this.start(name)));
  }

  /** Whether the newest daemon of a host runs. */
  runsOn(name: string): boolean {
    return this.#newest.get(name)?.hasExited === false;
  }

  /** The newest daemon of a host. */
  on(name: string): HostedProcess {
    const daemon = this.#newest.get(name);
    if (daemon === undefined) {
      throw new Error(`"${name}" never had a daemon`);
    }
    return daemon;
  }

  /** Runs the command `fairlead` on a host, with its control socket where the command takes one. */
  fairlead(name: string, words: readonly string[], timeoutMs = 20_000): Promise<CommandOutcome> {
    const socket = ['--socket', `${DISK}/${SOCKET_NAME}`];
    return this.lab.host(name).exec([process.execPath, CLI, ...words, ...socket], { timeoutMs });
  }

  /** What a daemon says of the cluster; null when it does not answer. */
  async status(name: string): Promise<Status | null> {
    const client = new ControlClient({
      socketPath: join(this.lab.folder, name, 'disk', SOCKET_NAME),
      timeoutMs: 2_000,
    });
    try {
      return await client.status();
    } catch (error) {
      if (error instanceof UnreachableError) {
        return null; // It is down, or not up yet; whoever asks waits for more than an answer.
      }
      throw error;
    } finally {
      await client.close();
    }
  }

  /** Waits until the daemons of these hosts, by default of all that are up, say what is expected. */
  async untilStatus(
    what: string,
    expected: (status: Status) => boolean,
    options: { readonly names?: readonly string[]; readonly timeoutMs?: number } = {},
  ): Promise<readonly Status[]> {
    const names = options.names ?? this.lab.hosts.filter(({ isUp }) => isUp).map(({ name }) => name);
    let latest: readonly (Status | null)[] = [];
    const look = async (): Promise<boolean> => {
      latest = await Promise.all(names.map((name) => this.status(name)));
      const ended = names.find((name) => this.#newest.get(name)?.hasExited);
      if (ended !== undefined) {
        throw new Error(`the daemon of "${ended}" has ended:\n${this.story(names, latest)}`);
      }
      return latest.every((status) => status !== null && expected(status));
    };
    await waitUntil(`${what}, said by ${names.join(', ')}`, look, {
      timeoutMs: options.timeoutMs ?? PATIENCE_MS,
      everyMs: 100,
      onTimeout: () => this.story(names, latest),
    });
    return latest.filter((status) => status !== null);
  }

  /** What the daemons say and the ends of their logs, for a failed wait. */
  story(names: readonly string[], statuses: readonly (Status | null)[]): string {
    return names
      .map((name, index) => {
        const status = statuses[index] ?? null;
        const said = status === null ? 'no answer' : summaryOf(status);
        const lines = (this.#newest.get(name)?.output ?? '').trimEnd().split('\n');
        return `${name}: ${said}\n    ${lines.slice(-25).join('\n    ')}`;
      })
      .join('\n');
  }
}

/** Whether a daemon says that all its groups run, nothing is to be done and nothing is amiss. */
export function isCalm({ health, plan, nodes, pings }: Status): boolean {
  return (
    health === 'ok' &&
    plan?.actions.length === 0 &&
    nodes.every(({ liveness, quorate }) => liveness === 'online' && quorate === true) &&
    pings.every(({ ok }) => ok === true)
  );
}

function summaryOf(status: Status): string {
  const { verdict, health, revision, quorum, nodes, groups, pings, conditions, plan } = status;
  return JSON.stringify({
    verdict,
    health,
    generation: revision?.generation,
    acks: quorum.acks,
    nodes: nodes.map(({ node, liveness, quorate }) => [node, liveness, quorate]),
    groups: groups.map(({ node, state, members }) => [node, state, members]),
    pings: pings.map(({ node, ok }) => [node, ok]),
    conditions: conditions.map(({ kind, sentence }) => [kind, sentence]),
    actions: plan?.actions.map(({ id }) => id),
  });
}
