/** Tells receivers of alerts, each in its own time: who is slow or dead delays neither the others nor anybody who has something to tell. */
import { unreachable } from '../base/invariant.js';
import type { Alert } from '../model/alert.js';
import type { AlertReceiver } from '../model/cluster-spec.js';
import { limits } from '../model/limits.js';
import type { Log } from '../ports/log.js';
import type { AlertOutcome } from './alert-outcome.js';
import { runAlertProgram } from './alert-program.js';
import { postAlert } from './alert-webhook.js';
import { delay } from './delay.js';
import { CLOSING } from './process-run.js';
import type { ReadSecret } from './secret-text.js';

/** The pause after the first attempt; it doubles up to {@link PAUSE_MAX_MS}, and is up to half as long again by chance, so that nodes do not ask together. Ours: a service that restarts is back within seconds. */
const PAUSE_MS = 1000;
const PAUSE_MAX_MS = 30_000;

/** What a sender needs. Shape: `isKnown` says whether the spec still has a receiver. */
export interface AlertSenderOptions {
  readonly log: Log;
  readonly readSecret: ReadSecret;
  readonly isKnown: (receiver: string) => boolean;
  /** A receiver did not take an alert; `lost` counts those that it did not get since it took one last. */
  readonly onUndelivered: (receiver: string, failure: { readonly why: string; readonly lost: number }) => void;
  /** A receiver took one. */
  readonly onDelivered: (receiver: string) => void;
  /** The first pause between attempts. */
  readonly pauseMs?: number;
  /** Where programs are looked for; the default is the system's folders. */
  readonly path?: string;
}

interface Waiting {
  readonly alert: Alert;
  readonly receiver: AlertReceiver;
}

/** One receiver's alerts, told one after another. */
interface Line {
  readonly waiting: Waiting[];
  lost: number;
}

/** Sends the alerts of one node. */
export class AlertSender {
  readonly #options: AlertSenderOptions;
  readonly #lines = new Map<string, Line>();
  readonly #closing = new AbortController();
  readonly #busy = new Set<Promise<void>>();
  #isClosing = false;

  constructor(options: AlertSenderOptions) {
    this.#options = options;
  }

  /** Puts an alert into the line of each receiver. Returns at once. */
  tell(alert: Alert, to: readonly AlertReceiver[]): void {
    if (this.#isClosing) return;
    for (const receiver of to) this.#add({ alert, receiver });
  }

  /** Ends: what is under way or waits gets so long, then it is given up, and the log has it. */
  async close(waitMs: number): Promise<void> {
    this.#isClosing = true;
    if (this.#busy.size > 0) {
      const done = new AbortController();
      const all = Promise.all(this.#busy).then(() => done.abort());
      await delay(waitMs, done.signal);
      this.#closing.abort(CLOSING);
      await all;
    }
    this.#closing.abort(CLOSING);
  }

  #add(next: Waiting): void {
    const { id } = next.receiver;
    const known = this.#lines.get(id);
    if (known !== undefined && known.waiting.length > 0) {
      known.waiting.push(next);
      if (known.waiting.length > limits.alertsWaitingMax) this.#drop(id, known);
      return;
    }
    const line = known ?? { waiting: [], lost: 0 };
    this.#lines.set(id, line);
    line.waiting.push(next);
    const work = this.#work(id, line);
    this.#busy.add(work);
    void work.finally(() => this.#busy.delete(work));
  }

  /** The second is the oldest that is not under way. */
  #drop(id: string, line: Line): void {
    const [dropped] = line.waiting.splice(1, 1);
    if (dropped === undefined) return;
    const why = `more than ${limits.alertsWaitingMax} alerts wait for it`;
    this.#lose(line, dropped, why);
    this.#options.onUndelivered(id, { why, lost: line.lost });
  }

  async #work(id: string, line: Line): Promise<void> {
    for (let next = line.waiting[0]; next !== undefined; next = line.waiting[0]) {
      await this.#deliver(next, line);
      line.waiting.shift();
    }
    if (line.lost === 0 || !this.#options.isKnown(id)) this.#lines.delete(id);
  }

  async #deliver(next: Waiting, line: Line): Promise<void> {
    const { id, retries } = next.receiver;
    for (let attempt = 0; this.#options.isKnown(id); attempt += 1) {
      const outcome = await this.#send(next);
      if (outcome.kind === 'taken') {
        line.lost = 0;
        this.#options.onDelivered(id);
        return;
      }
      if (outcome.kind === 'refused' || attempt >= retries || this.#closing.signal.aborted) {
        this.#lose(line, next, outcome.why);
        if (this.#options.isKnown(id)) this.#options.onUndelivered(id, { why: outcome.why, lost: line.lost });
        return;
      }
      this.#options.log.event('debug', `receiver ${id} of alerts: ${outcome.why}; it is tried again`, { receiver: id });
      await delay(this.#pauseMs(attempt), this.#closing.signal);
    }
  }

  #pauseMs(attempt: number): number {
    const first = this.#options.pauseMs ?? PAUSE_MS;
    return Math.min(first * 2 ** Math.min(attempt, 10), PAUSE_MAX_MS) * (1 + Math.random() / 2);
  }

  /** What nobody was told stands in the log. */
  #lose(line: Line, { alert, receiver }: Waiting, why: string): void {
    line.lost += 1;
    const sentence = `an alert did not reach ${receiver.id}, because ${why}; it was: ${alert.sentence}`;
    this.#options.log.event('warn', sentence, { receiver: receiver.id, event: alert.event });
  }

  async #send({ alert, receiver }: Waiting): Promise<AlertOutcome> {
    const { readSecret, path } = this.#options;
    const { signal } = this.#closing;
    switch (receiver.kind) {
      case 'webhook':
        return postAlert(alert, receiver, { readSecret, signal });
      case 'program':
        return runAlertProgram(alert, receiver, { readSecret, signal, path });
      default:
        return unreachable(receiver);
    }
  }
}
