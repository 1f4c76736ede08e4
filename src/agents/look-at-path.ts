/**
 * Looks at paths, of which some may lie on a disk or a server that does not answer.
 *
 * Such a look never comes back, and holds one of the few threads with which Node does all its file work. So each path is asked by one look at a time, and no look is begun while as many as may hang do.
 */
import { limits } from '../model/limits.js';
import { wordsOf } from './process-run.js';

/** What came of a look. hangs: it took longer than it may, or an earlier one still does. full: too many others hang. */
export type PathLook<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  | { readonly kind: 'hangs' | 'full' };

/** Looks that are made one at a time per key. */
export class PathLooks {
  readonly #hanging = new Set<string>();

  /** Makes a look, for at most `timeoutMs`. Shape: `key` is the same for looks of which one is enough to hang. */
  async make<T>(key: string, timeoutMs: number, look: () => Promise<T>): Promise<PathLook<T>> {
    if (this.#hanging.has(key)) return { kind: 'hangs' };
    if (this.#hanging.size >= limits.hangingLooksMax) return { kind: 'full' };
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#hanging.add(key);
        resolve({ kind: 'hangs' });
      }, timeoutMs);
      const settle = (seen: PathLook<T>): void => {
        clearTimeout(timer);
        this.#hanging.delete(key);
        resolve(seen);
      };
      look().then(
        (value) => settle({ kind: 'seen', value }),
        (error: unknown) => settle({ kind: 'error', ...wordsOf(error) }),
      );
    });
  }
}
