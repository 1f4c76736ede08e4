/** One node of a lab: a daemon in a process of its own, with its folder, its socket and its services. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../agents/process-table.js';
import { readProcess } from '../../agents/process-table.js';
import { ControlClient, RefusedError, UnreachableError } from '../../control/client.js';
import type { Status } from '../../model/status.js';
import { EXIT } from '../exit-codes.js';
import { PROGRAM } from '../program.js';
import type { LabFolder } from './lab-folder.js';
import { killHost, signalHost } from './host-processes.js';
import type { Sighting } from './judge.js';

/** How long a daemon may take for an answer before the lab looks elsewhere. */
const ANSWER_MS_MAX = 2000;

/** Lines of a daemon's log that are shown when it ended by itself. */
const LOG_LINES_SHOWN = 5;

/** How a node is made. */
export interface LabHostOptions {
  readonly node: string;
  readonly folder: LabFolder;
  readonly specPath: string;
  /** Called when the daemon ended and the lab had not asked for it. */
  readonly onEnded: (host: LabHost, how: string) => void;
  /** Called when it ended since somebody had it leave. */
  readonly onLeft: (host: LabHost) => void;
}

/** A node of a lab. */
export class LabHost {
  readonly node: string;
  readonly socketPath: string;
  readonly logFile: string;
  readonly #options: LabHostOptions;
  readonly #stateDir: string;
  readonly #runDir: string;
  #child: ChildProcess | null = null;
  #daemon: ProcessIdentity | null = null;
  #client: ControlClient | null = null;
  #ended: Promise<void> = Promise.resolve();
  #isExpected = false;
  #isPaused = false;
  #life = 0;

  constructor(options: LabHostOptions) {
    const { node, folder } = options;
    this.#options = options;
    this.node = node;
    this.#stateDir = join(folder.path, node, 'state');
    this.#runDir = join(folder.path, node, 'run');
    // Beside the folders and not in them: a socket's path has no more than 107 bytes.
    this.socketPath = join(folder.path, `${node}.sock`);
    this.logFile = join(folder.path, `${node}.log`);
  }

  /** Whether the daemon runs. */
  get state(): Sighting['state'] {
    if (this.#child === null) return 'down';
    return this.#isPaused ? 'paused' : 'up';
  }

  /** Counts the daemon's starts. */
  get life(): number {
    return this.#life;
  }

  /** Starts the daemon. */
  start(): void {
    if (this.#child !== null) throw new Error(`${this.node} is up already`);
    mkdirSync(this.#stateDir, { recursive: true, mode: 0o700 });
    mkdirSync(this.#runDir, { recursive: true, mode: 0o700 });
    const { folder, specPath } = this.#options;
    const log = openSync(this.logFile, 'a', 0o600);
    const places = ['--state-dir', this.#stateDir, '--run-dir', this.#runDir, '--socket', this.socketPath];
    // A session of its own keeps the terminal's Ctrl-C from it; its stdin tells it when the lab is gone.
    const child = spawn(
      process.execPath,
      [PROGRAM, 'run', specPath, '--node', this.node, ...places, '--key-file', folder.keyFile, '--lab'],
      { detached: true, stdio: ['pipe', log, log] },
    );
    closeSync(log);
    this.#child = child;
    this.#life += 1;
    this.#isExpected = false;
    this.#isPaused = false;
    const startTicks = child.pid === undefined ? undefined : readProcess(child.pid)?.startTicks;
    this.#daemon = child.pid === undefined || startTicks === undefined ? null : { pid: child.pid, startTicks };
    this.#client = new ControlClient({ socketPath: this.socketPath, timeoutMs: ANSWER_MS_MAX });
    this.#ended = new Promise((resolve) => {
      const end = (tell: () => void): void => {
        if (this.#child !== child) return;
        this.#child = null;
        this.#forgetClient();
        resolve();
        if (!this.#isExpected) tell();
      };
      const { onEnded, onLeft } = this.#options;
      child.once('exit', (code, signal) =>
        end(() =>
          code === EXIT.left
            ? onLeft(this)
            : onEnded(this, signal === null ? `with exit code ${code}` : `by ${signal}`),
        ),
      );
      child.once('error', (error) => end(() => onEnded(this, `because it could not be started: ${error.message}`)));
    });
  }

  /** Asks for a hand-over and waits until the daemon has ended. Errors: rejects when it does not within the time. */
  async stop(timeoutMs: number): Promise<void> {
    const child = this.#running();
    this.#isExpected = true;
    child.kill('SIGTERM');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.node} has not handed over within ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      await Promise.race([this.#ended, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The daemon is gone at once, its services are not. */
  async killDaemon(): Promise<void> {
    const child = this.#running();
    this.#isExpected = true;
    child.kill('SIGKILL');
    await this.#ended;
  }

  /** The machine is gone at once, with all that it had in memory; its disk is not. */
  async crash(): Promise<void> {
    this.#isExpected = true;
    await killHost({ daemon: this.#daemon, runDir: this.#runDir });
    await this.#ended;
    this.#daemon = null;
    rmSync(this.#runDir, { recursive: true, force: true });
    rmSync(this.socketPath, { force: true });
  }

  /** The machine stands still. */
  async pause(): Promise<void> {
    this.#running();
    this.#isPaused = true;
    this.#forgetClient();
    await signalHost({ daemon: this.#daemon, runDir: this.#runDir }, 'SIGSTOP');
  }

  /** The machine goes on. */
  async resume(): Promise<void> {
    this.#running();
    await signalHost({ daemon: this.#daemon, runDir: this.#runDir }, 'SIGCONT');
    this.#isPaused = false;
    this.#client = new ControlClient({ socketPath: this.socketPath, timeoutMs: ANSWER_MS_MAX });
  }

  /** What the daemon says; null while it does not answer. */
  async status(): Promise<Status | null> {
    try {
      return (await this.#client?.status()) ?? null;
    } catch (error) {
      if (error instanceof UnreachableError) return null;
      throw error;
    }
  }

  /** Has everything to and from these nodes lost. Returns whether the daemon was there to hear it. */
  async cut(peers: readonly string[]): Promise<boolean> {
    try {
      await this.#client?.cut(peers);
      return this.#client !== null;
    } catch (error) {
      if (error instanceof UnreachableError) return false;
      if (error instanceof RefusedError) throw new Error(`${this.node}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  /** The end of the daemon's log. */
  logTail(): string {
    try {
      return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
    } catch {
      return ''; // It ended before it wrote anything.
    }
  }

  #running(): ChildProcess {
    if (this.#child === null) throw new Error(`${this.node} is not up`);
    return this.#child;
  }

  #forgetClient(): void {
    const client = this.#client;
    this.#client = null;
    client?.close().then(undefined, () => undefined);
  }
}
