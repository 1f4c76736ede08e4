import type { Log } from '../ports/log.js';
import type { Clock } from '../ports/clock.js';
import type { Codec } from '../ports/transport.js';
import { readKeys } from '../host/keys.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Message } from '../model/message.js';
import { clearCondition, setCondition } from '../reconciler/conditions.js';
import type { Mind } from '../reconciler/mind.js';
import { keyNames } from '../reconciler/signing-key.js';
import { wireCodec } from '../runtime/wire-codec.js';

/** How often keys are looked for that could not be read. */
const RETRY_MS = 2_000;

/** The subject of the condition that says so. */
const SUBJECT = 'keys';

/**
 * The codec of a node whose keys follow the spec in force: they are read when a revision lists others, and change from one datagram to the next.
 *
 * Shape: `keys` are those of the spec with which the mind begins. Errors: none; where new keys cannot be read, the present ones stay, a condition says so, and it is tried again.
 */
export class SpecCodec implements Codec<Message, Uint8Array> {
  #codec: Codec<Message, Uint8Array>;
  #spec: ClusterSpec;
  #names: string;
  #retryAtMs = 0;

  constructor(
    private readonly mind: Pick<Mind, 'spec' | 'conditions'>,
    keys: readonly Uint8Array[],
    private readonly ports: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#spec = mind.spec;
    this.#names = keyNames(mind.spec).join('\n');
    this.#codec = wireCodec({ cluster: mind.spec.name, keys });
  }

  encode(message: Message): Uint8Array {
    this.#follow();
    return this.#codec.encode(message);
  }

  decode(frame: Uint8Array): ReturnType<Codec<Message, Uint8Array>['decode']> {
    this.#follow();
    return this.#codec.decode(frame);
  }

  #follow(): void {
    const { spec, conditions } = this.mind;
    if (spec === this.#spec) return;
    const names = keyNames(spec).join('\n');
    const nowMs = this.ports.clock.nowMs();
    if (names !== this.#names) {
      if (nowMs < this.#retryAtMs) return;
      const read = readKeys(spec.heartbeat.keys);
      if (read.kind === 'unreadable') {
        this.#retryAtMs = nowMs + RETRY_MS;
        const sentence = `the keys of the revision in force are not used, the present ones stay: ${read.why}`;
        const condition = { kind: 'spec-unreadable', severity: 'error', subject: SUBJECT, sentence, nowMs } as const;
        if (setCondition(conditions, condition)) this.ports.log.event('error', sentence);
        return;
      }
      for (const warning of read.warnings) this.ports.log.event('warn', warning);
      this.#codec = wireCodec({ cluster: spec.name, keys: read.keys });
      this.#names = names;
      this.ports.log.event(
        'info',
        `other keys from now on, as the revision in force lists them: ${keyNames(spec).join(', ')}; the first signs`,
      );
    }
    clearCondition(conditions, 'spec-unreadable', SUBJECT);
    this.#spec = spec;
  }
}
