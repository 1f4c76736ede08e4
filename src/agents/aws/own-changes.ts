/**
 * The changes that this node made a moment ago, by which a read that is older than they are is known.
 *
 * Source: Amazon EC2 API Reference, "Eventual consistency".
 */
import { delay } from '../delay.js';
import { unknown } from '../outcome.js';
import type { Asking, Found } from './aws-node.js';
import { backOffMs, LOOK_MS } from './ec2-tries.js';

/** How long reads may still show what was before a change. Ours: mostly it is below a second; EC2 promises nothing. */
const SETTLING_MS = 30_000;
/** How long a read that contradicts such a change is repeated within one call. Ours. */
const LOOK_AGAIN_MS = 3000;

/** Changes by what they were made to. Shape: what is shown of a thing is an id, or null where there is nothing. */
export class OwnChanges {
  readonly #changes = new Map<string, { readonly before: readonly (string | null)[]; readonly atMs: number }>();

  /** It was changed. Shape: `before` is what only an older read shows. */
  made(key: string, before: readonly (string | null)[]): void {
    this.#changes.set(key, { before, atMs: performance.now() });
  }

  /** It is no matter any more. */
  forget(key: string): void {
    this.#changes.delete(key);
  }

  /** Whether a read that shows this is older than the last change. */
  isBefore(key: string, shown: string | null): boolean {
    const change = this.#changes.get(key);
    return change !== undefined && performance.now() - change.atMs <= SETTLING_MS && change.before.includes(shown);
  }
}

/** Reads until what is read is no older than this node's own change; what is older all the time is taken for nothing. Shape: `what` is named in the sentence that says so. */
export async function readSettled<T>(
  asking: Asking,
  how: {
    readonly read: () => Promise<Found<T>>;
    readonly isBefore: (value: T) => boolean;
    readonly what: (value: T) => string;
  },
): Promise<Found<T>> {
  const untilMs = performance.now() + LOOK_AGAIN_MS;
  for (let looks = 1; ; looks += 1) {
    const read = await how.read();
    if (read.kind === 'none' || !how.isBefore(read.value)) return read;
    const pauseMs = backOffMs(looks);
    const isLast = performance.now() + pauseMs > untilMs || asking.leftMs() <= pauseMs + LOOK_MS;
    if (isLast || asking.signal.aborted) {
      return {
        kind: 'none',
        outcome: unknown(`EC2 still shows ${how.what(read.value)} as it was before this node changed it`),
      };
    }
    await delay(pauseMs, asking.signal);
  }
}
