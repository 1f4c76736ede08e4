import { limits } from '../model/limits.js';
import type { Log } from '../ports/log.js';

/** Logs bad datagrams at most once a minute for each source, so that nobody can fill the log from outside. */
export class BadFrameLog {
  readonly #loggedAtMs = new Map<string, number>();

  constructor(private readonly log: Log) {}

  /** Notes one bad datagram. Shape: `why` is the codec's word. */
  note(options: { readonly address: string; readonly why: string; readonly nowMs: number }): void {
    const { address, nowMs } = options;
    const lastMs = this.#loggedAtMs.get(address);
    if (lastMs !== undefined && nowMs - lastMs < limits.badDatagramLogEveryMs) return;
    if (lastMs === undefined && this.#loggedAtMs.size >= limits.badDatagramSourcesMax) this.#forgetOld(nowMs);
    if (lastMs === undefined && this.#loggedAtMs.size >= limits.badDatagramSourcesMax) return;
    this.#loggedAtMs.set(address, nowMs);
    this.log.event(
      'warn',
      `datagrams from ${address} are refused (${options.why}); more from there are only counted for a minute`,
      {
        address,
        why: options.why,
      },
    );
  }

  #forgetOld(nowMs: number): void {
    for (const [address, atMs] of this.#loggedAtMs) {
      if (nowMs - atMs >= limits.badDatagramLogEveryMs) this.#loggedAtMs.delete(address);
    }
  }
}
