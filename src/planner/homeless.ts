/**
 * Why no node will do for a group: of all that stands in the way, the obstacle that could go away soonest.
 */
import { describeBanEnd } from '../model/ban-end.js';
import type { ScorePart, Wait } from '../model/plan.js';
import type { Place } from '../model/source.js';
import type { Assignment } from './assignment.js';
import { ringMate } from './constraints.js';
import { noMajorityText } from './fencing-words.js';
import { ringReason } from './placing.js';
import type { Stages } from './placing.js';
import { flagBits, groupName, livenessNumbers, resourceName } from './present.js';
import { besideReason, nameSome } from './reasons.js';

/** What a group without a place waits on. */
export interface Obstacle {
  readonly kind: Wait['kind'];
  readonly on: string;
  readonly text: string;
  readonly place?: Place | undefined;
}

interface Homeless {
  readonly stages: Stages;
  readonly assignment: Assignment;
  readonly group: number;
}

/** A node that only one kind of obstacle keeps from running the group. */
interface NearMiss {
  readonly node: number;
  readonly part: ScorePart;
}

/** The obstacle: failures that will be forgotten, a ping, the majority, another group, or simply no node. */
export function obstacleOf(homeless: Homeless): Obstacle {
  const misses = nearMisses(homeless);
  return (
    failureObstacle(homeless, misses) ??
    pingObstacle(homeless, misses) ??
    quorumObstacle(homeless, misses) ??
    groupObstacle(homeless, misses) ??
    noNodeObstacle(homeless)
  );
}

function nearMisses({ stages, assignment, group }: Homeless): readonly NearMiss[] {
  return (assignment.candidates[group] ?? []).flatMap((candidate) => {
    const parts = candidate.parts.filter((part) => part.score === null);
    const [first] = parts;
    const node = stages.present.nodeNumbers.get(candidate.node) ?? -1;
    return first !== undefined && parts.every((part) => part.kind === first.kind) ? [{ node, part: first }] : [];
  });
}

function failureObstacle({ stages, group }: Homeless, misses: readonly NearMiss[]): Obstacle | null {
  const { present } = stages;
  const failed = misses.find(({ part }) => part.kind === 'failure');
  if (failed === undefined) return null;
  const name = groupName(present, group);
  const member = (present.members[group] ?? new Int32Array()).find(
    (resource) => ((present.flags[resource * present.nodeCount + failed.node] ?? 0) & flagBits.banned) !== 0,
  );
  const on = member === undefined ? name : resourceName(present, member);
  const { reason } = failed.part;
  const forgetAfterMs = present.groups[group]?.failurePolicy.forgetAfterMs ?? 0;
  const end = describeBanEnd({ resource: on, node: null, forgetAfterMs, leftMs: null });
  const text = `${reason.text} and is not run there ${end}`;
  return { kind: 'back-off', on, text, place: reason.place };
}

function pingObstacle({ stages, group }: Homeless, misses: readonly NearMiss[]): Obstacle | null {
  const { present, constraints } = stages;
  const pinged = misses.find(({ part }) => part.kind === 'ping');
  if (pinged === undefined) return null;
  const { reason } = pinged.part;
  const pings = (constraints.pings[group] ?? []).map((ping) => present.pings[ping]?.id ?? '');
  const on = pings.find((id) => reason.text.split(/[ ,]/).includes(id)) ?? pings[0] ?? '';
  return { kind: 'ping', on, text: reason.text, place: reason.place };
}

function quorumObstacle({ stages }: Homeless, misses: readonly NearMiss[]): Obstacle | null {
  const { present } = stages;
  const cut = misses.find(
    ({ node, part }) =>
      part.kind === 'liveness' && present.liveness[node] === livenessNumbers.online && present.quorate[node] === 0,
  );
  if (cut === undefined) return null;
  const on = present.nodes[cut.node]?.id ?? '';
  return { kind: 'quorum', on, text: noMajorityText(present, cut.node), place: present.spec.quorum.place };
}

function groupObstacle({ stages, assignment, group }: Homeless, misses: readonly NearMiss[]): Obstacle | null {
  const { present, constraints } = stages;
  const spec = present.groups[group];
  if (constraints.inRing[group] === 1) {
    const why = ringReason({ stages, group });
    const on = groupName(present, ringMate(constraints, group));
    return { kind: 'other-group', on, text: why.text, place: why.place };
  }
  const nowhere = (constraints.beside[group] ?? []).find((other) => (assignment.placedOn[other] ?? -1) < 0);
  if (nowhere !== undefined && spec !== undefined) {
    const on = groupName(present, nowhere);
    const why = besideReason({ group: spec, other: on, node: null });
    return { kind: 'other-group', on, text: why.text, place: why.place };
  }
  const bound = misses.find(({ part }) => part.kind === 'with' || part.kind === 'apart');
  if (bound === undefined) return null;
  const { kind, reason } = bound.part;
  const others = constraints[kind === 'with' ? 'beside' : 'apart'][group] ?? [];
  const other = others.find((each) => {
    const seat = assignment.placedOn[each] ?? -1;
    return kind === 'apart' ? seat === bound.node : seat >= 0 && seat !== bound.node;
  });
  const on = groupName(present, other ?? group);
  return { kind: 'other-group', on, text: reason.text, place: reason.place };
}

function noNodeObstacle({ stages, assignment, group }: Homeless): Obstacle {
  const reasons = new Set<string>();
  for (const candidate of assignment.candidates[group] ?? []) {
    const part = candidate.parts.find((each) => each.score === null);
    if (part !== undefined) reasons.add(part.reason.text);
  }
  const name = groupName(stages.present, group);
  const text = `no node may run ${name}: ${nameSome([...reasons])}`;
  return { kind: 'no-node', on: name, text, place: stages.present.groups[group]?.place };
}
