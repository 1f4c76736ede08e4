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
  /** The spec whose keys the codec has. */
  #spec: ClusterSpec;
  #retryAtMs = 0;

  constructor(
    private readonly mind: Pick<Mind, 'spec' | 'conditions'>,
    keys: readonly Uint8Array[],
    private readonly ports: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#spec = mind.spec;
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
    if (namesOf(spec) !== namesOf(this.#spec) && !this.#takeKeysOf(spec)) return;
    clearCondition(conditions, 'spec-unreadable', SUBJECT);
    this.#spec = spec;
  }

  /** Returns whether the keys of a spec could be read and are used from now on. */
  #takeKeysOf(spec: ClusterSpec): boolean {
    const { clock, log } = this.ports;
    const nowMs = clock.nowMs();
    if (nowMs < this.#retryAtMs) return false;
    const read = readKeys(spec.heartbeat.keys);
    if (read.kind === 'unreadable') {
      this.#retryAtMs = nowMs + RETRY_MS;
      const sentence = `the keys of the revision in force are not used, the present ones stay: ${read.why}`;
      const condition = { kind: 'spec-unreadable', severity: 'error', subject: SUBJECT, sentence, nowMs } as const;
      if (setCondition(this.mind.conditions, condition)) log.event('error', sentence);
      return false;
    }
    for (const warning of read.warnings) log.event('warn', warning);
    this.#codec = wireCodec({ cluster: spec.name, keys: read.keys });
    const names = keyNames(spec).join(', ');
    log.event('info', `other keys from now on, as the revision in force lists them: ${names}; the first signs`);
    return true;
  }
}

function namesOf(spec: ClusterSpec): string {
  return keyNames(spec).join('\n');
}
