import type { Mind } from './mind.js';

/** Nodes up to which every step looks at every peer. Ours: a look at so many costs less than the rest of a step. */
const NODES_SMALL = 64;

/** How often a large cluster is looked at. Ours: a small part of the time after which a silent node counts as gone. */
const LOOK_EVERY_MS = 50;

/**
 * Whether this step looks at every peer: who is there, what each has in force, what each asks for.
 *
 * A voter of a thousand nodes takes five thousand steps a second, and a look in each would leave it no time to answer. What is late by a look is only what is planned and told; leases are not judged by it.
 */
export function isLookDue(mind: Mind, nowMs: number): boolean {
  if (mind.spec.nodes.length <= NODES_SMALL || mind.lookedAtMs === nowMs) return true;
  if (nowMs - mind.lookedAtMs < LOOK_EVERY_MS) return false;
  mind.lookedAtMs = nowMs;
  return true;
}

/** Whether this cluster is small enough for its mind to wake at the very moment at which a peer counts as silent. */
export function wakesForSilence(mind: Mind): boolean {
  return mind.spec.nodes.length <= NODES_SMALL;
}
