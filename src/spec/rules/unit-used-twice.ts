import type { GroupSpec, ResourceSpec } from '../../model/cluster-spec.js';
import { parseAgentType } from '../agent-type.js';
import { allowedNodes } from '../allowed-nodes.js';
import type { Rule } from '../rule.js';

/** What a unit's name ends with where its kind is written. Source: systemd.unit(5). */
const KIND = /\.(service|socket|mount|automount|swap|target|path|timer|slice|scope|device)$/;

interface Use {
  readonly resource: ResourceSpec;
  readonly group: GroupSpec;
}

/** No unit of systemd and no script of LSB is run by two resources on one node: each would stop what the other started. */
export const unitUsedTwice: Rule = {
  code: 'unit-used-twice',
  needsWhole: ['groups'],
  *check(context) {
    const { spec, source, isWhole } = context;
    const groupOf = new Map(spec.groups.flatMap((group) => group.members.map((member) => [member, group] as const)));
    const nodesOf = allowedNodes(context);
    const uses = new Map<string, Use[]>();
    for (const resource of spec.resources) {
      const unit = unitOf(resource.type);
      const group = groupOf.get(resource.id);
      if (unit === null || group === undefined || !isWhole('resources', resource.id)) continue;
      const others = uses.get(unit) ?? [];
      uses.set(unit, [...others, { resource, group }]);
      const nodes = new Set(nodesOf(group));
      const other = others.find((each) => each.group === group || nodesOf(each.group).some((node) => nodes.has(node)));
      if (other === undefined) continue;
      yield {
        severity: 'error',
        message: `resources "${other.resource.id}" and "${resource.id}" are the same unit "${unit}"`,
        at: source.value('resources', resource.id, 'type'),
        label: 'each would stop what the other started',
        help: 'keep one of them, or keep their groups on different nodes with `require:`',
        notes: [
          { at: source.value('resources', other.resource.id, 'type'), message: `"${other.resource.id}" has it here` },
        ],
      };
    }
  },
};

/** The whole name of the unit that a type stands for; null for other agents. */
function unitOf(type: string): string | null {
  const agent = parseAgentType(type);
  if (agent?.kind === 'lsb') return type;
  if (agent?.kind !== 'systemd') return null;
  return KIND.test(agent.unit) ? agent.unit : `${agent.unit}.service`;
}
