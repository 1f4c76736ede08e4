/**
 * Stage 3, node criteria: what a node is good for, whatever the group; and where groups may not run, whatever else is placed.
 */
import type { ScorePart } from '../model/plan.js';
import type { Constraints } from './constraints.js';
import { livenessNumbers } from './present.js';
import type { Present } from './present.js';
import {
  leavingReason,
  leftReason,
  livenessReason,
  noQuorumReason,
  nodeStateReason,
  reason,
  witnessReason,
} from './reasons.js';
import type { Reason } from '../model/source.js';

/** What nodes are good for, by node number; and what shuts nodes for groups. */
export interface NodeCriteria {
  /** Why the node may take nothing on; empty for a candidate. One list for all groups. */
  readonly excluding: readonly (readonly ScorePart[])[];
  /** 1 for nodes that may take nothing on. */
  readonly isExcluded: Uint8Array;
  /** The same without what a group that is here already may overlook: a node without a majority keeps what it holds until that lapses. */
  readonly excludingForHolder: readonly (readonly ScorePart[])[];
  /** 1 for nodes that can carry actions out: online and not in maintenance. */
  readonly canAct: Uint8Array;
  /** Nodes on which unknown resources are probed. */
  readonly probed: readonly number[];
  /** Why they are probed, one reason for each node. */
  readonly probeReasons: readonly Reason[];
  /** By group: for each node 1 + the group that must run beside this one and may not run there, 0 for none; null where nothing shuts any node. */
  readonly shutFor: readonly (Int32Array | null)[];
}

const NO_PARTS: readonly ScorePart[] = [];

/** Judges every node once. */
export function judgeNodes(present: Present, constraints: Constraints): NodeCriteria {
  const ignoresQuorum = present.spec.quorum.onLoss === 'ignore';
  const excludingForHolder = present.nodes.map((_, node) => partsOf(present, node));
  const excluding = excludingForHolder.map((parts, node) => {
    const spec = present.nodes[node];
    if (spec === undefined || ignoresQuorum || present.quorate[node] !== 0) return parts;
    return [...parts, exclude('liveness', noQuorumReason(spec))];
  });
  const canAct = Uint8Array.from(present.nodes, (spec, node) =>
    present.liveness[node] === livenessNumbers.online && spec.state !== 'maintenance' ? 1 : 0,
  );
  return {
    excluding,
    isExcluded: Uint8Array.from(excluding, (parts) => (parts.length > 0 ? 1 : 0)),
    excludingForHolder,
    canAct,
    probed: present.nodes.flatMap((spec, node) => (canAct[node] === 1 && spec.role !== 'witness' ? [node] : [])),
    probeReasons: present.nodes.map((spec) => reason(`what runs on ${spec.id} is not known`)),
    shutFor: readShutNodes(present, constraints),
  };
}

/** A part that excludes its node. */
export function exclude(kind: ScorePart['kind'], reason: ScorePart['reason']): ScorePart {
  return { kind, score: null, reason };
}

function partsOf(present: Present, node: number): readonly ScorePart[] {
  const spec = present.nodes[node];
  if (spec === undefined) return NO_PARTS;
  const parts: ScorePart[] = [];
  if (present.hasLeft[node] === 1) {
    parts.push(exclude('liveness', leftReason(spec)));
  } else if (present.liveness[node] === livenessNumbers.offline) {
    parts.push(exclude('liveness', livenessReason(spec, 'offline')));
  } else if (present.liveness[node] === livenessNumbers.unknown) {
    parts.push(exclude('liveness', livenessReason(spec, 'unknown')));
  }
  if (spec.role === 'witness') parts.push(exclude('role', witnessReason(spec)));
  if (spec.state !== 'active') parts.push(exclude('node-state', nodeStateReason(spec)));
  if (present.leaving[node] === 1 && present.hasLeft[node] === 0)
    parts.push(exclude('node-state', leavingReason(spec)));
  return parts;
}

/**
 * Hands what shuts a group's nodes on to the groups beside which it must run, those at the end of a chain first. A group that must run beside several may run only where all of these may.
 */
function readShutNodes(present: Present, constraints: Constraints): readonly (Int32Array | null)[] {
  const { nodeCount } = present;
  const shutFor: (Int32Array | null)[] = present.groups.map(() => null);
  const isBarred = (group: number, node: number): boolean =>
    constraints.requireMask[group]?.[node] === 0 || (present.bannedOn[group] ?? []).includes(node);
  const hasBars = (group: number): boolean =>
    (constraints.requireMask[group] ?? null) !== null || (present.bannedOn[group] ?? []).length > 0;
  for (let position = constraints.order.length - 1; position >= 0; position--) {
    const group = constraints.order[position] ?? 0;
    const primaries = constraints.beside[group] ?? [];
    const inherited = shutFor[group] ?? null;
    const barring = (primaries.length > 1 ? [group, ...primaries] : [group]).filter(hasBars);
    if (primaries.length === 0 || (barring.length === 0 && inherited === null)) continue;
    for (const primary of primaries) {
      const others = barring.filter((each) => each !== primary);
      const shut = shutFor[primary] ?? new Int32Array(nodeCount);
      for (let node = 0; node < nodeCount; node++) {
        if (shut[node] !== 0) continue;
        shut[node] = others.some((each) => isBarred(each, node)) ? group + 1 : (inherited?.[node] ?? 0);
      }
      shutFor[primary] = shut;
    }
  }
  return shutFor;
}
