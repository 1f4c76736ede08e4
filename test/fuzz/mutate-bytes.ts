/** Changes bytes without knowing what they mean. */
import type { RandomStream } from '../../src/base/random.js';
import { nextRandom, pickRandom } from '../../src/base/random.js';

/** Ways to change a datagram. */
export const byteMutations = ['flip', 'flips', 'truncate', 'extend', 'splice', 'repeat', 'zero', 'noise'] as const;

/** One of {@link byteMutations}. */
export type ByteMutation = (typeof byteMutations)[number];

/** A whole number below another. */
export function below(stream: RandomStream, count: number): number {
  return Math.floor(nextRandom(stream) * count);
}

/** A changed copy. Shape: `other` is what is spliced in. */
export function mutateBytes(
  bytes: Uint8Array,
  options: { readonly how: ByteMutation; readonly other: Uint8Array; readonly stream: RandomStream },
): Buffer {
  const { how, other, stream } = options;
  const copy = Buffer.from(bytes);
  const at = below(stream, copy.length + 1);
  switch (how) {
    case 'flip':
      return flip(copy, stream);
    case 'flips':
      for (let i = below(stream, 16); i >= 0; i--) flip(copy, stream);
      return copy;
    case 'truncate':
      return copy.subarray(0, at);
    case 'extend':
      return Buffer.concat([copy, noise(stream, 1 + below(stream, 64))]);
    case 'splice': {
      const from = below(stream, other.length + 1);
      return Buffer.concat([copy.subarray(0, at), other.subarray(from)]);
    }
    case 'repeat':
      return Buffer.concat([copy.subarray(0, at), copy.subarray(below(stream, at + 1))]);
    case 'zero':
      return copy.fill(pickRandom(stream, [0, 0xff, 0x20]) ?? 0, at, Math.min(copy.length, at + 1 + below(stream, 32)));
    case 'noise':
      return noise(stream, below(stream, 1600));
  }
}

function flip(bytes: Buffer, stream: RandomStream): Buffer {
  if (bytes.length === 0) return bytes;
  const at = below(stream, bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << below(stream, 8));
  return bytes;
}

function noise(stream: RandomStream, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => below(stream, 256)));
}
