/** What is told of fences: to other nodes, to the planner and to people. */
import { formatDuration } from '../base/duration.js';
import { compareIds } from '../base/order.js';
import { publish, recordValue } from '../membership/records.js';
import type { FenceRequest } from '../model/fencing.js';
import { limits } from '../model/limits.js';
import type { FencingObservation } from '../model/observation.js';
import type { FencingStatus } from '../model/status.js';
import { isQuorate } from '../ownership/holder.js';
import { levelsOf } from './fence-run.js';
import { isUnmet, otherVoter } from './fencing.js';
import type { FenceTarget } from './fencing-state.js';
import type { Mind } from './mind.js';

/** Says in this node's record which fences it is at, and which failed. */
export function publishFencing(mind: Mind, nowMs: number): void {
  const { told, targets } = mind.fencing;
  for (const node of new Set([...targets.keys(), ...told])) {
    const target = targets.get(node);
    const report = target === undefined ? null : reportOf(mind, target, nowMs);
    if (report === null) told.delete(node);
    else told.add(node);
    publish(
      mind.records,
      `fencing:${node}`,
      report === null ? null : { kind: 'fencing', fencing: { node, ...report } },
    );
  }
}

/** Who is to be fenced and how that stands, in order of id: whoever is at it tells it best. */
export function observeFencing(mind: Mind, nowMs: number): FencingObservation[] {
  const seen: FencingObservation[] = [];
  for (const [node, target] of mind.fencing.targets) {
    const report = reporterOf(mind, node);
    if (report !== null) seen.push({ node, by: report.by, text: report.text });
    else seen.push({ node, by: null, text: describeTarget(mind, target, nowMs) });
  }
  return seen.sort((a, b) => compareIds(a.node, b.node));
}

/** Nodes that are to be fenced or were, for people. */
export function describeFencing(mind: Mind, nowMs: number): FencingStatus[] {
  const { targets, certificates } = mind.fencing;
  const nodes = [...new Set([...targets.keys(), ...certificates.keys()])].sort(compareIds);
  return nodes.map((node) => {
    const last = certificates.get(node)?.at(-1) ?? null;
    const target = targets.get(node);
    const fenced = last === null ? '' : `${node} was certified to be dead by ${last.by} (${last.how})`;
    if (target === undefined) return { node, state: 'fenced', sentence: fenced, last };
    const report = reporterOf(mind, node);
    const text = report === null ? describeTarget(mind, target, nowMs) : `${report.by}: ${report.text}`;
    const state = report === null ? 'wanted' : report.hasFailed ? 'failed' : 'under-way';
    return { node, state, sentence: `${node} is to be fenced, because ${target.why}: ${text}`, last };
  });
}

/** In words, how it stands with a target. */
function describeTarget(mind: Mind, target: FenceTarget, nowMs: number): string {
  const { node, request, reason, rounds } = target;
  const byHand = `is surely without power, say so with \`fairlead fence confirm ${node}\``;
  if (levelsOf(mind, node).length === 0) return `no device can fence it; when it ${byHand}`;
  const failed = reason === null ? '' : `${reason}; `;
  const asked = request === null ? null : describeCall(request);
  if (rounds > 0) {
    const next = asked === null ? 'all are tried again' : `now ${asked}`;
    return `${failed}every level failed, and ${next}; when it ${byHand}`;
  }
  if (asked !== null) return `${failed}${asked}`;
  if (isQuorate(mind.holder, nowMs)) return `${failed}${mind.node} is about to`;
  if (node !== otherVoter(mind)) return `${mind.node} has no majority, so it may not`;
  if (isUnmet(mind, node))
    return `${mind.node} has not seen it since it started (quorum.firstStart: see), so it waits until it does; when ${node} ${byHand}`;
  return `${failed}${mind.node} waits ${formatDuration(target.notBeforeMs - target.wantedSinceMs)} before it does it`;
}

function describeCall({ device, action }: FenceRequest): string {
  return `${device.id} is asked to switch it ${action === 'reboot' ? 'off and on' : action}`;
}

/** What this node tells of the fences that it is at, or that failed here. */
function reportOf(mind: Mind, target: FenceTarget, nowMs: number): { hasFailed: boolean; text: string } | null {
  if (target.request === null && target.rounds === 0) return null;
  const text = describeTarget(mind, target, nowMs).slice(0, limits.fencingTextLengthMax);
  return { hasFailed: target.rounds > 0, text };
}

/** Whether anybody tells that it is at fencing a node, or failed to. */
function reporterOf(mind: Mind, node: string): { by: string; text: string; hasFailed: boolean } | null {
  for (const { id } of mind.spec.nodes) {
    const value = recordValue(mind.records, id, `fencing:${node}`);
    if (value?.kind === 'fencing') return { by: id, text: value.fencing.text, hasFailed: value.fencing.hasFailed };
  }
  return null;
}
