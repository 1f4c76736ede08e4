/**
 * Reads messages of a D-Bus connection as they come, as far as events need it: whose property changed, and one property of it.
 *
 * Source: the D-Bus specification 0.43, "Message Format" and "Marshaling".
 */

/** A signal. Shape: `path` is an object's, such as `/org/freedesktop/systemd1/unit/nginx_2eservice`. */
export interface BusSignal {
  readonly path: string;
  readonly member: string;
  readonly body: Buffer;
  readonly isLittleEndian: boolean;
}

/** Bytes of one message; a longer one is not systemd's. Ours: a unit's properties are some kilobytes. */
const MESSAGE_BYTES_MAX = 1024 * 1024;

const FIXED_HEADER_BYTES = 16;
const SIGNAL = 4;
const PATH_FIELD = 1;
const MEMBER_FIELD = 3;

/** Takes a connection's bytes. */
export class BusSignals {
  #rest: Buffer = Buffer.alloc(0);

  /** The signals that are complete by now, in their order. Errors: throws for what is no D-Bus message. */
  take(chunk: Buffer): BusSignal[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const signals: BusSignal[] = [];
    for (let length = messageLength(this.#rest); length !== null; length = messageLength(this.#rest)) {
      const signal = readSignal(this.#rest.subarray(0, length));
      if (signal !== null) signals.push(signal);
      this.#rest = this.#rest.subarray(length);
    }
    return signals;
  }
}

/**
 * A property of the type string in the body of `PropertiesChanged`; null where it is not named there.
 *
 * The body is searched for the property's name as it is marshalled and not taken apart: what a false find costs is a look too many or too few.
 */
export function changedText({ body, isLittleEndian }: BusSignal, property: string): string | null {
  const at = body.indexOf(`${property}\0\x01s\0`);
  if (at < 4 || readLength(body, at - 4, isLittleEndian) !== property.length) return null;
  const lengthAt = aligned(at + property.length + 4, 4);
  if (lengthAt + 4 > body.length) return null;
  const length = readLength(body, lengthAt, isLittleEndian);
  return body.subarray(lengthAt + 4, lengthAt + 4 + length).toString();
}

/** Length of the message at the beginning; null while it is not all there. */
function messageLength(bytes: Buffer): number | null {
  if (bytes.length < FIXED_HEADER_BYTES) return null;
  const isLittleEndian = isLittle(bytes);
  const fields = readLength(bytes, 12, isLittleEndian);
  const length = aligned(FIXED_HEADER_BYTES + fields, 8) + readLength(bytes, 4, isLittleEndian);
  if (length > MESSAGE_BYTES_MAX) throw new Error(`a message of ${length} bytes`);
  return length <= bytes.length ? length : null;
}

function readSignal(message: Buffer): BusSignal | null {
  if (message[1] !== SIGNAL) return null;
  const isLittleEndian = isLittle(message);
  const end = FIXED_HEADER_BYTES + readLength(message, 12, isLittleEndian);
  const texts = new Map<number, string>();
  for (let at = FIXED_HEADER_BYTES; at < end; ) {
    at = aligned(at, 8);
    const field = message[at] ?? 0;
    const signatureLength = message[at + 1] ?? 0;
    const type = message.subarray(at + 2, at + 2 + signatureLength).toString('latin1');
    at += 3 + signatureLength;
    if (type === 'u') at = aligned(at, 4) + 4;
    else if (type === 'g') at += 2 + (message[at] ?? 0);
    else if (type === 's' || type === 'o') {
      const from = aligned(at, 4) + 4;
      const length = readLength(message, from - 4, isLittleEndian);
      texts.set(field, message.subarray(from, from + length).toString());
      at = from + length + 1;
    } else throw new Error(`a header field of the type "${type}"`);
  }
  const body = message.subarray(aligned(end, 8));
  return { path: texts.get(PATH_FIELD) ?? '', member: texts.get(MEMBER_FIELD) ?? '', body, isLittleEndian };
}

function isLittle(message: Buffer): boolean {
  const order = message[0];
  if (order !== 0x6c && order !== 0x42) throw new Error(`a message that begins with ${order}`);
  return order === 0x6c;
}

/** Errors: throws where there are no four bytes. */
function readLength(bytes: Buffer, at: number, isLittleEndian: boolean): number {
  return isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}

function aligned(at: number, to: number): number {
  return Math.ceil(at / to) * to;
}
