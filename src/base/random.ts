/**
 * A stream of pseudo-random numbers whose whole state is one value, so that a schedule replays to the byte.
 *
 * Shape: `state` is a 32-bit integer.
 * Source: mulberry32 (public domain); good enough for back-off and fault schedules, never for keys.
 */
export interface RandomStream {
  state: number;
}

/** A stream that begins at `seed`. */
export function randomStream(seed: number): RandomStream {
  return { state: seed | 0 };
}

/**
 * The next number of the stream.
 *
 * Shape: 0 <= result < 1.
 */
export function nextRandom(stream: RandomStream): number {
  stream.state = (stream.state + 0x6d2b79f5) | 0;
  let t = Math.imul(stream.state ^ (stream.state >>> 15), 1 | stream.state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

/**
 * A number of the stream between two bounds.
 *
 * Shape: low <= result < high.
 */
export function randomBetween(stream: RandomStream, low: number, high: number): number {
  return low + nextRandom(stream) * (high - low);
}

/**
 * One of the values.
 *
 * Shape: undefined only for an empty list.
 */
export function pickRandom<T>(stream: RandomStream, values: readonly T[]): T | undefined {
  return values[Math.floor(nextRandom(stream) * values.length)];
}
