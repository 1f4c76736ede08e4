/** When a group did not serve, as somebody who asks all the time sees it. Pure. */
import { listNames } from '../../spec/rule.js';

/** A time without service. Shape: milliseconds of one clock; `untilMs` null while it lasts. */
export interface Outage {
  readonly group: string;
  /** When the first question that failed was asked. */
  readonly fromMs: number;
  /** When the first answer came after that. */
  readonly untilMs: number | null;
}

/** What was done, and when. */
export interface Deed {
  readonly atMs: number;
  readonly text: string;
}

/** Outages of one group that are remembered; a lab that runs for weeks forgets the shortest. */
const OUTAGES_MAX = 1000;

/** Collects the outages of one group, from the first answer on: what was never there is not missed. */
export class OutageRecord {
  readonly #group: string;
  readonly #closed: Outage[] = [];
  #openFromMs: number | null = null;
  #hasAnswered = false;

  constructor(group: string) {
    this.#group = group;
  }

  /** A question was answered. Shape: questions are told in the order in which they were asked. Returns the outage that this ends. */
  answered(endMs: number): Outage | null {
    this.#hasAnswered = true;
    if (this.#openFromMs === null) return null;
    const outage = { group: this.#group, fromMs: this.#openFromMs, untilMs: endMs };
    this.#openFromMs = null;
    this.#closed.push(outage);
    if (this.#closed.length > OUTAGES_MAX) {
      const shortest = this.#closed.reduce((least, each) =>
        lengthOf(each, endMs) < lengthOf(least, endMs) ? each : least,
      );
      this.#closed.splice(this.#closed.indexOf(shortest), 1);
    }
    return outage;
  }

  /** A question was not answered. Returns whether an outage begins with it. */
  failed(startMs: number): boolean {
    if (!this.#hasAnswered || this.#openFromMs !== null) return false;
    this.#openFromMs = startMs;
    return true;
  }

  /** Whether it ever answered. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Whether an outage is under way. */
  get isOut(): boolean {
    return this.#openFromMs !== null;
  }

  /** Every outage so far, the one under way last. */
  outages(): readonly Outage[] {
    const open = this.#openFromMs;
    return open === null ? this.#closed : [...this.#closed, { group: this.#group, fromMs: open, untilMs: null }];
  }
}

/** How long an outage was, up to now if it lasts. */
export function lengthOf({ fromMs, untilMs }: Outage, nowMs: number): number {
  return (untilMs ?? nowMs) - fromMs;
}

/** The last line of a lab: the longest outage of all, after what it came, and which groups never served. */
export function longestOutageLine(options: {
  readonly outages: readonly Outage[];
  /** Groups that never answered, so that nothing is known of their outages. */
  readonly silent: readonly string[];
  /** In order of time. */
  readonly deeds: readonly Deed[];
  readonly nowMs: number;
}): string {
  const { outages, silent, deeds, nowMs } = options;
  const never = silent.length === 0 ? '' : `${listNames(silent)} never answered`;
  const longest = outages.reduce<Outage | null>(
    (most, each) => (most === null || lengthOf(each, nowMs) > lengthOf(most, nowMs) ? each : most),
    null,
  );
  if (longest === null) return `longest outage 0 ms (${never === '' ? 'every question was answered' : never})`;
  const deed = deeds.findLast(({ atMs }) => atMs <= longest.fromMs);
  const after = deed === undefined ? '' : `, after "${deed.text}"`;
  const end = longest.untilMs === null ? ', and it is not over' : '';
  return `longest outage ${shownTime(lengthOf(longest, nowMs))} (${longest.group}${after}${end}${never === '' ? '' : `; ${never}`})`;
}

/** A measured time for people. Shape: `340 ms`, `2.3 s`. */
export function shownTime(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
