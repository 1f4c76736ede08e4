/** What was read for a start before it came, while the lease of the last owner ended. */
import { delay } from '../delay.js';
import type { Asking, Found } from './aws-node.js';
import { LOOK_MS } from './ec2-tries.js';

/** How old what was read may be, and how soon it is not read again. Ours: what is old costs a request more, and nothing else. */
const VALID_MS = 30_000;
const AGAIN_MS = 2000;

/** Reads under way and done, by what was read. */
export class ReadAhead<T> {
  readonly #reads = new Map<string, { readonly beganAtMs: number; readonly read: Promise<Found<T>> }>();

  /** Reads, unless that was just done. */
  begin(key: string, read: () => Promise<Found<T>>): void {
    const nowMs = performance.now();
    const known = this.#reads.get(key);
    if (known !== undefined && nowMs - known.beganAtMs < AGAIN_MS) return;
    this.#reads.set(key, { beganAtMs: nowMs, read: read() });
  }

  /** What was read; null when nothing was, or nothing came of it. It serves once. */
  async take(key: string, { leftMs, signal }: Asking): Promise<Found<T> | null> {
    const known = this.#reads.get(key);
    this.#reads.delete(key);
    if (known === undefined || performance.now() - known.beganAtMs > VALID_MS) return null;
    const read = await Promise.race([known.read, delay(leftMs() - LOOK_MS, signal)]);
    return read?.kind === 'found' ? read : null;
  }
}
