/** Certificates of death (R14): they travel in the records of those who issued them, and every node heeds each that it sees. */
import type { FenceCertificate } from '../model/fencing.js';
import { limits } from '../model/limits.js';
import { receiveFree } from '../ownership/answers.js';
import { dropClaim, lapse } from '../ownership/holder.js';
import { certify } from '../ownership/promise-end.js';
import type { VoterAnswer } from '../ownership/voter-state.js';
import type { NodeRecord } from '../membership/records.js';
import { publish } from '../membership/records.js';
import { setCondition } from './conditions.js';
import { endedLives, isCertified } from './fencing-state.js';
import { takeHolderEvents } from './holder-events.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';
import { sendTo } from './send.js';

/** Certificates that this node issued and goes on telling. Ours: four for each of some nodes. */
const ISSUED_MAX = 32;

/** Reads what is new in all records of what concerns fencing. */
export function readFencingNews(mind: Mind, time: StepTime, effects: Effects): void {
  if (mind.fencing.readAt === mind.records.changes) return;
  mind.fencing.readAt = mind.records.changes;
  for (const [node, record] of mind.records.records) {
    const read = mind.fencing.read.get(node) ?? { age: 0, version: 0 };
    if (read.age === record.age && read.version === record.table.version) continue;
    if (read.age !== record.age) {
      read.version = 0;
      mind.fencing.askers.delete(node);
    }
    readRecord(mind, { node, record, from: read.version }, time, effects);
    mind.fencing.read.set(node, { age: record.age, version: record.table.version });
  }
}

function readRecord(
  mind: Mind,
  of: { readonly node: string; readonly record: NodeRecord; readonly from: number },
  time: StepTime,
  effects: Effects,
): void {
  for (const { key, version, value } of of.record.table.entries.values()) {
    if (version <= of.from) continue;
    if (value?.kind === 'fenced') heed(mind, value.certificate, time, effects);
    else if (key.startsWith('resource:')) {
      const isAsking = value?.kind === 'resource' && value.resource.fence === true;
      noteAsker(mind, of.node, { resource: key.slice('resource:'.length), isAsking });
    }
  }
}

function noteAsker(mind: Mind, node: string, said: { readonly resource: string; readonly isAsking: boolean }): void {
  const askers = mind.fencing.askers.get(node);
  if (said.isAsking) mind.fencing.askers.set(node, (askers ?? new Set()).add(said.resource));
  else if (askers?.delete(said.resource) === true && askers.size === 0) mind.fencing.askers.delete(node);
}

/** Says that lives of a node are over: to this node's own voter at once, to everybody by this node's record. */
export function issue(
  mind: Mind,
  dead: { readonly node: string; readonly lives: readonly string[]; readonly how: string },
  time: StepTime,
  effects: Effects,
): void {
  const { node, lives, how } = dead;
  const made = lives.map((incarnation) => certificateOf(mind, { node, incarnation, how }, time));
  const isNew = (each: FenceCertificate) => !made.some((other) => isSame(other, each));
  const issued = [...mind.fencing.issued.filter(isNew), ...made];
  for (const old of issued.slice(0, -ISSUED_MAX)) publish(mind.records, keyOf(old), null);
  mind.fencing.issued = issued.slice(-ISSUED_MAX);
  tellIssued(mind);
  for (const certificate of made) heed(mind, certificate, time, effects);
}

function certificateOf(
  mind: Mind,
  dead: Pick<FenceCertificate, 'node' | 'incarnation' | 'how'>,
  time: StepTime,
): FenceCertificate {
  const how = dead.how.slice(0, limits.reasonLengthMax);
  return { ...dead, by: mind.node, how, atWallMs: Math.max(0, Math.floor(time.wallMs)) };
}

/** This node's record has what this node issued, in this life or an earlier one. */
function tellIssued(mind: Mind): void {
  for (const certificate of mind.fencing.issued)
    publish(mind.records, keyOf(certificate), { kind: 'fenced', certificate });
}

/**
 * A machine that boots knows that whatever its earlier lives ran is gone, and says so: after a blackout nobody has to be fenced. So does one whose last life left, since that had let go of everything.
 *
 * It rests on a node's name and state directory belonging to one machine. Shape: `left` is the life that left in this boot; null for none.
 */
export function certifyEndedLives(
  mind: Mind,
  of: { readonly boot: string | null; readonly left: string | null },
  time: StepTime,
): void {
  const { fencing, node } = mind;
  const ended = endedLives(fencing, of).slice(-limits.incarnationsPerNodeMax);
  const isIssued = (incarnation: string) =>
    fencing.issued.some((each) => each.node === node && each.incarnation === incarnation);
  const made = ended
    .filter((incarnation) => !isIssued(incarnation))
    .map((incarnation) => {
      const how = incarnation === of.left ? 'it had left' : 'its own reboot';
      return certificateOf(mind, { node, incarnation, how }, time);
    });
  fencing.issued = [...fencing.issued, ...made].slice(-ISSUED_MAX);
  tellIssued(mind);
}

/** One key for each life: several of one node may have to be told for long. */
function keyOf({ node, incarnation }: FenceCertificate): string {
  return `fenced:${node}:${incarnation.slice(-8)}`;
}

function isSame(a: FenceCertificate, b: FenceCertificate): boolean {
  return a.node === b.node && a.incarnation === b.incarnation;
}

function heed(mind: Mind, certificate: FenceCertificate, time: StepTime, effects: Effects): void {
  const { fencing } = mind;
  const { node, incarnation, by, how } = certificate;
  if (isCertified(fencing, node, incarnation) || !isMeaningful(mind, node, incarnation)) return;
  const known = [...(fencing.certificates.get(node) ?? []), certificate];
  fencing.certificates.set(node, known.slice(-limits.incarnationsPerNodeMax));
  fencing.denied.get(node)?.delete(incarnation);
  tellFreed(mind, certify(mind.voter, certificate), effects);
  log(
    effects,
    'info',
    `${node} is dead under its life ${incarnation}, by word of ${by} (${how}): what it held is free`,
  );
  if (node === mind.node && incarnation === mind.holder.incarnation) die(mind, certificate, time, effects);
}

/** Tells who waits that a lease is free at this node's voter. */
export function tellFreed(mind: Mind, answers: readonly VoterAnswer[], effects: Effects): void {
  for (const { to, message } of answers) {
    if (to === mind.node && message.kind === 'free') receiveFree(mind.holder, message);
    else sendTo(mind, to, message, effects);
  }
}

/** A node that was taken out of the spec matters only while something is promised to it. */
function isMeaningful(mind: Mind, node: string, incarnation: string): boolean {
  if (mind.index.nodes.has(node) || mind.fencing.denied.get(node)?.has(incarnation) === true) return true;
  return [...mind.voter.promises.values()].some((each) => each.node === node && each.incarnation === incarnation);
}

/** Others take this node for dead and may own all that it held: whoever said so was wrong, but it is too late. */
function die(mind: Mind, { by, how }: FenceCertificate, time: StepTime, effects: Effects): void {
  const { fencing, holder } = mind;
  fencing.isDead = true;
  fencing.lives = fencing.lives.map((life) =>
    life.incarnation === holder.incarnation ? { ...life, isDead: true } : life,
  );
  const { nowMs } = time;
  const sentence = `${by} fenced this node (${how}), and yet it lives: that device does not do what it says; everything held here is given up, and nothing is claimed until this daemon is started again`;
  setCondition(mind.conditions, { kind: 'fencing', subject: mind.node, severity: 'error', sentence, nowMs });
  log(effects, 'error', sentence);
  for (const held of [...holder.held.values()]) {
    if (held.state === 'claim') dropClaim(holder, held, { by, nowMs });
    if (held.state !== 'own' && held.state !== 'stop') continue;
    takeHolderEvents(mind, [lapse(holder, held, { nowMs, why: 'fenced' })], time, effects);
  }
}
