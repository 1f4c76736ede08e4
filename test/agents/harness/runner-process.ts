/**
 * A runner in a process of its own, as in a daemon: it may live in other namespaces, and it may be killed.
 *
 * Built from `runner-main.ts`, since Node does not read TypeScript.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Operation, Outcome } from '../../../src/model/operation.js';
import { builtProgram } from './build-programs.js';
import type { RunnerAnswer, RunnerOrder, RunnerSettings } from './runner-main.js';

/** Builds the program; returns its path. */
export function buildRunnerProgram(): Promise<string> {
  return builtProgram('runner', new URL('./runner-main.ts', import.meta.url));
}

/** A living runner process. */
export class RunnerProcess {
  readonly nudges: string[] = [];
  /** What was said of sources of events: `no addresses: why`, `addresses again`. */
  readonly eventsLost: string[] = [];
  readonly log: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, (answer: RunnerAnswer) => void>();
  #orders = 0;

  /** `enter` are the words that put a program into other namespaces, none for this process's own. */
  constructor(program: string, settings: RunnerSettings, enter: readonly string[] = []) {
    const [first = process.execPath, ...words] = [...enter, process.execPath, program, JSON.stringify(settings)];
    this.#child = spawn(first, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#ended = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.stdin?.on('error', () => undefined);
    createInterface({ input: this.#child.stdout ?? process.stdin }).on('line', (line) => this.#take(line));
  }

  async run(operation: Operation): Promise<Outcome> {
    const answer = await this.#ask({ kind: 'run', operation });
    if (answer.kind !== 'outcome') {
      throw new Error(`no outcome but ${answer.kind}`);
    }
    return answer.outcome;
  }

  async cancel(operationId: string): Promise<void> {
    await this.#ask({ kind: 'cancel', operationId });
  }

  async ping(hosts: readonly string[], timeoutMs: number, attempts: number): Promise<number | null> {
    const answer = await this.#ask({ kind: 'ping', hosts, timeoutMs, attempts });
    if (answer.kind !== 'ping') {
      throw new Error(`no ping but ${answer.kind}`);
    }
    return answer.reachable;
  }

  /** As a crash does: nothing is tidied up. */
  async killHard(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Closes the runner and ends its process. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }

  #ask(order: RunnerOrder): Promise<RunnerAnswer> {
    this.#orders += 1;
    const number = this.#orders;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, resolve);
      void this.#ended.then(() => reject(new Error('the runner process ended without an answer')));
      this.#child.stdin?.write(`${JSON.stringify({ number, order })}\n`);
    });
  }

  #take(line: string): void {
    const { number, answer }: { number: number; answer: RunnerAnswer } = JSON.parse(line);
    if (answer.kind === 'nudge') {
      this.nudges.push(answer.resource);
    } else if (answer.kind === 'events-lost') {
      this.eventsLost.push(answer.sentence);
    } else if (answer.kind === 'log') {
      this.log.push(answer.sentence);
    } else {
      this.#waiting.get(number)?.(answer);
      this.#waiting.delete(number);
    }
  }
}
