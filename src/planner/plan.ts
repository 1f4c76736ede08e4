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
import { draftId } from './draft.js';
import type { Draft } from './draft.js';
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

function writeActions(present: Present, drafts: readonly Draft[]): readonly Action[] {
  const ids = new Map<Draft, string>();
  for (const draft of drafts) ids.set(draft, draftId(present, draft));
  return drafts.map((draft) => ({
    id: ids.get(draft) ?? '',
    kind: draft.kind,
    node: nodeName(present, draft.node),
    group: groupName(present, draft.group),
    resource: draft.resource < 0 ? null : resourceName(present, draft.resource),
    after: afterOf(draft, ids),
    reason: draft.reason,
  }));
}

function afterOf(draft: Draft, ids: ReadonlyMap<Draft, string>): readonly string[] {
  const after: string[] = [];
  for (const other of draft.after) {
    const id = ids.get(other);
    if (id !== undefined) after.push(id);
  }
  return after;
}
