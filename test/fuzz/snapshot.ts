import type { Mind } from '../../src/reconciler/mind.js';

/**
 * What no datagram changes, what follows from the rest, and the counters, which may change.
 *
 * `told` is among the counters: when a peer was last sent the line of voter sets, which spares it the next half beat. It changes
 * only together with an answer, and answers are looked at by themselves.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(['spec', 'index', 'rules', 'planFor', 'counters', 'replays', 'told']);

/** All that a mind knows, as text: two are equal exactly when nothing but counters changed between them. */
export function snapshot(mind: Mind): string {
  return JSON.stringify(mind, (key, value: unknown) => {
    if (LEFT_OUT.has(key)) return undefined;
    if (value instanceof Map) return ['map', ...value];
    if (value instanceof Set) return ['set', ...value];
    return value;
  });
}

/** The first place where two such texts differ, with what stands around it. */
export function difference(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  const from = Math.max(0, at - 160);
  return `...${before.slice(from, at + 60)}... became ...${after.slice(from, at + 60)}...`;
}
