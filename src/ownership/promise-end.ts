/** How promises end at a voter, and who is told: by release, by time, and by the certificate of their holder's death (R14). */
import type { LeaseKey } from '../model/lease.js';
import { limits } from '../model/limits.js';
import type { Free } from '../model/message.js';
import { stands } from './lease-promise.js';
import type { VoterAnswer, VoterState } from './voter-state.js';

/**
 * Forgets a promise and tells who waits for it.
 *
 * Not after a dropped claim: candidates that were told of each other's drops would all claim again at once, and drop again, without an end.
 */
export function free(state: VoterState, key: LeaseKey): VoterAnswer[] {
  const isOwned = state.promises.get(key)?.isOwned === true;
  state.promises.delete(key);
  state.isUnsaved = true;
  const waiters = state.waiters.get(key) ?? [];
  state.waiters.delete(key);
  if (!isOwned) return [];
  const message: Free = { kind: 'free', from: state.node, key, epochMax: state.epochMax.get(key) ?? 0 };
  return waiters.map((to) => ({ to, message }));
}

/** Notes who wants to hear when a lease is free. */
export function addWaiter(state: VoterState, key: LeaseKey, node: string): void {
  const waiters = state.waiters.get(key) ?? [];
  if (waiters.includes(node) || waiters.length >= limits.waitersPerGroupMax) return;
  state.waiters.set(key, [...waiters, node]);
}

/** Lets promises run out and tells who waits for them. */
export function expirePromises(state: VoterState, nowMs: number): VoterAnswer[] {
  const answers: VoterAnswer[] = [];
  for (const key of [...state.waiters.keys()]) {
    const promise = state.promises.get(key);
    if (promise === undefined || !stands(promise, nowMs)) answers.push(...free(state, key));
  }
  return answers;
}

/** When the next promise that somebody waits for runs out; Infinity when nobody waits for one that time ends. */
export function nextFreeAtMs(state: VoterState): number {
  let at = Number.POSITIVE_INFINITY;
  for (const key of state.waiters.keys()) {
    const promise = state.promises.get(key);
    if (promise?.needsFencing !== true) at = Math.min(at, promise?.untilMs ?? Number.NEGATIVE_INFINITY);
  }
  return at;
}

/**
 * R14: an incarnation is dead, whatever anybody hears of it later. What was promised to it is free at once; what was promised to another incarnation of that node stands.
 *
 * The caller saves the state before it sends what is returned (S4).
 */
export function certify(
  state: VoterState,
  dead: { readonly node: string; readonly incarnation: string },
): VoterAnswer[] {
  const { node, incarnation } = dead;
  retire(state, node, incarnation);
  const isMeant = (of: { readonly incarnation: string }) =>
    of.incarnation === incarnation || !state.rules.namedIncarnation;
  const session = state.sessions.get(node);
  if (session !== undefined && isMeant(session)) state.sessions.delete(node);
  const ended = [...state.promises.values()].filter((promise) => promise.node === node && isMeant(promise));
  return ended.flatMap((promise) => free(state, promise.key));
}

/** Remembers that an incarnation is over: what is said under it is refused from now on. */
export function retire(state: VoterState, node: string, incarnation: string): void {
  const before = state.retired.get(node) ?? [];
  if (before.includes(incarnation)) return;
  state.retired.set(node, [...before, incarnation].slice(-limits.incarnationsPerNodeMax));
  state.isUnsaved = true;
}

/** R12: what a voter promised while it voted is the newer voters' to know (R14), or over. A release since then was said to those alone. */
export function forgetPromises(state: VoterState): void {
  if (state.promises.size === 0) return;
  state.promises.clear();
  state.waiters.clear();
  state.isUnsaved = true;
}
