import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/model/message.js';
import { wireCodec } from '../../src/runtime/wire-codec.js';
import { plainHeartbeat } from './wire-specimens.js';

const key = Buffer.alloc(32, 7);
const newCodec = () => wireCodec({ cluster: 'edge', keys: [key] });
const free = (epochMax: number): Message => ({ kind: 'free', from: 'lb2', key: 'web', epochMax });

function messageOf(codec: ReturnType<typeof newCodec>, frame: Uint8Array): Message {
  const decoded = codec.decode(frame);
  if (decoded.kind === 'bad') throw new Error(decoded.why);
  return decoded.message;
}

describe('a frame that comes over a second link', () => {
  it('is the message that it was on the first', () => {
    const codec = newCodec();
    const frame = newCodec().encode(plainHeartbeat(3));
    const first = messageOf(codec, Buffer.from(frame));
    expect(messageOf(codec, Buffer.from(frame))).toBe(first);
  });

  it('is refused when any byte of it was changed, its code left as it was', () => {
    const codec = newCodec();
    const frame = Buffer.from(newCodec().encode(free(7)));
    messageOf(codec, frame);
    for (let at = 0; at < frame.length; at += 1) {
      const changed = Buffer.from(frame);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(codec.decode(changed).kind, `byte ${at}`).toBe('bad');
    }
  });

  it('is verified again when many others came meanwhile', () => {
    const codec = newCodec();
    const frame = newCodec().encode(free(0));
    const first = messageOf(codec, frame);
    for (let i = 1; i <= 100; i += 1) messageOf(codec, newCodec().encode(free(i)));
    const again = messageOf(codec, frame);
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
  });
});

describe('an answer that is given again', () => {
  it('is the same frame', () => {
    const codec = newCodec();
    const answer = free(7);
    expect(codec.encode(answer)).toBe(codec.encode(answer));
    expect(codec.encode(free(7))).toEqual(codec.encode(answer));
  });
});
