/** Makes datagrams as an attacker would, from the description of the format and not with the codec that is tried. */
import { createHash, createHmac } from 'node:crypto';
import { protocolVersion } from '../../src/model/message.js';

/** Where the parts of a frame begin. Source: docs/architecture.md and the head of src/runtime/wire-codec.ts. */
export const FRAME = { keyIdAt: 4, lengthAt: 8, macAt: 10, bodyAt: 42 } as const;

const FORMAT_VERSION = 1;

/** A frame around a body, with the code of this key. Shape: `id` to name another key than the one that signs. */
export function sealed(body: Uint8Array, key: Uint8Array, id: Uint8Array = key): Buffer {
  const frame = Buffer.alloc(FRAME.bodyAt + body.length);
  frame.write('FL', 0, 'latin1');
  frame[2] = FORMAT_VERSION;
  frame[3] = protocolVersion;
  frame.set(keyId(id), FRAME.keyIdAt);
  frame.writeUInt16BE(body.length & 0xffff, FRAME.lengthAt);
  frame.set(body, FRAME.bodyAt);
  const mac = createHmac('sha256', key).update(frame.subarray(0, FRAME.macAt)).update(frame.subarray(FRAME.bodyAt));
  frame.set(mac.digest(), FRAME.macAt);
  return frame;
}

/** The body of a frame. */
export function bodyOf(frame: Uint8Array): Buffer {
  return Buffer.from(frame.subarray(FRAME.bodyAt));
}

function keyId(key: Uint8Array): Buffer {
  return createHash('sha256').update('fairlead key id').update(key).digest().subarray(0, 4);
}
