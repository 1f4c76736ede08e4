/** What is told of fences: to other nodes, to the planner and to people. */
import { compareIds } from '../base/order.js';
import { publish } from '../membership/records.js';
import type { FencingObservation } from '../model/observation.js';
import type { FencingStatus } from '../model/status.js';
import { describeTarget, reporterOf, reportOf } from './fencing.js';
import type { Mind } from './mind.js';

/** Says in this node's record which fences it is at, and which failed. */
export function publishFencing(mind: Mind, nowMs: number): void {
  const { told, targets } = mind.fencing;
  for (const [node, target] of targets) {
    const report = reportOf(mind, target, nowMs);
    if (report === null) continue;
    told.add(node);
    publish(mind.records, `fencing:${node}`, { kind: 'fencing', fencing: { node, ...report } });
  }
  for (const node of told) {
    const target = targets.get(node);
    if (target !== undefined && reportOf(mind, target, nowMs) !== null) continue;
    told.delete(node);
    publish(mind.records, `fencing:${node}`, null);
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
