import type { GroupSpec, ResourceSpec } from '../../model/cluster-spec.js';
import { unitOf } from '../../model/unit-name.js';
import { parseAgentType } from '../agent-type.js';
import { allowedNodes } from '../allowed-nodes.js';
import type { Rule } from '../rule.js';

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
      const unit = soleThingOf(resource.type);
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

/** What a type runs that there is once on a node; null for other agents. */
function soleThingOf(type: string): string | null {
  return parseAgentType(type)?.kind === 'lsb' ? type : unitOf(type);
}
