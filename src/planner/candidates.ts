/**
 * The standing of every node for one group, on scratch arrays that are reused from group to group, with shared values for the many nodes that have nothing said about them: for 10,000 groups on 64 nodes
 * this is the inner loop.
 */
import type { Candidate, ScorePart } from '../model/plan.js';
import type { NodeCriteria } from './node-criteria.js';
import { exclude } from './node-criteria.js';
import { reason } from './reasons.js';
import { weights } from './scores.js';
import type { Reason } from '../model/source.js';

/** A sheet on which one group's candidates are scored. */
export interface ScoreSheet {
  readonly criteria: NodeCriteria;
  readonly nodeNames: readonly string[];
  readonly nodeCount: number;
  readonly isExcluded: Uint8Array;
  readonly score: Float64Array;
  /** Parts said of this group on this node, beside those of the node. */
  readonly parts: (ScorePart[] | null)[];
  /** Parts of the node itself. */
  readonly nodeParts: (readonly ScorePart[])[];
  readonly balanceParts: ScorePart[][];
  readonly plainCandidates: Candidate[][];
  readonly rank: number[];
}

/** A sheet for the nodes of the spec. */
export function scoreSheet(nodeNames: readonly string[], criteria: NodeCriteria): ScoreSheet {
  const nodeCount = criteria.excluding.length;
  return {
    criteria,
    nodeNames,
    nodeCount,
    isExcluded: new Uint8Array(nodeCount),
    score: new Float64Array(nodeCount),
    parts: new Array<ScorePart[] | null>(nodeCount).fill(null),
    nodeParts: [...criteria.excluding],
    balanceParts: Array.from({ length: nodeCount }, () => []),
    plainCandidates: Array.from({ length: nodeCount }, () => []),
    rank: Array.from({ length: nodeCount }, (_, node) => node),
  };
}

/** Clears the sheet for the next group: only what the nodes themselves say stands on it. */
export function clearSheet(sheet: ScoreSheet): void {
  const { criteria } = sheet;
  sheet.isExcluded.set(criteria.isExcluded);
  sheet.score.fill(0);
  for (let node = 0; node < sheet.nodeCount; node++) {
    sheet.parts[node] = null;
    sheet.nodeParts[node] = criteria.excluding[node] ?? [];
  }
}

/** Lets the node that has the group overlook what a holder may. */
export function overlookForHolder(sheet: ScoreSheet, node: number): void {
  const parts = sheet.criteria.excludingForHolder[node] ?? [];
  sheet.nodeParts[node] = parts;
  sheet.isExcluded[node] = parts.length > 0 ? 1 : 0;
}

/** Excludes a node for this group. */
export function excludeNode(sheet: ScoreSheet, node: number, part: ScorePart): void {
  sheet.isExcluded[node] = 1;
  addPart(sheet, node, part);
}

/** Adds a part with a number to a node's score. */
export function addScore(sheet: ScoreSheet, node: number, part: ScorePart): void {
  sheet.score[node] = (sheet.score[node] ?? 0) + (part.score ?? 0);
  addPart(sheet, node, part);
}

function addPart(sheet: ScoreSheet, node: number, part: ScorePart): void {
  const parts = sheet.parts[node];
  if (parts === null || parts === undefined) sheet.parts[node] = [part];
  else parts.push(part);
}

/** Counts the other groups on each node into the scores, weakest of all. */
export function addBalance(sheet: ScoreSheet, loads: Int32Array): void {
  for (let node = 0; node < sheet.nodeCount; node++) {
    const load = loads[node] ?? 0;
    if (load > 0) sheet.score[node] = (sheet.score[node] ?? 0) + load * weights.balanceStep;
  }
}

/** The best node; -1 when all are excluded. Ties go to the lower id. */
export function bestNode(sheet: ScoreSheet): number {
  let best = -1;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let node = 0; node < sheet.nodeCount; node++) {
    const score = sheet.score[node] ?? 0;
    if (sheet.isExcluded[node] === 1 || score <= bestScore) continue;
    best = node;
    bestScore = score;
  }
  return best;
}

/** The nodes that nothing excludes, ascending. */
export function openNodes(sheet: ScoreSheet): number[] {
  const open: number[] = [];
  for (let node = 0; node < sheet.nodeCount; node++) if (sheet.isExcluded[node] === 0) open.push(node);
  return open;
}

/** The candidates as the plan shows them, best first, the excluded last. */
export function candidatesOf(sheet: ScoreSheet, loads: Int32Array): readonly Candidate[] {
  const { isExcluded, score, rank } = sheet;
  rank.sort(
    (a, b) =>
      (isExcluded[a] ?? 0) - (isExcluded[b] ?? 0) ||
      (isExcluded[a] === 1 ? 0 : (score[b] ?? 0) - (score[a] ?? 0)) ||
      a - b,
  );
  return rank.map((node) => candidateOf(sheet, node, loads[node] ?? 0));
}

/** The one candidate of a group that is pinned to a node: all others are shut for the same reason. */
export function pinnedCandidates(
  sheet: ScoreSheet,
  node: number,
  pin: { readonly kind: ScorePart['kind']; readonly reason: Reason },
): readonly Candidate[] {
  const shut = [exclude(pin.kind, pin.reason)];
  const own: Candidate = {
    node: sheet.nodeNames[node] ?? '',
    score: weights.stayFirm,
    parts: [{ kind: pin.kind, score: weights.stayFirm, reason: pin.reason }],
  };
  const others: Candidate[] = [];
  for (let other = 0; other < sheet.nodeCount; other++) {
    if (other !== node) others.push({ node: sheet.nodeNames[other] ?? '', score: null, parts: shut });
  }
  return [own, ...others];
}

function candidateOf(sheet: ScoreSheet, node: number, load: number): Candidate {
  const said = sheet.parts[node] ?? null;
  const isExcluded = sheet.isExcluded[node] === 1;
  const nodeParts = sheet.nodeParts[node] ?? [];
  if (said === null && nodeParts === sheet.criteria.excluding[node]) {
    const key = isExcluded ? 0 : load + 1;
    const shared = sheet.plainCandidates[node]?.[key];
    if (shared !== undefined) return shared;
    const made = makeCandidate({
      sheet,
      node,
      isExcluded,
      parts: isExcluded ? nodeParts : balancePart(sheet, node, load),
    });
    const cache = sheet.plainCandidates[node];
    if (cache !== undefined) cache[key] = made;
    return made;
  }
  const parts = [...nodeParts, ...(said ?? []), ...(isExcluded ? [] : balancePart(sheet, node, load))];
  return makeCandidate({ sheet, node, isExcluded, parts });
}

function makeCandidate(options: {
  readonly sheet: ScoreSheet;
  readonly node: number;
  readonly isExcluded: boolean;
  readonly parts: readonly ScorePart[];
}): Candidate {
  const { sheet, node, isExcluded, parts } = options;
  return { node: sheet.nodeNames[node] ?? '', score: isExcluded ? null : (sheet.score[node] ?? 0), parts };
}

function balancePart(sheet: ScoreSheet, node: number, load: number): readonly ScorePart[] {
  if (load === 0) return [];
  const shared = sheet.balanceParts[node]?.[load];
  if (shared !== undefined) return [shared];
  const groups = load === 1 ? 'one other group belongs' : `${load} other groups belong`;
  const made: ScorePart = {
    kind: 'balance',
    score: load * weights.balanceStep,
    reason: reason(`${groups} on ${sheet.nodeNames[node] ?? ''}`),
  };
  const cache = sheet.balanceParts[node];
  if (cache !== undefined) cache[load] = made;
  return [made];
}
