import type { PingSpec } from '../model/cluster-spec.js';

/** One ping on this node: what its rounds found, and what is said after dampening. Plain data, updated in place. */
export interface PingWatch {
  ping: PingSpec;
  /** Said to others: hosts that answer; null while nothing is known. */
  reachable: number | null;
  /** When the first of the rounds began that have found less (or more) than what is said; null while they agree. */
  differsSinceMs: number | null;
  differs: 'less' | 'more' | null;
  isUnderWay: boolean;
  /** When the newest round began. */
  beganAtMs: number;
  nextAtMs: number;
}

/** A ping of which nothing is known yet, due at once. */
export function beginPingWatch(ping: PingSpec, nowMs: number): PingWatch {
  return {
    ping,
    reachable: null,
    differsSinceMs: null,
    differs: null,
    isUnderWay: false,
    beganAtMs: nowMs,
    nextAtMs: nowMs,
  };
}

/** The spec in force says something new of a ping: hosts that it no longer names do not answer any more. */
export function redefinePing(watch: PingWatch, ping: PingSpec, nowMs: number): void {
  watch.ping = ping;
  watch.nextAtMs = Math.min(watch.nextAtMs, nowMs + ping.everyMs);
  if (watch.reachable !== null) watch.reachable = Math.min(watch.reachable, ping.hosts.length);
}

/** Whether a round is due. */
export function isPingDue(watch: PingWatch, nowMs: number): boolean {
  return !watch.isUnderWay && watch.nextAtMs <= nowMs;
}

/** A round begins. */
export function beginRound(watch: PingWatch, nowMs: number): void {
  watch.isUnderWay = true;
  watch.beganAtMs = nowMs;
  watch.nextAtMs = nowMs + watch.ping.everyMs;
}

/**
 * A round ended. Returns whether what is said changed.
 *
 * Dampening works both ways: fewer answers are said only after they were fewer for `failAfter`, more only after `recoverAfter`. A round that could not find out says nothing.
 *
 * Neither is shorter than two intervals: by then every other node has had a round of its own and says that it is turning, so that what all of them lose, or get back, moves nothing.
 *
 * The time runs from the beginning of one round to that of another. Rounds begin an interval apart but end when an answer, or the want of one, lets them: an answer that came a moment sooner than the last must not cost a round.
 */
export function finishRound(watch: PingWatch, reachable: number | null): boolean {
  watch.isUnderWay = false;
  if (reachable === null) return false;
  if (watch.reachable === null) {
    watch.reachable = reachable;
    return true;
  }
  if (reachable === watch.reachable) {
    watch.differsSinceMs = null;
    watch.differs = null;
    return false;
  }
  const differs = reachable < watch.reachable ? 'less' : 'more';
  if (watch.differs !== differs || watch.differsSinceMs === null) {
    watch.differs = differs;
    watch.differsSinceMs = watch.beganAtMs;
  }
  const { failAfterMs, recoverAfterMs, everyMs } = watch.ping;
  const waitMs = Math.max(differs === 'less' ? failAfterMs : recoverAfterMs, 2 * everyMs);
  if (watch.beganAtMs - watch.differsSinceMs < waitMs) return false;
  watch.reachable = reachable;
  watch.differsSinceMs = null;
  watch.differs = null;
  return true;
}
