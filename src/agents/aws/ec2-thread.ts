import { Worker } from 'node:worker_threads';
import type { CallEc2, Ec2Answer, Ec2Fault, Ec2Place, Ec2Request } from './ec2-call.js';

/** What the thread is told. */
export type ThreadOrder =
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly request: Ec2Request;
      readonly place: Ec2Place;
      readonly timeoutMs: number;
      readonly isDryRun: boolean;
    }
  | { readonly kind: 'cancel'; readonly id: number };

/** What it says. */
export interface ThreadAnswer {
  readonly id: number;
  readonly answer: Ec2Answer;
}

/** How long an idle thread is kept. Ours: longer than the monitors of most specs are apart. */
const IDLE_MS = 60_000;

/** How much longer than its time a question may take before the thread itself is taken to hang. Ours: loading the SDK on a busy machine takes a tenth of it. */
const LATE_MS = 2000;

/** The program of the thread. It begins with `../aws/`, since a bundled chunk stands one folder deep, as this file's folder does. */
const PROGRAM = new URL('../aws/ec2-worker.js', import.meta.url);

/** A thread that asks EC2, started when it is needed and ended when it has been idle, so that a node that asks nothing stays small. */
export class Ec2Thread {
  readonly #program: URL;
  readonly #idleMs: number;
  readonly #lateMs: number;
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #id = 0;
  readonly #waiting = new Map<number, (answer: Ec2Answer) => void>();

  constructor(options: { readonly program?: URL; readonly idleMs?: number; readonly lateMs?: number } = {}) {
    this.#program = options.program ?? PROGRAM;
    this.#idleMs = options.idleMs ?? IDLE_MS;
    this.#lateMs = options.lateMs ?? LATE_MS;
  }

  /** Whether there is a thread now. */
  get isRunning(): boolean {
    return this.#worker !== null;
  }

  /** See {@link CallEc2}. A thread that dies or hangs answers as if EC2 could not be reached: what was asked for may be done. */
  readonly call: CallEc2 = (request, { place, timeoutMs, signal, isDryRun = false }) => {
    if (signal.aborted) return Promise.resolve(silent('the request was cancelled'));
    const worker = this.#thread();
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve) => {
      const cancel = (): void => worker.postMessage({ kind: 'cancel', id } satisfies ThreadOrder);
      signal.addEventListener('abort', cancel);
      const late = setTimeout(() => this.#giveUp(), Math.max(0, timeoutMs) + this.#lateMs);
      this.#waiting.set(id, (answer) => {
        clearTimeout(late);
        signal.removeEventListener('abort', cancel);
        resolve(answer);
      });
      worker.postMessage({ kind: 'ask', id, request, place, timeoutMs, isDryRun } satisfies ThreadOrder);
    });
  };

  /** Ends the thread; what was asked for fails. */
  close(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#end();
    this.#failAll('the thread that asks EC2 was ended');
  }

  #thread(): Worker {
    if (this.#worker !== null) return this.#worker;
    // The SDK warns of a Node that its later versions will not run on; it is this version that is bundled.
    const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    const worker = new Worker(this.#program, { env });
    worker.unref();
    worker.on('message', ({ id, answer }: ThreadAnswer) => {
      const resolve = this.#waiting.get(id);
      this.#waiting.delete(id);
      resolve?.(answer);
      if (this.#waiting.size === 0) this.#rest();
    });
    const die = (sentence: string): void => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#failAll(sentence);
    };
    worker.on('error', (error) => die(`the thread that asks EC2 failed: ${error.message}`));
    worker.on('exit', () => die('the thread that asks EC2 ended'));
    this.#worker = worker;
    return worker;
  }

  #rest(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#end(), this.#idleMs);
    this.#idle.unref();
  }

  /** It keeps no time, and nobody else would end what waits for it. */
  #giveUp(): void {
    this.#end();
    this.#failAll('the thread that asks EC2 does not answer');
  }

  /** Nothing waits for the thread any more, so how its end goes concerns nobody. */
  #end(): void {
    const worker = this.#worker;
    this.#worker = null;
    worker?.terminate().then(undefined, () => undefined);
  }

  #failAll(sentence: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const resolve of waiting) resolve(silent(sentence));
  }
}

function silent(message: string): Ec2Fault {
  return { kind: 'fault', fault: 'unreachable', code: '', message };
}
