import { compareIds } from '../base/order.js';
import { lastHeardMs, livenessOf } from '../membership/hearing.js';
import { recordValue, valuesOf } from '../membership/records.js';
import type { NodeObservation } from '../model/observation.js';
import type { SelfReport } from '../model/record.js';
import { isQuorate } from '../ownership/holder.js';
import type { Mind } from './mind.js';
import { mayStillHold, noteSilence } from './silence.js';

/** What a node says of itself, null when nothing is known. */
export function selfReport(mind: Mind, node: string): SelfReport | null {
  const value = recordValue(mind.records, node, 'self');
  return value?.kind === 'self' ? value.self : null;
}

/** Whom a node says it hears, in order of id. */
export function heardBy(mind: Mind, node: string): string[] {
  const peers: string[] = [];
  for (const value of valuesOf(mind.records, node)) if (value.kind === 'heard') peers.push(...Object.keys(value.links));
  return peers.sort(compareIds);
}

/** Whether a node is there, by this node's lights. Shape: `isTold` to ask for many nodes at one moment. */
export function liveness(
  mind: Mind,
  node: string,
  nowMs: number,
  isTold: (node: string) => boolean = whoIsTold(mind, nowMs),
): NodeObservation['liveness'] {
  if (node === mind.node) return 'online';
  const silenceMs = mind.holder.leaseMs;
  if (nowMs - lastHeardMs(mind.hearing, node) < silenceMs) return 'online';
  return livenessOf(mind.hearing, { peer: node, nowMs, silenceMs, heardByOthers: isTold(node) });
}

/** Whether a node said that it leaves, holds nothing, and is silent: that life of it takes nothing any more, and no other one is known. */
export function hasLeftInOrder(mind: Mind, node: string, seen: NodeObservation['liveness']): boolean {
  const self = selfReport(mind, node);
  if (self?.leaving !== true || seen !== 'offline') return false;
  const known = [mind.freshness.get(node)?.incarnation, mind.voter.sessions.get(node)?.incarnation];
  if (known.some((life) => life !== undefined && life !== self.incarnation)) return false;
  return self.over ?? !valuesOf(mind.records, node).some((value) => value.kind === 'lease');
}

/** Tells of a node whether a peer that is heard directly says that it hears it. What that needs is gathered once, with the first question. */
export function whoIsTold(mind: Mind, nowMs: number): (node: string) => boolean {
  let told: Set<string> | null = null;
  return (node) => {
    told ??= toldNow(mind, nowMs);
    return told.has(node);
  };
}

function toldNow(mind: Mind, nowMs: number): Set<string> {
  const told = new Set<string>();
  for (const peer of mind.hearing.heard.keys()) {
    if (peer === mind.node || nowMs - lastHeardMs(mind.hearing, peer) >= mind.holder.leaseMs) continue;
    for (const value of valuesOf(mind.records, peer)) {
      if (value.kind !== 'heard') continue;
      for (const node of Object.keys(value.links)) told.add(node);
    }
  }
  return told;
}

/** Looks who is there, and since when who is not. Returns a text that changes when something of it does that is observed: two letters for each node. */
export function watchPeers(mind: Mind, nowMs: number): string {
  const isMajorityHere = isQuorate(mind.holder, nowMs);
  const isTold = whoIsTold(mind, nowMs);
  let seen = '';
  for (const { id: node } of mind.spec.nodes) {
    const state = liveness(mind, node, nowMs, isTold);
    noteSilence(mind, { node, isSilent: state !== 'online', isQuorate: isMajorityHere, nowMs });
    seen += mayStillHold(mind, node, nowMs) ? shortNames[state] : 'no';
  }
  return seen;
}

const shortNames = { online: 'on', offline: 'of', unknown: 'un' } as const;
