import { messageOf } from '../base/error-message.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Log } from '../ports/log.js';
import type { Store } from '../ports/store.js';
import type { DecodeResult } from '../runtime/driver.js';
import { decodeKeptSpec } from './decode-memory.js';
import { DECODED_FILE } from './decoded-file.js';
import type { WorkerThread } from './worker-thread.js';

/**
 * Decodes texts, and keeps the last result for the daemon's next start in this boot.
 *
 * A daemon that is restarted must be back within its lease, and loading a parser to read again what was read a moment ago is the largest part of a start.
 */
export class SpecCache {
  readonly #worker: Pick<WorkerThread, 'ask'>;
  readonly #store: Store;
  readonly #software: string;
  readonly #log: Log;
  readonly #whyNot: (spec: ClusterSpec) => string | null;

  /** Shape: `store` is the boot's; `software` names this version: another one may decode a text to something else; `whyNot` says in one sentence why a valid spec is not for this daemon. */
  constructor(options: {
    readonly worker: Pick<WorkerThread, 'ask'>;
    readonly store: Store;
    readonly software: string;
    readonly log: Log;
    readonly whyNot: (spec: ClusterSpec) => string | null;
  }) {
    this.#worker = options.worker;
    this.#store = options.store;
    this.#software = options.software;
    this.#log = options.log;
    this.#whyNot = options.whyNot;
  }

  /** The spec in a text. Errors: rejects with one sentence when the store is there and cannot be read. */
  async decode(file: { readonly text: string; readonly hash: string }): Promise<DecodeResult> {
    const kept = decodeKeptSpec(this.#store.read(DECODED_FILE), { software: this.#software, hash: file.hash });
    if (kept !== null) return this.#judged(kept);
    const answer = await this.#worker.ask({ kind: 'decode', text: file.text, hash: file.hash });
    if (answer.kind === 'failed') return { kind: 'undecodable', sentence: answer.sentence };
    if (answer.kind === 'broken') return { kind: 'unread', sentence: answer.sentence };
    if (answer.kind !== 'spec') return { kind: 'undecodable', sentence: 'it could not be decoded' };
    this.#keep(file.hash, answer.spec);
    return this.#judged(answer.spec);
  }

  #judged(spec: ClusterSpec): DecodeResult {
    const sentence = this.#whyNot(spec);
    return sentence === null ? { kind: 'spec', spec } : { kind: 'undecodable', sentence };
  }

  #keep(hash: string, spec: ClusterSpec): void {
    try {
      this.#store.write(DECODED_FILE, JSON.stringify({ software: this.#software, hash, spec }));
    } catch (error) {
      // It only makes the next start faster; what must be kept is kept elsewhere.
      this.#log.event('warn', messageOf(error));
    }
  }
}
