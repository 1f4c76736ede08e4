/** Who is to be fenced, and whether this node may (R14). The calls of the devices stand in `fence-run.ts`. */
import { randomBetween } from '../base/random.js';
import { lastHeardMs } from '../membership/hearing.js';
import { valuesOf } from '../membership/records.js';
import type { FenceDeviceSpec } from '../model/cluster-spec.js';
import type { FenceRequest } from '../model/fencing.js';
import { confirmedByHand } from '../model/fencing.js';
import { fenceKey, isFenceKey } from '../model/lease.js';
import { limits } from '../model/limits.js';
import type { Denial } from '../model/message.js';
import { claim, isQuorate, mayClaim, release } from '../ownership/holder.js';
import { lastingPromises } from '../ownership/memory.js';
import { free } from '../ownership/promise-end.js';
import { issue, readFencingNews, tellFreed } from './certificates.js';
import { beginLevel, beginLevelAgain, endFence, levelsOf, noteOutcome } from './fence-run.js';
import type { FenceTarget } from './fencing-state.js';
import { isCertified } from './fencing-state.js';
import type { Input, StepTime } from './input-effect.js';
import { isLookDue } from './look.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';
import { hasLeftInOrder, liveness, selfReport } from './observe.js';

/** For how many heartbeats a right that another node had is not used. Ours: a certificate is pushed at once, and told again with the next heartbeat where that was lost. */
const NEWS_BEATS = 2;

/** For how many heartbeats the word of a voter counts that it stands by a promise which no time ends: a denied claim is made again sooner than that. */
const DENIED_BEATS = 40;

/** Follows what is known of deaths, finds who is to be fenced, and goes on with it. */
export function followFencing(mind: Mind, time: StepTime, effects: Effects): void {
  if (isLookDue(mind, time.nowMs)) {
    readFencingNews(mind, time, effects);
    freeWhatIsOver(mind, effects);
    watchRival(mind, time);
    judgeAll(mind, time, effects);
  }
  for (const target of [...mind.fencing.targets.values()]) goOn(mind, target, time, effects);
}

/** What came of a call. */
export function takeFenceOutcome(
  mind: Mind,
  input: Extract<Input, { kind: 'fence-done' }>,
  time: StepTime,
  effects: Effects,
): void {
  for (const target of mind.fencing.targets.values()) {
    if (target.request?.id !== input.id) continue;
    const dead = noteOutcome(mind, target, input.outcome, time, effects);
    if (dead !== null) setDead(mind, { node: target.node, ...dead }, time, effects);
    return;
  }
}

/** A person says that a node is without power. One that is heard is not, but an earlier life of it may be meant. */
export function confirmFence(mind: Mind, node: string, time: StepTime, effects: Effects): void {
  const present = liveness(mind, node, time.nowMs) === 'online' ? currentLife(mind, node) : null;
  const lives = livesOf(mind, node, time.nowMs).filter(
    (life) => life !== present && !isCertified(mind.fencing, node, life),
  );
  const isThere = node === mind.node || present !== null;
  // One that was taken out of the spec may still have what needs fencing, by a promise that only this ends.
  const isKnown = mind.index.nodes.has(node) || lives.length > 0;
  if (!isKnown || node === mind.node || (lives.length === 0 && isThere)) {
    log(
      effects,
      'warn',
      `that ${node} is without power is not believed: ${isThere ? 'it is heard' : 'the spec has no such node'}`,
    );
    return;
  }
  setDead(mind, { node, lives, how: confirmedByHand }, time, effects);
}

function setDead(
  mind: Mind,
  dead: { readonly node: string; readonly lives: readonly string[]; readonly how: string },
  time: StepTime,
  effects: Effects,
): void {
  issue(mind, dead, time, effects);
  if (dead.node !== otherVoter(mind)) return;
  mind.holder.rivalDeadAs = livesOf(mind, dead.node, time.nowMs).filter((life) =>
    isCertified(mind.fencing, dead.node, life),
  );
  mind.holder.isUnsaved = true;
  watchRival(mind, time);
}

/** A voter stands by a promise that no time ends: to whom, under which life. */
export function noteDenials(mind: Mind, denials: readonly Denial[], nowMs: number): void {
  for (const { by, incarnation } of denials) {
    if (incarnation === undefined || !isHeeded(mind, by) || isCertified(mind.fencing, by, incarnation)) continue;
    const lives = mind.fencing.denied.get(by) ?? new Map<string, number>();
    lives.delete(incarnation);
    lives.set(incarnation, nowMs);
    for (const oldest of lives.keys()) if (lives.size > limits.incarnationsPerNodeMax) lives.delete(oldest);
    mind.fencing.denied.set(by, lives);
  }
}

/** Whether what is said of a node is noted: of those in the spec, and of some that were taken out of it. */
function isHeeded({ index, fencing }: Mind, node: string): boolean {
  return index.nodes.has(node) || fencing.denied.has(node) || fencing.denied.size < 2 * index.nodes.size;
}

/** The other one of two voters; null where this node is none of two. */
export function otherVoter(mind: Mind): string | null {
  const [set = [], second] = mind.holder.sets;
  if (second !== undefined || set.length !== 2 || !set.includes(mind.node) || !mind.voter.isVoting) return null;
  return set.find((voter) => voter !== mind.node) ?? null;
}

/** Of two voters: whether the other one is dead, and what of it this node may do without it. */
function watchRival(mind: Mind, time: StepTime): void {
  const { holder, fencing } = mind;
  const other = otherVoter(mind);
  const canFence = other !== null && levelsOf(mind, other).length > 0 && !fencing.isDead;
  holder.rival = canFence || (other !== null && holder.rivalDeadAs !== null) ? other : null;
  if (other !== null && !holder.met.has(other) && lastHeardMs(mind.hearing, other) >= mind.startedAtMs) {
    holder.met.add(other);
    holder.isUnsaved = true;
  }
  if (holder.rivalDeadAs !== null && fencing.rules.untilHeard && !isStillDead(mind, other, holder.rivalDeadAs)) {
    holder.rivalDeadAs = null;
    holder.isUnsaved = true;
  }
  // Of one that was never seen a third node may tell what is long over.
  const isSeen = other !== null && (holder.met.has(other) || !fencing.rules.seenSince);
  const hasLeft = isSeen && hasLeftInOrder(mind, other, liveness(mind, other, time.nowMs));
  if (hasLeft) holder.rival = other;
  const isHeardOut = time.nowMs >= fencing.listensUntilMs || !fencing.rules.listens;
  const isDead = holder.rivalDeadAs !== null && isHeardOut;
  holder.isRivalDead = !fencing.isDead && (isDead || hasLeft);
}

function isStillDead(mind: Mind, other: string | null, deadAs: readonly string[]): boolean {
  return other !== null && seenLives(mind, other).every((life) => deadAs.includes(life));
}

/** The life that a node's record tells of, and the one that was heard: two while word of a newer one is under way. */
function seenLives(mind: Mind, node: string): string[] {
  return [selfReport(mind, node)?.incarnation, mind.freshness.get(node)?.incarnation].flatMap((life) => life ?? []);
}

/** The life of a node that is known to be its newest; null when none is. */
function currentLife(mind: Mind, node: string): string | null {
  return seenLives(mind, node)[0] ?? null;
}

/** Lives to which this node's voter, or another one by its denial, stands by a promise that no time ends. */
function promisedLives(mind: Mind, node: string, nowMs: number): string[] {
  const lives = new Set<string>();
  for (const promise of mind.voter.promises.values())
    if (promise.node === node && promise.needsFencing) lives.add(promise.incarnation);
  for (const [life, atMs] of mind.fencing.denied.get(node) ?? [])
    if (nowMs - atMs < DENIED_BEATS * mind.holder.everyMs) lives.add(life);
  return [...lives].filter((life) => !isCertified(mind.fencing, node, life) && !isOver(mind, node, life));
}

/** Whether a node said of a life that it leaves and holds nothing: no daemon goes on with it, and it had let go of everything before. */
function isOver(mind: Mind, node: string, life: string): boolean {
  const self = selfReport(mind, node);
  return self?.incarnation === life && self.over === true;
}

/** What such a life gave up while this voter was cut off from it is free here too: nobody is left to say its release again. */
function freeWhatIsOver(mind: Mind, effects: Effects): void {
  for (const { key, node, incarnation } of lastingPromises(mind.voter))
    if (isOver(mind, node, incarnation)) tellFreed(mind, free(mind.voter, key), effects);
}

/** Every life of a node that is known here. */
function livesOf(mind: Mind, node: string, nowMs: number): string[] {
  return [...new Set([...promisedLives(mind, node, nowMs), ...seenLives(mind, node)])];
}

/** Groups that need fencing and that a node says it has. */
function heldForFencing(mind: Mind, node: string): string[] {
  return valuesOf(mind.records, node).flatMap((value) =>
    value.kind === 'lease' && value.lease.state !== 'claim' && mind.index.fenced.has(value.lease.group)
      ? [value.lease.group]
      : [],
  );
}

/**
 * As {@link whyFence}; a node that leaves takes nothing, so nobody is in its way.
 *
 * But while it cannot go, since something that it has could not be stopped, it may be all that can help one that waits for a fence as it does: two that leave would otherwise wait for each other for ever.
 */
function whyFenceFromHere(mind: Mind, node: string, nowMs: number): string | null {
  if (!mind.isLeaving) return whyFence(mind, node, nowMs);
  const isKept = [...mind.lives.values()].some(({ blocked }) => blocked);
  return isKept ? whyAsked(mind, node) : null;
}

/** That a node asks to be fenced itself, since something could not be stopped on it; null when it does not. */
function whyAsked(mind: Mind, node: string): string | null {
  const current = currentLife(mind, node);
  if (current !== null && isCertified(mind.fencing, node, current)) return null;
  const asking = [...(mind.fencing.askers.get(node) ?? [])].sort()[0];
  return asking === undefined ? null : `${asking} could not be stopped on ${node}`;
}

/** Why a node is to be fenced; null when it is not. Never merely for being silent, but for the other one of two voters. */
function whyFence(mind: Mind, node: string, nowMs: number): string | null {
  const asked = whyAsked(mind, node);
  if (asked !== null) return asked;
  const current = currentLife(mind, node);
  const isOver = current !== null && isCertified(mind.fencing, node, current);
  const isOther = node === otherVoter(mind);
  // Silence is known to be one only while a majority answers; the other one of two is judged by itself.
  const isAlone = isOther || !mind.fencing.rules.majority;
  const isGone = isAlone ? liveness(mind, node, nowMs) === 'offline' : mind.silentSinceMs.has(node);
  if (isGone && isOther && !mind.holder.isRivalDead && !isOver)
    return `${node} is silent, and this node takes nothing without its vote`;
  if (!isGone && !isSuspect(mind, node, current)) return null;
  const promised = promisedLives(mind, node, nowMs);
  if (isGone) {
    const held = isOver ? [] : heldForFencing(mind, node);
    if (held.length === 0 && promised.length === 0) return null;
    return `${node} is silent and may still run ${held.length > 0 ? held.join(', ') : 'what was promised to it'}`;
  }
  const isOlder = promised.some((life) => life !== current);
  return isOlder ? `an earlier life of ${node} may still run what was promised to it` : null;
}

/** Whether voters may still stand by an earlier life of a node that is there. */
function isSuspect(mind: Mind, node: string, current: string | null): boolean {
  if (current === null) return false;
  const known = mind.voter.sessions.get(node)?.incarnation;
  return (known !== undefined && known !== current) || (mind.fencing.denied.get(node)?.size ?? 0) > 0;
}

function judgeAll(mind: Mind, time: StepTime, effects: Effects): void {
  const { targets, isDead } = mind.fencing;
  const isConcerned = whoIsConcerned(mind);
  for (const { id } of mind.spec.nodes) {
    if (id === mind.node) continue;
    judge(mind, id, !isDead && isConcerned(id) ? whyFenceFromHere(mind, id, time.nowMs) : null, time, effects);
  }
  for (const id of removedNodes(mind)) {
    const isOwed = !isDead && promisedLives(mind, id, time.nowMs).length > 0;
    const why = isOwed ? `${id} was taken out of the spec and may still run what was promised to it` : null;
    judge(mind, id, why, time, effects);
  }
  // What an earlier daemon was at may not be wanted any more.
  for (const key of mind.holder.held.keys()) {
    const isWanted = !isFenceKey(key) || [...targets.keys()].some((node) => fenceKey(node) === key);
    if (!isWanted) release(mind.holder, key, time.nowMs);
  }
}

/** Nodes that were taken out of the spec and about which there is or was something to say: only a person can say that such a one is dead. */
function removedNodes({ index, fencing, voter }: Mind): string[] {
  const promised = lastingPromises(voter).map(({ node }) => node);
  const named = new Set([...fencing.targets.keys(), ...promised, ...fencing.denied.keys()]);
  return [...named].filter((node) => !index.nodes.has(node));
}

/** Shape: `why` a node is to be fenced; null when it is not. */
function judge(mind: Mind, node: string, why: string | null, time: StepTime, effects: Effects): void {
  const { targets } = mind.fencing;
  const target = targets.get(node);
  if (why === null) {
    // A call that is under way goes on to its end: what it says is true in any case.
    if (target !== undefined && target.request === null && !target.isGivingBack) endFence(mind, target, time);
  } else if (target === undefined) {
    targets.set(node, newTarget(mind, { node, why, nowMs: time.nowMs }));
    log(effects, 'warn', `${node} is to be fenced: ${why}`);
  } else target.why = why;
}

/**
 * Tells whether fencing is about a node at all: in most clusters it is about none, and then nothing is looked at.
 *
 * What was promised for good stands when nothing in the spec needs fencing any more.
 */
function whoIsConcerned({ index, fencing, holder, voter }: Mind): (node: string) => boolean {
  if (index.fenced.size > 0) return () => true;
  const promised = new Set(lastingPromises(voter).map(({ node }) => node));
  return (node) => promised.has(node) || fencing.denied.has(node) || fencing.askers.has(node) || holder.rival === node;
}

function newTarget(
  mind: Mind,
  of: { readonly node: string; readonly why: string; readonly nowMs: number },
): FenceTarget {
  const { node, why, nowMs } = of;
  return {
    node,
    why,
    wantedSinceMs: nowMs,
    notBeforeMs: nowMs + firstDelayMs(mind, node),
    level: 0,
    device: 0,
    devices: [],
    attempts: 0,
    rounds: 0,
    request: null,
    lives: [],
    isGivingBack: false,
    reason: null,
  };
}

/** An older life of a node that is there is often certified by that node itself a moment later. */
function firstDelayMs(mind: Mind, node: string): number {
  const [first] = levelsOf(mind, node)[0] ?? [];
  const device: Pick<FenceDeviceSpec, 'delayBaseMs' | 'delayRandomMs'> = first ?? { delayBaseMs: 0, delayRandomMs: 0 };
  const chanceMs = device.delayRandomMs > 0 ? randomBetween(mind.random, 0, device.delayRandomMs) : 0;
  const { prefer, headStartMs } = mind.spec.fencing;
  const isDuel = node === otherVoter(mind) && !isQuorate(mind.holder, mind.holder.nextBeatAtMs);
  const isSpared = isDuel && prefer.some(({ id }) => id === node) && !prefer.some(({ id }) => id === mind.node);
  return mind.holder.everyMs * 2 + device.delayBaseMs + chanceMs + (isSpared ? headStartMs : 0);
}

/** The next thing that is to be done about a target and may be done now. */
function goOn(mind: Mind, target: FenceTarget, time: StepTime, effects: Effects): void {
  const { nowMs } = time;
  const { node } = target;
  if (target.request !== null) return;
  if (target.isGivingBack) return beginLevel(mind, target, [], effects);
  if (levelsOf(mind, node).length === 0) {
    // What it was at when an edit took the devices away is not gone on with from here.
    release(mind.holder, fenceKey(node), nowMs);
    return beginLevelAgain(target);
  }
  if (nowMs < target.notBeforeMs) return;
  const key = fenceKey(node);
  switch (rightTo(mind, node, nowMs)) {
    case 'owned':
      return beginLevel(mind, target, livesOf(mind, node, nowMs), effects);
    case 'claim':
      beginLevelAgain(target);
      if (!mayClaim(mind.holder, key, nowMs)) return;
      // Somebody had the right before, and word of what came of that may still be under way.
      if ((mind.holder.epochMax.get(key) ?? 0) > 0) target.notBeforeMs = nowMs + NEWS_BEATS * mind.holder.everyMs;
      claim(mind.holder, { key, resources: [], stopBudgetMs: 0, nowMs, wallMs: time.wallMs });
      log(effects, 'debug', `asking for the right to fence ${node}`);
      return;
    case 'none':
      return beginLevelAgain(target);
  }
}

/** A majority gives the right; of two voters, this one takes it when the other is silent and was seen, or need not have been. */
function rightTo(mind: Mind, node: string, nowMs: number): 'owned' | 'claim' | 'none' {
  const { holder, fencing } = mind;
  const held = holder.held.get(fenceKey(node));
  const isOwned = held?.state === 'own' && nowMs < held.validUntilMs;
  if (isOwned || !fencing.rules.majority) return 'owned';
  if (isQuorate(holder, nowMs)) return held === undefined ? 'claim' : 'none';
  return isUnmet(mind, node) || node !== otherVoter(mind) ? 'none' : 'owned';
}

/** S12 once more, for a call that was decided and whose program is about to be run: by the clock of that moment, since this process may have stood still in between. */
export function mayStillFence(mind: Mind, { id, node }: Pick<FenceRequest, 'id' | 'node'>, nowMs: number): boolean {
  if (mind.fencing.isDead || mind.fencing.targets.get(node)?.request?.id !== id) return false;
  return rightTo(mind, node, nowMs) === 'owned';
}

/** Whether the other one of two voters must be seen first. */
export function isUnmet(mind: Mind, node: string): boolean {
  return mind.spec.quorum.firstStart === 'see' && !mind.holder.met.has(node);
}
