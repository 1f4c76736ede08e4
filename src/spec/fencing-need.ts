import type { GroupSpec } from '../model/cluster-spec.js';
import { allowedNodes } from './allowed-nodes.js';
import { describeGroup, pathOfGroup } from './rule.js';
import type { RuleContext } from './rule.js';
import type { Mark } from './source-index.js';
import { votersOf } from './votes.js';

/** Something in a spec that asks for nodes to be fenced. Shape: `nodes` are those that it may ask it for, in order of id; `who` begins a sentence. */
export interface FencingNeed {
  readonly kind: 'exclusive' | 'on-fail' | 'first-start';
  readonly who: string;
  readonly at: Mark;
  readonly nodes: readonly string[];
}

/** Everything that asks for fencing, groups first. */
export function fencingNeeds(context: RuleContext): FencingNeed[] {
  const { spec, source } = context;
  const nodesOf = allowedNodes(context);
  const idsOf = (group: GroupSpec): string[] => nodesOf(group).map((node) => node.id);
  const groups = new Map(spec.groups.map((group) => [group.id, group]));
  const needs: FencingNeed[] = [];
  for (const group of spec.groups) {
    if (group.exclusive !== 'fencing') continue;
    needs.push({
      kind: 'exclusive',
      who: describeGroup(context, group.id),
      at: exclusiveMark(context, group),
      nodes: idsOf(group),
    });
  }
  for (const { id, group, onFail } of spec.resources) {
    const owner = groups.get(group);
    const action = (['stop', 'start', 'monitor'] as const).find((each) => onFail[each] === 'fence');
    if (action === undefined || owner === undefined) continue;
    const at = source.value('resources', id, 'onFail', action);
    needs.push({ kind: 'on-fail', who: `a failed ${action} of resource "${id}"`, at, nodes: idsOf(owner) });
  }
  if (spec.quorum.firstStart === 'fence') {
    const at = source.value('quorum', 'firstStart');
    needs.push({ kind: 'first-start', who: '`firstStart: fence`', at, nodes: votersOf(spec).map(({ id }) => id) });
  }
  return needs;
}

/** Where a group says that it is exclusive by fencing: at the member that does, or at the group for one that does by its agent. */
function exclusiveMark(context: RuleContext, group: GroupSpec): Mark {
  const { document, source } = context;
  const strict = group.members.find((member) => document.resources?.[member]?.exclusive === 'fencing');
  if (strict !== undefined) return source.value('resources', strict, 'exclusive');
  return source.key(...pathOfGroup(context, group.id));
}

/** The nodes that some device can fence. */
export function fencedNodes({ spec }: Pick<RuleContext, 'spec'>): ReadonlySet<string> {
  return new Set(spec.fencing.devices.flatMap((device) => device.nodes));
}
