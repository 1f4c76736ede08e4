/**
 * The planner's front door: from what is wanted and what is observed to a plan, stage by stage.
 *
 * No clock and no chance: equal inputs give equal plans, byte for byte, on every node.
 */
import type { Action, Placement, Plan, Wait } from '../model/plan.js';
import { draftActions } from './actions.js';
import { assignGroups } from './assignment.js';
import type { Stages } from './placing.js';
import { placementOf } from './changes.js';
import { readConstraints } from './constraints.js';
import type { Before, Draft } from './draft.js';
import { judgeNodes } from './node-criteria.js';
import { inOrder, orderActions } from './ordering.js';
import { groupName, nodeName, readPresent, resourceName } from './present.js';
import type { PlanInput, Present } from './present.js';
import { readStandings } from './standing.js';
import { waitsOf } from './waits.js';

/**
 * Plans.
 *
 * Shape: placements and waits in order of group; actions in an order in which they could be carried out one by one.
 */
export function plan(input: PlanInput): Plan {
  const present = readPresent(input);
  const standings = readStandings(present);
  const constraints = readConstraints(present);
  const criteria = judgeNodes(present, constraints);
  const stages: Stages = { present, standings, constraints, criteria };
  const assignment = assignGroups(stages);
  const drafts = draftActions(stages, assignment);
  orderActions({ stages, assignment, drafts });
  const placements: Placement[] = [];
  const waits: Wait[] = [];
  standings.forEach((standing, group) => {
    const options = { stages, assignment, draft: drafts[group] ?? null, group, standing };
    placements.push(placementOf(options));
    waits.push(...waitsOf(options));
  });
  return { placements, actions: writeActions(present, inOrder(stages, drafts)), waits };
}

const NO_IDS: readonly string[] = [];

function writeActions(present: Present, ordered: readonly Before[]): readonly Action[] {
  const planned = new Set<Before>();
  for (const each of ordered) if (each.kind !== 'probe') planned.add(each);
  return ordered.map((each) => (each.kind === 'probe' ? each : writeAction(present, each, planned)));
}

function writeAction(present: Present, draft: Draft, planned: ReadonlySet<Before>): Action {
  return {
    id: draft.id,
    kind: draft.kind,
    node: nodeName(present, draft.node),
    group: groupName(present, draft.group),
    resource: draft.resource < 0 ? null : resourceName(present, draft.resource),
    after: draft.after.length === 0 ? NO_IDS : afterOf(draft, planned),
    reason: draft.reason,
  };
}

/** What a draft follows; what was thought of and dropped is left out, while every probe that was thought of is planned. */
function afterOf(draft: Draft, planned: ReadonlySet<Before>): readonly string[] {
  const after: string[] = [];
  for (const other of draft.after) if (other.kind === 'probe' || planned.has(other)) after.push(other.id);
  return after;
}
