import { compareIds } from '../base/order.js';
import { applyPiece, versionedTable } from '../base/versioned-table.js';
import type { LeaseKey } from '../model/lease.js';
import { takeoverMs } from '../model/lease.js';
import { limits } from '../model/limits.js';
import type { Ack, Denial, Digest, HeldEntry, Heartbeat, Refusal } from '../model/message.js';
import type { Configuration } from '../model/voter-line.js';
import { amendmentSubject, isSameList } from './amendment.js';
import { tableFingerprint } from './beat.js';
import { newestEpoch, newestResourceEpoch, noteEpoch } from './known-epochs.js';
import type { LeasePromise } from './lease-promise.js';
import { stands } from './lease-promise.js';
import { addWaiter, free, retire } from './promise-end.js';
import { isSameConfiguration } from './quorum.js';
import type { Session, VoterAnswer, VoterState } from './voter-state.js';
import { newSession } from './voter-state.js';

/**
 * Answers a heartbeat. The caller saves the state, when it says that it changed, before it sends the answers (S4).
 */
export function receiveHeartbeat(
  state: VoterState,
  heartbeat: Heartbeat,
  options: { readonly nowMs: number; readonly digest: () => Digest },
): VoterAnswer[] {
  const { nowMs } = options;
  const refusal = refusalFor(state, heartbeat, nowMs);
  if (refusal !== null) return [{ to: heartbeat.from, message: refusal }];
  const session = sessionOf(state, heartbeat);
  if (heartbeat.seq < session.lastSeq) {
    state.replays += 1;
    return [];
  }
  if (heartbeat.seq === session.lastSeq && session.lastAck !== null) {
    if (session.isAckSaid) return [];
    return [{ to: heartbeat.from, message: session.lastAck }];
  }
  session.lastSeq = heartbeat.seq;
  session.heardAtMs = nowMs;
  const freed = recordTable(state, session, heartbeat);
  const denials = renewAll(state, session, heartbeat, nowMs);
  const ack: Ack = {
    kind: 'ack',
    from: state.node,
    incarnation: heartbeat.incarnation,
    seq: heartbeat.seq,
    fullVersion: session.table.version,
    denials: denials.slice(0, limits.denialsPerAckMax),
    complete: denials.length <= limits.denialsPerAckMax,
    clockMs: nowMs,
    configuration: state.configuration,
    digest: options.digest(),
    continuity: { memory: state.memory, breaks: session.breaks },
  };
  session.lastAck = ack;
  session.isAckSaid = false;
  noteAcked(state, session, heartbeat.leaseMs, nowMs);
  return [{ to: heartbeat.from, message: ack }, ...freed];
}

function noteAcked(state: VoterState, session: Session, leaseMs: number, nowMs: number): void {
  const untilMs = nowMs + takeoverMs({ leaseMs, stopBudgetMs: 0, drift: state.drift });
  const { ackedUntilMs: beforeMs } = session;
  if (untilMs < beforeMs) return;
  session.ackedUntilMs = untilMs;
  // Of one that counted no more it may be forgotten by now.
  if (session.ackedLeaseMs === leaseMs && nowMs < beforeMs) return;
  session.ackedLeaseMs = leaseMs;
  // By how long it may count is kept beyond the boot, with how long promises last.
  state.isUnsaved = true;
}

/** The longest lease by which an ack of this voter may still count for somebody, whether that holds anything or not: by an edit that others do not have yet, say. Shape: 0 for none. */
export function longestAckedMs(state: VoterState, nowMs: number): number {
  let longest = 0;
  for (const { ackedLeaseMs, ackedUntilMs } of state.sessions.values())
    if (nowMs < ackedUntilMs) longest = Math.max(longest, ackedLeaseMs);
  return longest;
}

function refusalFor(state: VoterState, heartbeat: Heartbeat, nowMs: number): Refusal | null {
  const refuse = (reason: Refusal['reason'], waitMs: number): Refusal => ({
    kind: 'refusal',
    from: state.node,
    incarnation: heartbeat.incarnation,
    seq: heartbeat.seq,
    reason,
    token: state.token,
    waitMs: Math.max(0, Math.ceil(waitMs)),
    configuration: state.configuration,
  });
  if (heartbeat.token !== state.token) return refuse('token', 0);
  if (!state.isVoting || !isHeeded(state, heartbeat.configuration)) return refuse('configuration', 0);
  if (state.rules.quarantine && state.rules.silence && nowMs < state.quarantineUntilMs)
    return refuse('quarantine', state.quarantineUntilMs - nowMs);
  const session = state.sessions.get(heartbeat.from);
  if (session?.incarnation === heartbeat.incarnation) return null;
  if (state.retired.get(heartbeat.from)?.includes(heartbeat.incarnation) === true) return refuse('superseded', 0);
  if (session === undefined) return null;
  // What an earlier life said may come late: it does not end the one that is heard. Lives sort by wall clocks, which may be set back, so only for that long.
  const isEarlier = compareIds(heartbeat.incarnation, session.incarnation) < 0;
  const heardUntilMs = isEarlier ? session.heardAtMs + state.leaseMs : Number.NEGATIVE_INFINITY;
  const waitMs = Math.max(promisedUntilMs(state, session, heartbeat, nowMs), heardUntilMs) - nowMs;
  return waitMs > 0 ? refuse('superseded', waitMs) : null;
}

/** R12: a voter answers only who counts exactly its voters; who is behind must learn of the newer set first, and so cannot gather a majority of an older one. */
function isHeeded(state: VoterState, theirs: Configuration): boolean {
  return (
    isSameConfiguration(theirs, state.configuration) || (!state.rules.seal && theirs.phase < state.configuration.phase)
  );
}

/** Until when an incarnation has promises here: a newer one of the same node is not heard before (two machines may bear one name). */
function promisedUntilMs(state: VoterState, session: Session, heartbeat: Heartbeat, nowMs: number): number {
  let until = Number.NEGATIVE_INFINITY;
  for (const promise of state.promises.values()) {
    if (promise.node !== heartbeat.from || promise.incarnation !== session.incarnation) continue;
    // R14: no time ends that one, so the wait that is named is only the time after which to ask again.
    const againMs = promise.needsFencing ? nowMs + heartbeat.leaseMs : promise.untilMs;
    until = Math.max(until, againMs);
  }
  return until;
}

function sessionOf(state: VoterState, heartbeat: Heartbeat): Session {
  const known = state.sessions.get(heartbeat.from);
  if (known?.incarnation === heartbeat.incarnation) return known;
  if (known !== undefined) retire(state, heartbeat.from, known.incarnation);
  const session = newSession(heartbeat.incarnation);
  state.sessions.set(heartbeat.from, session);
  state.isUnsaved = true;
  return session;
}

/** Takes in the table piece: what it releases is free at once. */
function recordTable(state: VoterState, session: Session, heartbeat: Heartbeat): VoterAnswer[] {
  // A later heartbeat with less: its daemon was killed before it kept what this voter had kept already, so it neither said nor did anything by that. Its next changes bear numbers that this voter has had.
  if (state.rules.wentBack && heartbeat.tableVersion < session.table.version) beginAnew(session);
  const before = session.table.version;
  const applied = applyPiece(session.table, heartbeat.table) ?? [];
  if (session.table.version !== before) state.isUnsaved = true;
  const freed: VoterAnswer[] = [];
  for (const entry of applied) {
    if (entry.value !== null) continue;
    const promise = state.promises.get(entry.key);
    if (promise === undefined || !isOf(promise, heartbeat)) continue;
    freed.push(...free(state, entry.key));
  }
  const isWhole = session.table.version === heartbeat.tableVersion;
  if (isWhole && tableFingerprint(session.table) !== heartbeat.fingerprint) {
    beginAnew(session);
  } else if (isWhole && !session.isCompared) freed.push(...endUnlisted(state, session, heartbeat));
  return freed;
}

function beginAnew(session: Session): void {
  session.table = versionedTable();
  session.isCompared = false;
}

/**
 * R14: a promise that no time ends is over when the whole table of its holder does not have it.
 *
 * Its release may be lost: to a voter that was down, or with a holder that was killed before it could say it. A table is looked at once in this way after it was begun anew.
 */
function endUnlisted(state: VoterState, session: Session, heartbeat: Heartbeat): VoterAnswer[] {
  session.isCompared = true;
  const freed: VoterAnswer[] = [];
  for (const promise of [...state.promises.values()]) {
    if (!promise.needsFencing || !isOf(promise, heartbeat)) continue;
    if ((session.table.entries.get(promise.key)?.value ?? null) === null) freed.push(...free(state, promise.key));
  }
  return freed;
}

function isOf(promise: LeasePromise, heartbeat: Heartbeat): boolean {
  return promise.node === heartbeat.from && promise.incarnation === heartbeat.incarnation;
}

function renewAll(state: VoterState, session: Session, heartbeat: Heartbeat, nowMs: number): Denial[] {
  const denials: Denial[] = [];
  for (const { key, value } of session.table.entries.values()) {
    if (value === null || value.state === 'lapsed') continue;
    const denial = renew(state, session, { key, entry: value, heartbeat, nowMs });
    if (denial !== null) denials.push(denial);
  }
  return denials;
}

function renew(
  state: VoterState,
  session: Session,
  options: { readonly key: LeaseKey; readonly entry: HeldEntry; readonly heartbeat: Heartbeat; readonly nowMs: number },
): Denial | null {
  const { key, entry, heartbeat, nowMs } = options;
  const untilMs = nowMs + promisedMs(state, entry, heartbeat);
  const promise = state.promises.get(key);
  const isSame = promise !== undefined && isOf(promise, heartbeat) && promise.claimVersion === entry.claimVersion;
  // A claim whose promise ran out is as good as a new one.
  if (isSame && (stands(promise, nowMs) || entry.state !== 'claim')) {
    if (!stands(promise, nowMs)) {
      // Between the end of a promise and its renewal, one of its resources may have been granted to somebody else under another key. What its holder has given up since may be another's.
      const resources = promise.resources.filter((each) => entry.resources.includes(each));
      const other = excludedBy(state, { key, entry: { resources }, heartbeat, nowMs });
      if (other !== null) return denialOf(key, knownEpoch(state, key, entry), other);
      if (isOutdated(state, key, entry)) return { key, epochMax: knownEpoch(state, key, entry), by: '' };
      promise.resources = resources;
      noteBreak(state, session);
    }
    extendPromise(state, promise, { untilMs, leaseMs: heartbeat.leaseMs, stopBudgetMs: entry.stopBudgetMs });
    noteFencing(state, promise, entry);
    promise.isOwned ||= entry.state !== 'claim';
    return isSameList(promise.resources, entry.resources) && entry.epoch <= promise.epoch
      ? null
      : takeList(state, promise, options);
  }
  const epochMax = knownEpoch(state, key, entry);
  if (entry.state === 'claim' && state.rules.quarantine && nowMs < state.quarantineUntilMs)
    return { key, epochMax, by: '' };
  const other = excludedBy(state, { key, entry, heartbeat, nowMs });
  if (other !== null) {
    if (entry.state === 'claim') addWaiter(state, other.key, heartbeat.from);
    return denialOf(key, epochMax, other);
  }
  const isOld =
    entry.state === 'claim' ? state.rules.epochCheck && entry.epoch <= epochMax : isOutdated(state, key, entry);
  if (isOld) return { key, epochMax, by: '' };
  state.promises.set(key, {
    key,
    node: heartbeat.from,
    incarnation: heartbeat.incarnation,
    epoch: entry.epoch,
    claimVersion: entry.claimVersion,
    resources: entry.resources,
    stopBudgetMs: entry.stopBudgetMs,
    isOwned: entry.state !== 'claim',
    leaseMs: heartbeat.leaseMs,
    untilMs,
    needsFencing: isForFencing(state, entry),
  });
  if (entry.state !== 'claim') noteBreak(state, session);
  noteOf(state, key, entry);
  return null;
}

/**
 * R11: what is owned is not granted anew under an epoch that is not the newest: a list that others never took may name what was used elsewhere since.
 *
 * The holder learns of the newer epoch and asks for its list again, under one above it. A floor is about claims: what was granted by earlier voters may be older.
 */
function isOutdated(state: VoterState, key: LeaseKey, entry: HeldEntry): boolean {
  return state.rules.regrantedEpoch && entry.epoch < newestEpoch(state.epochMax, key, entry.resources);
}

/** R14: whom a certificate would have to name is said where nothing else frees the lease. */
function denialOf(key: LeaseKey, epochMax: number, other: LeasePromise): Denial {
  const denial = { key, epochMax, by: other.node };
  return other.needsFencing ? { ...denial, incarnation: other.incarnation } : denial;
}

function isForFencing(state: VoterState, entry: HeldEntry): boolean {
  return entry.needsFencing === true && state.rules.untilFenced;
}

function noteFencing(state: VoterState, promise: LeasePromise, entry: HeldEntry): void {
  const needsFencing = isForFencing(state, entry);
  if (promise.needsFencing === needsFencing) return;
  promise.needsFencing = needsFencing;
  state.isUnsaved = true;
}

/** What a node owns was not promised here until now: others may have owned it meanwhile, for all that this voter knows. */
function noteBreak(state: VoterState, session: Session): void {
  session.breaks += 1;
  state.isUnsaved = true;
}

/** The memory keeps the lease length and the stop budget of the promise that lasts longest, so that a restored voter waits for that one. */
function extendPromise(
  state: VoterState,
  promise: LeasePromise,
  renewed: Pick<LeasePromise, 'untilMs' | 'leaseMs' | 'stopBudgetMs'>,
): void {
  if (renewed.untilMs < promise.untilMs) return;
  promise.untilMs = renewed.untilMs;
  if (promise.leaseMs === renewed.leaseMs && promise.stopBudgetMs === renewed.stopBudgetMs) return;
  promise.leaseMs = renewed.leaseMs;
  promise.stopBudgetMs = renewed.stopBudgetMs;
  state.isUnsaved = true;
}

/** A lease that is renewed lists other resources than before: taken as a whole or not at all. */
function takeList(
  state: VoterState,
  promise: LeasePromise,
  options: { readonly key: LeaseKey; readonly entry: HeldEntry; readonly heartbeat: Heartbeat; readonly nowMs: number },
): Denial | null {
  const { key, entry } = options;
  const added = entry.resources.filter((resource) => !promise.resources.includes(resource));
  const other = excludedBy(state, { ...options, entry: { ...entry, resources: added } });
  const epochMax = newestResourceEpoch(state.epochMax, added);
  // A new list needs a newer epoch than its additions saw; a list that is said again, because a majority refused the new one, comes with the epoch that it had.
  const isNewer =
    entry.epoch > promise.epoch ? entry.epoch > Math.max(epochMax, state.epochFloor) : entry.epoch >= epochMax;
  if (other !== null || (added.length > 0 && state.rules.epochCheck && state.rules.newerList && !isNewer)) {
    const known = Math.max(epochMax, state.epochFloor);
    return other === null
      ? { key: amendmentSubject(key), epochMax: known, by: '' }
      : denialOf(amendmentSubject(key), known, other);
  }
  promise.resources = entry.resources;
  noteOf(state, key, entry);
  promise.epoch = Math.max(promise.epoch, entry.epoch);
  return null;
}

function noteOf(state: VoterState, key: LeaseKey, { resources, epoch }: HeldEntry): void {
  noteEpoch(state.epochMax, { key, resources, epoch });
  state.isUnsaved = true;
}

/** R3, R10: the holder's own lease length and the group's stop budget, as the holder's clock may run against ours. */
function promisedMs(state: VoterState, entry: HeldEntry, heartbeat: Heartbeat): number {
  const leaseMs = state.rules.heartbeatLease ? heartbeat.leaseMs : state.leaseMs;
  const stopBudgetMs = state.rules.stopBudget ? entry.stopBudgetMs : 0;
  const drift = state.rules.promiseFactor ? state.drift : 0;
  return takeoverMs({ leaseMs, stopBudgetMs, drift });
}

function knownEpoch(state: VoterState, key: LeaseKey, entry: HeldEntry): number {
  return Math.max(state.epochFloor, newestEpoch(state.epochMax, key, entry.resources));
}

/** A live promise to somebody else on this key or on any of its resources. */
function excludedBy(
  state: VoterState,
  options: {
    readonly key: LeaseKey;
    readonly entry: Pick<HeldEntry, 'resources'>;
    readonly heartbeat: Heartbeat;
    readonly nowMs: number;
  },
): LeasePromise | null {
  const { key, entry, heartbeat, nowMs } = options;
  const isOther = (promise: LeasePromise) => stands(promise, nowMs) && !isOf(promise, heartbeat);
  const same = state.promises.get(key);
  if (same !== undefined && isOther(same)) return same;
  if (!state.rules.resourceExclusion) return null;
  for (const promise of state.promises.values()) {
    if (!isOther(promise)) continue;
    if (promise.resources.some((resource) => entry.resources.includes(resource))) return promise;
  }
  return null;
}
