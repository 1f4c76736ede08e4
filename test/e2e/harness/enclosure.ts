/**
 * A set of kernel namespaces of its own (network, process ids, mounts, host name, IPC, time), kept alive by one tiny process.
 *
 * The process is `cat` reading a pipe that this program holds. Whatever ends this program, SIGKILL included, closes the
 * pipe; `cat` then ends, and as it is process 1 of its namespace the kernel kills everything inside and takes the
 * namespaces, their interfaces and their mounts away. So nothing needs a name on the machine and nothing can be left over.
 *
 * Its clocks begin at zero: whoever asks for the uptime inside learns how long the inside is up, not the machine.
 *
 * Source: namespaces(7), pid_namespaces(7), time_namespaces(7), unshare(1), nsenter(1).
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import type { CommandOutcome } from './command.js';
import { runCommand } from './command.js';

/** The environment of everything that runs inside: fixed, so that nothing of the test runner's own leaks in. */
export const INSIDE_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
};

/** The kinds of namespace that an enclosure has, as `unshare` and `nsenter` name them. */
const NAMESPACE_FLAGS = ['--net', '--pid', '--mount', '--uts', '--ipc', '--time'];

/**
 * Ends every set-up script. With SIGCHLD ignored in process 1 the kernel reaps orphans by itself: an agent that looks for
 * `/proc/PID` must not take a zombie for a running service.
 */
const KEEP_ALIVE = 'echo ready\nexec env --ignore-signal=CHLD cat >/dev/null 2>&1\n';

/** What `Enclosure.start` needs. */
export interface EnclosureSpec {
  readonly name: string;
  /** Shell text, run as process 1 inside before anything else; its variables come from `variables`, `$@` from `words`. */
  readonly setUp: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
}

/** Living namespaces; they end with `kill`, or with this program. */
export class Enclosure {
  /** Resolves when everything inside is dead. */
  readonly ended: Promise<void>;
  #hasEnded = false;

  private constructor(
    readonly name: string,
    /** Process 1 of the inside, as this side numbers it. */
    readonly initPid: number,
    readonly pidNamespace: string,
    keeper: ChildProcess,
  ) {
    this.ended = new Promise((resolve) => {
      keeper.once('exit', () => {
        this.#hasEnded = true;
        resolve();
      });
    });
  }

  /** Makes the namespaces and runs the set-up in them. Errors: throws with the set-up's stderr when it fails. */
  static async start(spec: EnclosureSpec): Promise<Enclosure> {
    const shell = ['sh', '-euc', `${spec.setUp}\n${KEEP_ALIVE}`, 'sh', ...(spec.words ?? [])];
    const words = [...NAMESPACE_FLAGS, ...clocksFromZero(), '--fork', '--kill-child', '--mount-proc', ...shell];
    const keeper = spawn('unshare', words, {
      // A session of its own: Ctrl-C in a terminal ends the test runner first, and then, by the pipe, this.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...INSIDE_ENVIRONMENT, ...spec.variables },
    });
    await readyWord(keeper, spec.name);
    const initPid = childOf(keeper.pid);
    if (initPid === null) {
      throw new Error(`"${spec.name}" ended as soon as it was set up`);
    }
    return new Enclosure(spec.name, initPid, readlinkSync(`/proc/${initPid}/ns/pid`), keeper);
  }

  get isAlive(): boolean {
    return !this.#hasEnded;
  }

  /** The command line that runs `argv` inside, as leader of a session of its own, so that its whole group can be signalled. */
  enter(argv: readonly string[]): string[] {
    return ['nsenter', `--target=${this.initPid}`, ...NAMESPACE_FLAGS, '--', 'setsid', ...argv];
  }

  /** Runs a program of the machine on this network only: it sees the machine's files and process ids. */
  async onNetwork(argv: readonly string[], input = ''): Promise<CommandOutcome> {
    this.#mustLive();
    return runCommand(['nsenter', `--net=/proc/${this.initPid}/ns/net`, '--', ...argv], { input, timeoutMs: 20_000 });
  }

  /** Feeds `ip -batch`: one call for many changes. Errors: throws with the words of `ip`. */
  async configureLinks(lines: readonly string[]): Promise<void> {
    const outcome = await this.onNetwork(['ip', '-batch', '-'], `${lines.join('\n')}\n`);
    if (outcome.code !== 0) {
      throw new Error(`network of "${this.name}": ${outcome.stderr.trim()} in\n${lines.join('\n')}`);
    }
  }

  /** Whether a process, by this side's number, lives inside. Asked before every signal, so that none can go astray. */
  holds(outerPid: number): boolean {
    try {
      return readlinkSync(`/proc/${outerPid}/ns/pid`) === this.pidNamespace;
    } catch {
      return false; // It is gone; so it is not inside either.
    }
  }

  /** Kills everything inside at once; resolves when all of it is dead. */
  async kill(): Promise<void> {
    if (this.isAlive && this.holds(this.initPid)) {
      process.kill(this.initPid, 'SIGKILL');
    }
    await this.ended;
  }

  #mustLive(): void {
    if (!this.isAlive) {
      throw new Error(`"${this.name}" is down; boot it first`);
    }
  }
}

/** Whole seconds are all that `unshare` takes, so the inside is up for a fraction of one when it begins. */
function clocksFromZero(): string[] {
  const [uptimeSeconds = ''] = readFileSync('/proc/uptime', 'utf8').split(' ');
  const monotonicSeconds = Math.floor(Number(process.hrtime.bigint() / 1_000_000_000n));
  return ['--boottime', `-${Math.floor(Number(uptimeSeconds))}`, '--monotonic', `-${monotonicSeconds}`];
}

/** The child of a process that has exactly one: the program behind `unshare --fork` or `nsenter --pid`; null when it is gone. */
export function childOf(pid: number | undefined): number | null {
  try {
    const child = Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10);
    return Number.isInteger(child) ? child : null;
  } catch {
    return null;
  }
}

/** Waits until the set-up has run to its end. */
function readyWord(keeper: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    keeper.once('error', reject);
    keeper.stdin?.on('error', () => {
      // The pipe breaks when the inside is killed; that is how it ends, not a failure.
    });
    keeper.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    keeper.stdout?.once('data', () => resolve());
    keeper.once('exit', (code) => {
      reject(new Error(`namespaces of "${name}" could not be set up (exit ${code}): ${stderr.trim()}`));
    });
  });
}
