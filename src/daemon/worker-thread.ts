import { Worker } from 'node:worker_threads';
import { messageOf } from '../base/error-message.js';
import type { WorkerAnswer, WorkerRequest } from './worker-message.js';

/** How long an idle worker is kept: an edit is often followed by another, a warm start saves the time to load the parser. Ours. */
const IDLE_MS = 20_000;

type Question =
  | Omit<Extract<WorkerRequest, { kind: 'decode' }>, 'id'>
  | Omit<Extract<WorkerRequest, { kind: 'plan' }>, 'id'>;

/** A thread for long work, started when it is needed and ended when it has been idle, so that an idle daemon stays small. */
export class WorkerThread {
  readonly #start: () => Worker;
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #id = 0;
  readonly #waiting = new Map<number, (answer: WorkerAnswer) => void>();

  /** Shape: `start` starts the thread; another than the real one only to play the failure of one. */
  constructor(start: () => Worker = startWorker) {
    this.#start = start;
  }

  /** Starts the thread before there is work, when work is likely to come. */
  warm(): void {
    this.#thread();
    this.#rest();
  }

  /** Asks for work. Never rejects: a thread that dies, or cannot be started, answers `broken`. */
  ask(question: Question): Promise<WorkerAnswer> {
    const worker = this.#thread();
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#id += 1;
    const request: WorkerRequest = { ...question, id: this.#id };
    if (typeof worker === 'string') return Promise.resolve({ id: request.id, kind: 'broken', sentence: worker });
    return new Promise((resolve) => {
      this.#waiting.set(request.id, resolve);
      worker.postMessage(request);
    });
  }

  /** Ends the thread; what was asked for fails. */
  async close(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
    this.#failAll('the worker thread was ended');
  }

  /** Shape: the thread; or, where the machine has none to give, why in one sentence. */
  #thread(): Worker | string {
    if (this.#worker !== null) return this.#worker;
    let worker: Worker;
    try {
      worker = this.#start();
    } catch (error) {
      return `no worker thread can be started: ${messageOf(error)}`;
    }
    worker.on('message', (answer: WorkerAnswer) => {
      const resolve = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      resolve?.(answer);
      this.#rest();
    });
    const die = (sentence: string) => {
      if (this.#worker === worker) this.#worker = null;
      this.#failAll(sentence);
    };
    worker.on('error', (error) => die(`the worker thread failed: ${error.message}`));
    worker.on('exit', () => {
      if (this.#worker === worker) die('the worker thread ended');
    });
    this.#worker = worker;
    return worker;
  }

  #rest(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    if (this.#waiting.size > 0) return;
    this.#idle = setTimeout(() => {
      const worker = this.#worker;
      this.#worker = null;
      // Nothing waits for an idle thread, so how its end goes concerns nobody.
      worker?.terminate().then(undefined, () => undefined);
    }, IDLE_MS);
    this.#idle.unref();
  }

  #failAll(sentence: string): void {
    for (const [id, resolve] of this.#waiting) resolve({ id, kind: 'broken', sentence });
    this.#waiting.clear();
  }
}

function startWorker(): Worker {
  return new Worker(new URL('../daemon/spec-worker.js', import.meta.url));
}
