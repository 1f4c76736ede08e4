import { jsonSize } from '../base/json-size.js';
import { stableJson } from '../base/stable-json.js';
import { limits } from '../model/limits.js';
import type { SpecPiece, SpecRequest } from '../model/message.js';
import type { Revision } from '../model/revision.js';
import { compareRevisions, shortHash } from '../model/revision.js';
import type { Condition } from '../model/status.js';
import { clearCondition, setCondition } from './conditions.js';
import type { DecodeRequest, Input, StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { count, log } from './mind.js';
import { adoptSpec, refusalOf } from './adopt-spec.js';
import { liveness, selfReport } from './observe.js';
import type { Fetch } from './revisions-state.js';
import { isCatchingUp, putInForce } from './revisions-state.js';
import { sendTo } from './send.js';

/** How long an answer to a request for a piece is waited for before it is asked for again. Ours. */
const ASK_AGAIN_MS = 300;

/** How long after a text could not be looked at it is decoded again. Ours: a machine that has no thread to give does not have one a moment later. */
const DECODE_AGAIN_MS = 2000;

/** The subject of the condition that says so. */
const DECODING = 'decoding';

/** The watched file has a text: a change of it proposes a revision; a file that merely says something else than what is in force does not fight. */
export function fileChanged(
  mind: Mind,
  input: Extract<Input, { kind: 'file' }>,
  time: StepTime,
  effects: Effects,
): void {
  const { revisions } = mind;
  if (input.once === true) {
    if (input.hash === revisions.inForce.hash || isBeingProposed(mind, input.hash)) return;
    revisions.turnedDown = null;
    return ask(mind, { purpose: 'propose', text: input.text, hash: input.hash, once: true }, effects);
  }
  const before = revisions.fileHashBefore;
  const isOther = revisions.fileHash !== input.hash;
  revisions.fileHash = input.hash;
  clearCondition(mind.conditions, 'spec-vanished');
  clearCondition(mind.conditions, 'spec-unreadable');
  if (revisions.waiting?.purpose === 'propose' && revisions.waiting.once !== true) revisions.waiting = null;
  if (input.hash === revisions.inForce.hash) {
    clearCondition(mind.conditions, 'spec-invalid');
    revisions.fileHashBefore = input.hash;
    rememberFile(input.hash, effects);
    return watchDifference(mind, time);
  }
  if (isBeingProposed(mind, input.hash)) return;
  if (isCatchingUp(revisions, before, input.hash)) {
    clearCondition(mind.conditions, 'spec-invalid');
    revisions.fileHashBefore = input.hash;
    rememberFile(input.hash, effects);
    return watchDifference(mind, time);
  }
  // The same text once more is no change; but one that could not be taken may be by now.
  if (input.hash === before && !revisions.refused.has(input.hash)) {
    if (isOther) clearCondition(mind.conditions, 'spec-invalid');
    return watchDifference(mind, time);
  }
  ask(mind, { purpose: 'propose', text: input.text, hash: input.hash }, effects);
}

function isBeingProposed(mind: Mind, hash: string): boolean {
  const { decoding } = mind.revisions;
  return decoding?.purpose === 'propose' && decoding.hash === hash;
}

/** What came of a file's text is known: a later start need not propose it again. Before that it must, since the change would be lost with this daemon. */
function rememberFile(hash: string, effects: Effects): void {
  effects.push({ kind: 'save', name: 'file.json', text: stableJson({ hash }), durable: true });
}

/** Has a text decoded, one at a time. A proposal is never given up for a peer's revision: that one will be looked for again, the file will not. */
function ask(mind: Mind, request: DecodeRequest, effects: Effects): void {
  const { revisions } = mind;
  // An older proposal that could not be looked at does not come after a newer one.
  if (request.purpose === 'propose' && revisions.again?.request.purpose === 'propose') revisions.again = null;
  if (revisions.decoding !== null) {
    if (request.purpose === 'propose' || revisions.waiting?.purpose !== 'propose') revisions.waiting = request;
    return;
  }
  revisions.decoding = request;
  effects.push({ kind: 'decode', request });
}

function askNext(mind: Mind, effects: Effects): void {
  mind.revisions.decoding = null;
  const next = mind.revisions.waiting;
  mind.revisions.waiting = null;
  if (next !== null) ask(mind, next, effects);
}

/** A proposal whose file says something else by the time it is decoded. */
function isOvertaken(mind: Mind, request: DecodeRequest): boolean {
  return request.purpose === 'propose' && request.once !== true && request.hash !== mind.revisions.fileHash;
}

/** A text was decoded: a proposal becomes the next revision, a peer's revision is taken over, unless there is a reason against it. */
export function decoded(
  mind: Mind,
  input: Extract<Input, { kind: 'decoded' }>,
  time: StepTime,
  effects: Effects,
): void {
  const { request, spec } = input;
  const { revisions } = mind;
  askNext(mind, effects);
  clearCondition(mind.conditions, 'spec-unreadable', DECODING);
  if (isOvertaken(mind, request)) return;
  const isOfFile = request.purpose === 'propose' && request.once !== true;
  if (isOfFile) rememberFile(request.hash, effects);
  // A peer proposed the same meanwhile.
  if (request.purpose === 'propose' && request.hash === revisions.inForce.hash) {
    if (isOfFile) revisions.fileHashBefore = request.hash;
    return watchDifference(mind, time);
  }
  const revision = request.purpose === 'adopt' ? request.revision : proposed(mind, request.hash, time);
  if (request.purpose === 'adopt' && compareRevisions(revision, revisions.inForce) <= 0) return;
  const refusal = refusalOf(mind, { next: spec, revision, nowMs: time.nowMs });
  if (refusal !== null) {
    const sentence = `${nameOf(request)} is not applied: ${refusal.sentence}`;
    return turnDown(mind, { request, kind: refusal.kind, sentence }, time, effects);
  }
  putInForce(revisions, revision);
  if (isOfFile) revisions.fileHashBefore = request.hash;
  revisions.text = request.text;
  revisions.refused.clear();
  clearCondition(mind.conditions, 'spec-invalid');
  adoptSpec(mind, spec, time);
  saveRevision(revisions, effects);
  log(
    effects,
    'info',
    `revision ${shortHash(revision.hash)} (generation ${revision.generation}) is in force, from ${request.purpose === 'propose' ? "this node's file" : 'a peer'}`,
  );
  watchDifference(mind, time);
}

/** A text that is proposed becomes the next revision; one that a peer proposed meanwhile is that peer's: the file of all nodes is often changed at once. */
function proposed(mind: Mind, hash: string, time: StepTime): Revision {
  const newest = newestAtPeers(mind, time)?.revision;
  if (newest?.hash === hash) return newest;
  return { generation: mind.revisions.generationMax + 1, hash, parent: mind.revisions.inForce.hash };
}

function saveRevision({ inForce, text, superseded }: Mind['revisions'], effects: Effects): void {
  const kept = { revision: inForce, text, superseded: [...superseded] };
  effects.push({ kind: 'save', name: 'revision.json', text: stableJson(kept), durable: true });
}

function nameOf(request: DecodeRequest): string {
  if (request.purpose === 'propose' && request.once === true) return 'the proposed text';
  return request.purpose === 'propose'
    ? "the change of this node's file"
    : `revision ${shortHash(request.hash)} of generation ${request.revision.generation}`;
}

/** A text is no valid spec for this node: what is in force stays in force (S8). */
export function undecodable(
  mind: Mind,
  input: Extract<Input, { kind: 'undecodable' }>,
  time: StepTime,
  effects: Effects,
): void {
  const { request } = input;
  askNext(mind, effects);
  clearCondition(mind.conditions, 'spec-unreadable', DECODING);
  if (isOvertaken(mind, request)) return;
  const sentence = `${nameOf(request)} is not valid, the last valid revision ${shortHash(mind.revisions.inForce.hash)} stays in force: ${input.sentence}`;
  turnDown(mind, { request, kind: 'spec-invalid', sentence }, time, effects);
}

/** A text is refused: a condition, but for one that a person proposed once, who is answered. */
function turnDown(
  mind: Mind,
  refused: { readonly request: DecodeRequest; readonly kind: Condition['kind']; readonly sentence: string },
  { nowMs }: StepTime,
  effects: Effects,
): void {
  const { request, kind, sentence } = refused;
  if (request.purpose === 'propose' && request.once === true) {
    mind.revisions.turnedDown = { hash: request.hash, kind, sentence };
    return log(effects, 'error', sentence);
  }
  mind.revisions.refused.add(request.hash);
  if (setCondition(mind.conditions, { kind, severity: 'error', sentence, nowMs })) log(effects, 'error', sentence);
}

/** A text could not be looked at, so nothing is known of it, and it is decoded again in a while. */
export function unread(mind: Mind, input: Extract<Input, { kind: 'unread' }>, time: StepTime, effects: Effects): void {
  const { request } = input;
  const { nowMs } = time;
  askNext(mind, effects);
  mind.revisions.again = { request, atMs: nowMs + DECODE_AGAIN_MS };
  const sentence = `${nameOf(request)} cannot be looked at and is tried again, the last valid revision ${shortHash(mind.revisions.inForce.hash)} stays in force: ${input.sentence}`;
  const condition = { kind: 'spec-unreadable', severity: 'error', subject: DECODING, sentence, nowMs } as const;
  if (setCondition(mind.conditions, condition)) log(effects, 'error', sentence);
}

function watchDifference(mind: Mind, time: StepTime): void {
  const { fileHash, inForce, superseded } = mind.revisions;
  if (fileHash === null || fileHash === inForce.hash) {
    clearCondition(mind.conditions, 'spec-differs');
    return;
  }
  const generation = superseded.get(fileHash);
  const says = `this node's file says ${shortHash(fileHash)}${generation === undefined ? '' : `, which was in force until generation ${generation} was replaced`}`;
  setCondition(mind.conditions, {
    kind: 'spec-differs',
    severity: 'warning',
    sentence: `${says}, but revision ${shortHash(inForce.hash)} of generation ${inForce.generation} is in force; bring the file up to date, change it to propose the change, or propose it as it is with \`fairlead reconcile --adopt\``,
    nowMs: time.nowMs,
  });
}

/** The newest revision that a peer which is there has; null when none is newer than the one in force, or can be taken. */
function newestAtPeers(mind: Mind, time: StepTime): { readonly revision: Revision; readonly from: string } | null {
  const { revisions } = mind;
  let best: { readonly revision: Revision; readonly from: string } | null = null;
  let isNoneNewer = true;
  for (const { id } of mind.spec.nodes) {
    if (id === mind.node) continue;
    const revision = selfReport(mind, id)?.revision ?? null;
    if (revision === null) continue;
    revisions.generationMax = Math.max(revisions.generationMax, revision.generation);
    if (compareRevisions(revision, revisions.inForce) <= 0) continue;
    isNoneNewer = false;
    if (revisions.refused.has(revision.hash)) continue;
    if (liveness(mind, id, time.nowMs) !== 'online') continue;
    if (best === null || compareRevisions(revision, best.revision) > 0) best = { revision, from: id };
  }
  if (isNoneNewer) revisions.noneNewerAt = mind.records.changes;
  return best;
}

/** Looks for a newer revision at the peers, and goes on with one that is on its way. */
export function followPeers(mind: Mind, time: StepTime, effects: Effects): void {
  const { revisions } = mind;
  if (revisions.again !== null) return decodeAgain(mind, revisions.again, time, effects);
  const best = revisions.noneNewerAt === mind.records.changes ? null : newestAtPeers(mind, time);
  // Nothing is fetched that would only wait to be decoded, or be dropped for a proposal and fetched again at once, as fast as the network carries it.
  if (revisions.decoding !== null) return;
  if (best === null) {
    revisions.fetch = null;
    return;
  }
  if (best.revision.hash === revisions.inForce.hash) {
    // The same text under a higher generation: two nodes proposed it at once.
    putInForce(revisions, best.revision);
    saveRevision(revisions, effects);
    revisions.fetch = null;
    return;
  }
  const { fetch } = revisions;
  if (fetch === null || fetch.revision.hash !== best.revision.hash) {
    revisions.fetch = { ...best, pieces: new Map(), total: null, received: 0, askAgainAtMs: Number.NEGATIVE_INFINITY };
  } else if (fetch.from !== best.from) {
    // The peer that it came from is gone or has another revision by now: the rest comes from one that has it.
    revisions.fetch = { ...fetch, ...best, askAgainAtMs: Number.NEGATIVE_INFINITY };
  }
  if (revisions.fetch !== null && revisions.fetch.askAgainAtMs <= time.nowMs)
    askForPieces(mind, revisions.fetch, time, effects);
}

function decodeAgain(
  mind: Mind,
  { request, atMs }: NonNullable<Mind['revisions']['again']>,
  time: StepTime,
  effects: Effects,
): void {
  if (time.nowMs < atMs) return;
  mind.revisions.again = null;
  if (!isOvertaken(mind, request)) ask(mind, request, effects);
}

function askForPieces(mind: Mind, fetch: Fetch, time: StepTime, effects: Effects): void {
  fetch.askAgainAtMs = time.nowMs + ASK_AGAIN_MS;
  sendTo(
    mind,
    fetch.from,
    { kind: 'spec-request', from: mind.node, hash: fetch.revision.hash, offset: fetch.received },
    effects,
  );
}

/** The pieces that answer a request; null when another revision is in force here by now. */
export function pieceFor(mind: Mind, request: SpecRequest): SpecPiece | null {
  const { text, inForce } = mind.revisions;
  if (request.hash !== inForce.hash || request.offset < 0 || request.offset > text.length) return null;
  let piece = text.slice(request.offset, request.offset + limits.specPieceBytesMax);
  while (jsonSize(piece) > limits.specPieceBytesMax) piece = piece.slice(0, Math.floor(piece.length * 0.75));
  return {
    kind: 'spec-piece',
    from: mind.node,
    hash: request.hash,
    offset: request.offset,
    total: text.length,
    text: piece,
  };
}

/** A piece arrived; the next is asked for at once, and the whole is decoded. */
export function pieceArrived(mind: Mind, piece: SpecPiece, time: StepTime, effects: Effects): void {
  const { fetch } = mind.revisions;
  if (fetch === null || piece.hash !== fetch.revision.hash || piece.total > limits.specBytesMax) {
    count(mind, 'spec pieces that nobody asked for');
    return;
  }
  if (piece.offset !== fetch.received || (piece.text.length === 0 && piece.total > 0)) return;
  fetch.pieces.set(piece.offset, piece.text);
  fetch.total = piece.total;
  fetch.received += piece.text.length;
  if (fetch.received < fetch.total) {
    askForPieces(mind, fetch, time, effects);
    return;
  }
  const text = [...fetch.pieces.values()].join('');
  mind.revisions.fetch = null;
  ask(mind, { purpose: 'adopt', text, hash: fetch.revision.hash, revision: fetch.revision }, effects);
}
