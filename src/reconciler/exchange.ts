import { unreachable } from '../base/invariant.js';
import { compareIds } from '../base/order.js';
import { nextRandom } from '../base/random.js';
import { limits } from '../model/limits.js';
import type { Ack, Gossip, Heartbeat, Message } from '../model/message.js';
import { hear, lastHeardMs } from '../membership/hearing.js';
import { answerDigest, digest, pushTo, receiveDelta } from '../membership/records.js';
import { receiveAck, receiveRefusal, receiveFree } from '../ownership/answers.js';
import { beat, goAlong } from '../ownership/beat.js';
import { holdsAnything, mayRide, owe, takeLeftBehind, takeOwed } from '../ownership/owed-acks.js';
import { receiveHeartbeat } from '../ownership/voter.js';
import { clearCondition, setCondition } from './conditions.js';
import { noteDenials } from './fencing.js';
import type { Input, Route, StepTime } from './input-effect.js';
import type { Effects, Freshness, Mind } from './mind.js';
import { count, log } from './mind.js';
import { pieceArrived, pieceFor } from './revisions.js';
import { takeHolderEvents } from './holder-events.js';
import { sendTo } from './send.js';
import { receiveProposal, receiveVote } from './voter-change.js';
import { meet, receiveLine, tellWhoIsBehind } from './voters.js';

/** Up to how many nodes every change of this node's record is pushed to all of them at once; larger clusters leave it to voters and chance. Ours. */
const PUSH_TO_ALL_MAX = 16;

/** Takes a message in and answers it over the way it came. */
export function receiveMessage(
  mind: Mind,
  input: Extract<Input, { kind: 'message' }>,
  time: StepTime,
  effects: Effects,
): void {
  const { message } = input;
  if (!mind.index.nodes.has(message.from) || message.from === mind.node) {
    count(mind, 'messages from unknown nodes');
    return;
  }
  const way: Route = { link: input.link, address: input.address };
  const answer = (each: Message) => effects.push({ kind: 'send', to: message.from, routes: [way], message: each });
  switch (message.kind) {
    case 'heartbeat':
      takeHeartbeat(mind, message, { way, answer }, time, effects);
      if (message.ack !== undefined && message.ack !== null) takeAnswer(mind, message.ack, way, time, effects);
      return;
    case 'ack':
    case 'refusal':
      return takeAnswer(mind, message, way, time, effects);
    case 'free':
      // Only who waits is told; one that is said again to a node that does not wait is nothing to remember.
      if (mind.holder.backOff.has(message.key)) receiveFree(mind.holder, message);
      return;
    case 'gossip':
      return takeGossip(mind, message, way);
    case 'spec-request': {
      const piece = pieceFor(mind, message);
      if (piece !== null) answer(piece);
      return;
    }
    case 'spec-piece':
      return pieceArrived(mind, message, time, effects);
    case 'line':
      return receiveLine(mind, message, time, effects);
    case 'proposal': {
      const vote = receiveProposal(mind, message, time, effects);
      if (vote !== null) answer(vote);
      return;
    }
    case 'vote':
      return receiveVote(mind, message, time, effects);
    default:
      return unreachable(message);
  }
}

function takeHeartbeat(
  mind: Mind,
  heartbeat: Heartbeat,
  from: { readonly way: Route; readonly answer: (message: Message) => void },
  time: StepTime,
  effects: Effects,
): void {
  const { nowMs } = time;
  const { way, answer } = from;
  const isFresh = heartbeat.token === mind.voter.token && isNewest(mind, heartbeat, way.link, nowMs);
  if (isFresh) {
    hear(mind.hearing, { peer: heartbeat.from, link: way.link, nowMs });
    if (isFirstCopy(mind, heartbeat) && goesFirst(mind, heartbeat.from)) goAlong(mind.holder, nowMs);
  }
  meet(mind, heartbeat.from, heartbeat.configuration, time, effects);
  const answers = receiveHeartbeat(mind.voter, heartbeat, { nowMs, digest: () => digest(mind.records) });
  for (const { to, message } of answers) {
    if (message.kind === 'ack' && mind.holder.voters.includes(to) && mayRide(heartbeat, message)) {
      owe(mind.voter, heartbeat, message);
      mind.ways.set(to, [...(mind.ways.get(to) ?? []), way]);
    } else if (to === heartbeat.from && message.kind !== 'free') answer(message);
    else if (to === mind.node && message.kind === 'free') receiveFree(mind.holder, message);
    else sendTo(mind, to, message, effects);
  }
  if (isFresh) noteDigest(mind, heartbeat, way);
}

/** Whether nothing of the same heartbeat was answered yet. */
function isFirstCopy(mind: Mind, { from, incarnation, seq }: Heartbeat): boolean {
  const session = mind.voter.sessions.get(from);
  return session === undefined || session.incarnation !== incarnation || session.lastSeq < seq;
}

/** Whether this node's heartbeats go along with those of a voter: who has leases goes first, since acks of these must not wait; then the order of ids decides. */
function goesFirst(mind: Mind, voter: string): boolean {
  if (!mind.holder.voters.includes(voter)) return false;
  const isHolding = holdsAnything(mind.voter, voter);
  return isHolding === mind.holder.held.size > 0 ? compareIds(voter, mind.node) < 0 : isHolding;
}

/** Says the acks that no heartbeat of this step took along and that wait no longer. */
export function sayOwedAcks(mind: Mind, hasBeat: boolean, effects: Effects): void {
  for (const [to, { ack, isUrgent }] of takeLeftBehind(mind.voter, hasBeat)) {
    const routes = isUrgent ? mind.ways.get(to) : undefined;
    if (routes === undefined) sendTo(mind, to, ack, effects);
    else effects.push({ kind: 'send', to, routes, message: ack });
  }
  mind.ways.clear();
}

/** Whether a heartbeat is no repetition: each number counts once per link, and an older one never. */
function isNewest(mind: Mind, heartbeat: Heartbeat, link: number, nowMs: number): boolean {
  const { from, incarnation, seq } = heartbeat;
  const known: Freshness = mind.freshness.get(from) ?? { incarnation, seqs: new Map(), retired: [] };
  mind.freshness.set(from, known);
  if (known.retired.includes(incarnation)) return false;
  if (known.incarnation !== incarnation) {
    // Late words of an earlier life do not end the one that is heard, as with the voter.
    const isHeard = nowMs - lastHeardMs(mind.hearing, from) < mind.holder.leaseMs;
    if (isHeard && compareIds(incarnation, known.incarnation) < 0) return false;
    retire(known);
    known.incarnation = incarnation;
    known.seqs.clear();
  }
  return isNews(known.seqs, link, seq);
}

/** Whether a number is above all that came over this link; it is noted. */
function isNews(seqs: Map<number, number>, link: number, seq: number): boolean {
  if (seq <= (seqs.get(link) ?? 0)) return false;
  seqs.set(link, seq);
  return true;
}

function retire(known: Freshness): void {
  known.retired.push(known.incarnation);
  if (known.retired.length > limits.incarnationsPerNodeMax) known.retired.shift();
}

function takeAnswer(
  mind: Mind,
  message: Extract<Message, { kind: 'ack' | 'refusal' }>,
  way: Route,
  time: StepTime,
  effects: Effects,
): void {
  const { nowMs } = time;
  const contact = mind.holder.contacts.get(message.from);
  const isAnswer =
    contact !== undefined && message.incarnation === mind.holder.incarnation && mind.holder.sent.has(message.seq);
  if (!isAnswer) return;
  const answered = mind.answered.get(message.from) ?? new Map<number, number>();
  mind.answered.set(message.from, answered);
  // Answers count in the order of the heartbeats that they answer: what was said again says nothing, or it could give this node back a token that is over.
  const newest = Math.max(0, ...answered.values());
  if (isNews(answered, way.link, message.seq)) hear(mind.hearing, { peer: message.from, link: way.link, nowMs });
  if (message.seq <= newest) return;
  meet(mind, message.from, message.configuration, time, effects);
  if (message.kind === 'refusal') {
    if (receiveRefusal(mind.holder, message, nowMs)) count(mind, 'heartbeats sent again with a new token');
    if (message.reason === 'superseded') saySuperseded(mind, message.from, time, effects);
    return;
  }
  clearCondition(mind.conditions, 'clock', message.from);
  noteDenials(mind, message.denials, nowMs);
  takeHolderEvents(mind, receiveAck(mind.holder, message, nowMs), time, effects);
  noteDigest(mind, message, way);
}

function saySuperseded(mind: Mind, peer: string, time: StepTime, effects: Effects): void {
  const sentence = `${peer} still keeps promises to another daemon of the name ${mind.node}; if this daemon was just restarted that passes, otherwise two machines bear this name`;
  const isNew = setCondition(mind.conditions, {
    kind: 'clock',
    severity: 'warning',
    subject: peer,
    sentence,
    nowMs: time.nowMs,
  });
  if (isNew) log(effects, 'warn', sentence);
}

function takeGossip(mind: Mind, gossip: Gossip, way: Route): void {
  if (gossip.delta !== null) receiveDelta(mind.records, gossip.delta);
  noteDigest(mind, gossip, way);
}

/** A peer's digest is answered when all of this step's inputs are taken in: what waited for a daemon that stood still asks for the same again and again. */
function noteDigest(mind: Mind, { from, digest }: Ack | Gossip | Heartbeat, way: Route): void {
  if (digest.length === 0) return;
  const before = mind.digests.get(from)?.digest.filter(([node]) => !digest.some(([other]) => other === node)) ?? [];
  mind.digests.set(from, { digest: [...before, ...digest], way });
}

/** Answers the digests that came in this step, each peer's once, over the way that the last one came. */
export function answerDigests(mind: Mind, effects: Effects): void {
  for (const [to, { digest, way }] of mind.digests) {
    const answers = answerDigest(mind.records, to, digest);
    for (const message of answers) effects.push({ kind: 'send', to, routes: [way], message });
  }
  mind.digests.clear();
}

/** Sends the heartbeats that are due. Returns whether there were any. */
export function beatIfDue(mind: Mind, time: StepTime, effects: Effects): boolean {
  if (mind.holder.nextBeatAtMs > time.nowMs) return false;
  const beats = beat(mind.holder, {
    nowMs: time.nowMs,
    digest: () => digest(mind.records),
    ackFor: (voter) => takeOwed(mind.voter, voter),
  });
  for (const { to, heartbeat } of beats) {
    if (to === mind.node) mind.ownBeats.push(heartbeat);
    else sendTo(mind, to, heartbeat, effects);
  }
  gossipAtRandom(mind, effects);
  tellWhoIsBehind(mind, time, effects);
  return true;
}

/** Once a beat, a random node that is no voter hears what this one knows: voters are told by the heartbeats. */
function gossipAtRandom(mind: Mind, effects: Effects): void {
  const others = mind.spec.nodes.filter((node) => !node.votes && node.id !== mind.node);
  const peer = others[Math.floor(nextRandom(mind.random) * others.length)];
  if (peer !== undefined)
    sendTo(mind, peer.id, { kind: 'gossip', from: mind.node, digest: digest(mind.records), delta: null }, effects);
}

/** This node's own voter answers its own heartbeats, without a network between. */
export function answerHeartbeats(mind: Mind, time: StepTime, effects: Effects): void {
  const { voter } = mind;
  const beats = mind.ownBeats.splice(0);
  for (const heartbeat of beats) {
    // The own voter's token needs no round trip: nobody can replay what was never sent.
    const answers = receiveHeartbeat(
      voter,
      { ...heartbeat, token: voter.token },
      { nowMs: time.nowMs, digest: () => [] },
    );
    for (const { to, message } of answers) {
      if (message.kind === 'free') {
        if (to === mind.node) receiveFree(mind.holder, message);
        else sendTo(mind, to, message, effects);
      } else if (message.kind === 'ack') {
        takeHolderEvents(mind, receiveAck(mind.holder, message, time.nowMs), time, effects);
      } else {
        receiveRefusal(mind.holder, message, time.nowMs);
      }
    }
  }
}

/** Pushes what changed in this node's record to those who lack it. */
export function pushRecords(mind: Mind, effects: Effects): void {
  if (mind.spec.nodes.length <= PUSH_TO_ALL_MAX) for (const { id } of mind.spec.nodes) pushRecord(mind, id, effects);
  else for (const voter of mind.holder.voters) pushRecord(mind, voter, effects);
}

function pushRecord(mind: Mind, peer: string, effects: Effects): void {
  if (peer === mind.node) return;
  for (const gossip of pushTo(mind.records, peer)) sendTo(mind, peer, gossip, effects);
}
