/**
 * Messages as authenticated datagrams.
 *
 * A frame is: the bytes `FL`, the format's version, the protocol's version, the key's id (4 bytes), the body's length (2 bytes), a code over all the
 * rest (32 bytes), and the body: a JSON array of the cluster's name and the message. The code is HMAC-SHA256, so that only who has the key can have written the frame; what is replayed is refused by
 * incarnation, number and token further in.
 */
import { createHash, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { invariant } from '../base/invariant.js';
import { limits } from '../model/limits.js';
import { protocolVersion } from '../model/message.js';
import type { Message } from '../model/message.js';
import type { Codec } from '../ports/transport.js';
import { FrameMemory } from './frame-memory.js';
import { decodeMessage } from './wire-decode.js';
import { encodeMessage } from './wire-encode.js';
import { asRow, MalformedError } from './wire-fields.js';

/**
 * Why a frame is no good; each is also the name of its counter.
 *
 * truncated, oversized: shorter or longer than it says or than a datagram of ours can be. magic: not ours at all. version: of another format or protocol. unknown-key: signed with a
 * key that this node does not have. authentication: changed on the way, or forged. wrong-cluster: of another cluster that shares the key. unknown-kind: a message that only newer
 * nodes know. malformed: signed well and makes no sense, which is a defect of its sender.
 */
export const badFrameReasons = [
  'truncated',
  'oversized',
  'magic',
  'version',
  'unknown-key',
  'authentication',
  'wrong-cluster',
  'unknown-kind',
  'malformed',
] as const;

/** One of {@link badFrameReasons}. */
export type BadFrameReason = (typeof badFrameReasons)[number];

/** Bytes of a key, at least. */
const KEY_BYTES_MIN = 32;

const FORMAT_VERSION = 1;
const MAGIC = [0x46, 0x4c] as const;
const FORMAT_AT = 2;
const PROTOCOL_AT = 3;
const KEY_ID_AT = 4;
const KEY_ID_BYTES = 4;
const LENGTH_AT = KEY_ID_AT + KEY_ID_BYTES;
const MAC_AT = LENGTH_AT + 2;
const MAC_BYTES = 32;
const BODY_AT = MAC_AT + MAC_BYTES;

interface Key {
  readonly id: Buffer;
  readonly secret: KeyObject;
}

/**
 * The codec of one cluster.
 *
 * Shape: the first key signs, every key verifies, so that keys are changed in two steps: first add the new one behind the old one everywhere, then put it first.
 * Errors: `encode` stops the node for a message that fits no datagram even without its digest; keys of fewer than 32 bytes stop it too.
 */
export function wireCodec(options: {
  readonly cluster: string;
  readonly keys: readonly Uint8Array[];
}): Codec<Message, Uint8Array> {
  const { cluster } = options;
  const keys = options.keys.map(prepareKey);
  const [signing] = keys;
  invariant(signing !== undefined, 'a cluster has at least one key');
  const memory = new FrameMemory();
  // An answer is given again, the very same, when what it answers comes over another link.
  const encoded = new WeakMap<Message, Buffer>();
  return {
    encode: (message) => {
      const known = encoded.get(message);
      if (known !== undefined) return known;
      const frame = encodeFrame({ cluster, key: signing, message });
      encoded.set(message, frame);
      return frame;
    },
    decode: (frame) => {
      const decoded = decodeFrame({ cluster, keys, memory, frame });
      return typeof decoded === 'string' ? { kind: 'bad', why: decoded } : { kind: 'message', message: decoded };
    },
  };
}

function prepareKey(secret: Uint8Array): Key {
  invariant(secret.length >= KEY_BYTES_MIN, `a key has at least ${KEY_BYTES_MIN} bytes`);
  const id = createHash('sha256').update('fairlead key id').update(secret).digest().subarray(0, KEY_ID_BYTES);
  return { id, secret: createSecretKey(secret) };
}

function encodeFrame(options: { readonly cluster: string; readonly key: Key; readonly message: Message }): Buffer {
  const { cluster, key } = options;
  let message: Message | null = options.message;
  while (message !== null) {
    const body = JSON.stringify([cluster, ...encodeMessage(message)]);
    const bytes = BODY_AT + Buffer.byteLength(body);
    if (bytes <= limits.datagramBytesMax) return sealFrame({ key, body, bytes });
    message = withoutLast(message);
  }
  invariant(false, `a ${options.message.kind} of this node fits no datagram of ${limits.datagramBytesMax} bytes`);
}

/**
 * The message with one thing less that it can do without; null when there is none.
 *
 * A digest is advice and takes turns anyhow. An ack with fewer denials than there are says so, and then renews nothing.
 */
function withoutLast(message: Message): Message | null {
  if ('digest' in message && message.digest.length > 0) return { ...message, digest: message.digest.slice(0, -1) };
  if (message.kind === 'ack' && message.denials.length > 0) {
    return { ...message, denials: message.denials.slice(0, -1), complete: false };
  }
  return null;
}

function sealFrame(options: { readonly key: Key; readonly body: string; readonly bytes: number }): Buffer {
  const { key, body, bytes } = options;
  const frame = Buffer.allocUnsafe(bytes);
  frame.set(MAGIC, 0);
  frame[FORMAT_AT] = FORMAT_VERSION;
  frame[PROTOCOL_AT] = protocolVersion;
  frame.set(key.id, KEY_ID_AT);
  frame.writeUInt16BE(bytes - BODY_AT, LENGTH_AT);
  frame.write(body, BODY_AT, 'utf8');
  frame.write(macOf(key, frame), MAC_AT, MAC_BYTES, 'latin1');
  return frame;
}

/** A code as text, a character for each byte: a buffer of its own would cost as much as half of the code. */
function macOf(key: Key, frame: Buffer): string {
  const hmac = createHmac('sha256', key.secret);
  return hmac.update(frame.subarray(0, MAC_AT)).update(frame.subarray(BODY_AT)).digest('binary');
}

const expected = Buffer.alloc(MAC_BYTES);

/** Whether a frame bears its code, in a time that says nothing of how much of it is right. */
function isGenuine(key: Key, frame: Buffer, mac: Buffer): boolean {
  expected.write(macOf(key, frame), 0, MAC_BYTES, 'latin1');
  return timingSafeEqual(expected, mac);
}

/** Looks at the cheap and certain things first, and believes nothing of the body before the code was checked. */
function decodeFrame(options: {
  readonly cluster: string;
  readonly keys: readonly Key[];
  readonly memory: FrameMemory;
  readonly frame: Uint8Array;
}): Message | BadFrameReason {
  const frame = Buffer.from(options.frame.buffer, options.frame.byteOffset, options.frame.byteLength);
  if (frame.length > limits.datagramBytesMax) return 'oversized';
  if (frame.length < MAGIC.length) return 'truncated';
  if (MAGIC.some((byte, index) => frame[index] !== byte)) return 'magic';
  if (frame.length <= BODY_AT) return 'truncated';
  if (frame[FORMAT_AT] !== FORMAT_VERSION || frame[PROTOCOL_AT] !== protocolVersion) return 'version';
  const bodyBytes = frame.readUInt16BE(LENGTH_AT);
  if (frame.length !== BODY_AT + bodyBytes) return frame.length < BODY_AT + bodyBytes ? 'truncated' : 'oversized';
  const code = frame.toString('latin1', MAC_AT, BODY_AT);
  const known = options.memory.find(code, frame);
  if (known !== null) return known;
  const id = frame.subarray(KEY_ID_AT, LENGTH_AT);
  const candidates = options.keys.filter((key) => key.id.equals(id));
  if (candidates.length === 0) return 'unknown-key';
  const mac = frame.subarray(MAC_AT, BODY_AT);
  if (!candidates.some((key) => isGenuine(key, frame, mac))) return 'authentication';
  const message = decodeBody(options.cluster, frame.toString('utf8', BODY_AT));
  if (typeof message !== 'string') options.memory.note(code, frame, message);
  return message;
}

function decodeBody(cluster: string, body: string): Message | BadFrameReason {
  try {
    const [name, ...row] = asRow(JSON.parse(body));
    if (name !== cluster) return 'wrong-cluster';
    return decodeMessage(row) ?? 'unknown-kind';
  } catch (error) {
    if (error instanceof MalformedError || error instanceof SyntaxError) return 'malformed';
    throw error;
  }
}
