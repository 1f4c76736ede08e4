/** A stand-in for a daemon, in a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { GuardedLease } from '../../../src/model/guard-orders.js';
import { until } from '../../agents/harness/until.js';
import type { WriterSettings } from './writer-main.js';

/** A living writer. */
export class Writer {
  /** The leases as it kept them, the newest last. */
  readonly kept: Pick<GuardedLease, 'validUntilMs' | 'deadByMs'>[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(program: string, settings: WriterSettings) {
    this.#child = spawn(process.execPath, [program, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#ended = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.stdin?.on('error', () => undefined);
    createInterface({ input: this.#child.stdout ?? process.stdin }).on('line', (line) => {
      this.kept.push(JSON.parse(line));
    });
  }

  /** Resolves when it has kept its first orders. */
  static async start(program: string, settings: WriterSettings): Promise<Writer> {
    const writer = new Writer(program, settings);
    await until('orders are kept', () => writer.kept.length > 0);
    return writer;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** As a crash does. Safe to call twice. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Says that everything was handed over, and ends. */
  async leave(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }
}
