/** A long-running program inside a host: its output goes to a file, its signals only to itself. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { Enclosure } from './enclosure.js';
import { INSIDE_ENVIRONMENT, childOf } from './enclosure.js';
import { waitUntil } from './wait-until.js';

/** How a program ended. */
export interface ExitOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What `HostedProcess.start` needs. */
export interface HostedProcessSpec {
  readonly enclosure: Enclosure;
  readonly argv: readonly string[];
  /** Collects stdout; on the machine's disk, so that it outlives the host. */
  readonly stdoutFile: string;
  readonly stderrFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Gets stdout as it comes; then nothing is written to `stdoutFile`. */
  readonly onStdout?: (text: string) => void;
}

/** Says its own number on a pipe, closes it, and becomes the program. */
const TELL_PID = 'echo $$ >&3; exec "$@" 3>&-';

/** A program that was started inside a host. */
export class HostedProcess {
  /** Resolves when it has ended, for whatever reason; a crash of its host reads as SIGKILL. */
  readonly exited: Promise<ExitOutcome>;
  #outcome: ExitOutcome | null = null;

  private constructor(
    readonly argv: readonly string[],
    /** Its process id as the host numbers it. */
    readonly pid: number,
    private readonly outerPid: number,
    private readonly bridge: ChildProcess,
    private readonly spec: HostedProcessSpec,
  ) {
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#outcome = { code, signal };
        resolve(this.#outcome);
      };
      if (bridge.exitCode !== null || bridge.signalCode !== null) {
        end(bridge.exitCode, bridge.signalCode);
      } else {
        bridge.once('exit', end);
      }
    });
  }

  /** Starts it; resolves once it has its process id. A program that does not exist ends with code 127. */
  static async start(spec: HostedProcessSpec): Promise<HostedProcess> {
    const [program, ...words] = spec.enclosure.enter(['sh', '-c', TELL_PID, 'sh', ...spec.argv]);
    const stdout = spec.onStdout === undefined ? openSync(spec.stdoutFile, 'a') : 'pipe';
    const stderr = openSync(spec.stderrFile, 'a');
    const bridge = spawn(program ?? '', words, {
      // A session of its own, so that what a terminal sends to the test runner does not reach it.
      detached: true,
      stdio: ['ignore', stdout, stderr, 'pipe'],
      env: { ...INSIDE_ENVIRONMENT, ...spec.env },
    });
    closeSync(stderr);
    if (typeof stdout === 'number') {
      closeSync(stdout);
    } else if (spec.onStdout !== undefined) {
      bridge.stdout?.setEncoding('utf8').on('data', spec.onStdout);
    }
    const pid = Number.parseInt(await firstLine(bridge.stdio[3]), 10);
    if (!Number.isInteger(pid)) {
      const reason = readFileSync(spec.stderrFile, 'utf8').trim();
      throw new Error(`"${spec.argv.join(' ')}" could not be started on "${spec.enclosure.name}": ${reason}`);
    }
    // A very short program may be over before it is looked at; then there is nothing left to signal.
    return new HostedProcess(spec.argv, pid, childOf(bridge.pid) ?? 0, bridge, spec);
  }

  get hasExited(): boolean {
    return this.#outcome !== null;
  }

  /** Where its stdout is collected, on this side. */
  get stdoutFile(): string {
    return this.spec.stdoutFile;
  }

  /** Everything it wrote to stdout and stderr until now. */
  get output(): string {
    return readFileSync(this.spec.stdoutFile, 'utf8') + readFileSync(this.spec.stderrFile, 'utf8');
  }

  /** Signals this one process; what it started lives on. */
  kill(signal: NodeJS.Signals): void {
    this.#signal(this.outerPid, signal);
    // A stopped bridge would never notice the end of its child.
    this.bridge.kill('SIGCONT');
  }

  /** TERM, and after the deadline KILL for its whole process group; resolves when it has ended. */
  async stop(options: { readonly withinMs?: number } = {}): Promise<ExitOutcome> {
    this.kill('SIGTERM');
    const deadline = setTimeout(() => this.#signal(-this.outerPid, 'SIGKILL'), options.withinMs ?? 5_000);
    const outcome = await this.exited;
    clearTimeout(deadline);
    return outcome;
  }

  /** SIGSTOP; resolves when it stands still. */
  async pause(): Promise<void> {
    this.#signal(this.outerPid, 'SIGSTOP');
    // `nsenter` stops itself when its child is stopped; a resume before that would be undone.
    await waitUntil(
      `"${this.argv[0]}" stands still`,
      () => this.#stands(this.outerPid) && this.#stands(this.bridge.pid),
      {
        timeoutMs: 5_000,
      },
    );
  }

  /** SIGCONT after a pause. */
  resume(): void {
    this.#signal(this.outerPid, 'SIGCONT');
    this.bridge.kill('SIGCONT');
  }

  /** Waits until its output holds a match. Errors: throws with the output when it does not come in time. */
  async waitForOutput(pattern: RegExp, options: { readonly timeoutMs: number }): Promise<void> {
    await waitUntil(`${pattern} in the output of "${this.argv.join(' ')}"`, () => pattern.test(this.output), {
      timeoutMs: options.timeoutMs,
      onTimeout: () => this.output,
    });
  }

  #signal(target: number, signal: NodeJS.Signals): void {
    if (!this.hasExited && target !== 0 && this.spec.enclosure.holds(Math.abs(target))) {
      process.kill(target, signal);
    }
  }

  #stands(pid: number | undefined): boolean {
    return this.hasExited || /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  }
}

/**
 * The first line that comes through a pipe, or what there was at its end. Its end alone would not do: `nsenter` keeps the
 * pipe open as long as the program runs.
 */
function firstLine(pipe: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!(pipe instanceof Readable)) {
      reject(new Error('the pipe for the process id is missing'));
      return;
    }
    let text = '';
    pipe.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) {
        resolve(text);
      }
    });
    pipe.once('error', reject).once('close', () => resolve(text));
  });
}
