import type { ResourceSpec } from '../../model/cluster-spec.js';
import { isHarmlessLate } from '../../model/exclusivity.js';
import { killPathOf } from '../../model/kill-path.js';
import { parseAgentType } from '../agent-type.js';
import { stopTimeoutsMs } from '../decode-groups.js';
import { describeGroup, listNames, pathOfGroup } from '../rule.js';
import type { Rule } from '../rule.js';
import { mayHaveUsableWatchdog } from '../watchdog.js';
import { exactDuration } from '../written-duration.js';

/**
 * A stop budget below the sum of the stop timeouts is kept by killing: every member has a way to be killed that needs no agent, or a watchdog resets the node in time.
 *
 * What is exclusive by fencing is not taken over when the budget is over, so nothing depends on it there.
 */
export const stopBudget: Rule = {
  code: 'stop-budget',
  needsWhole: ['groups', 'defaults', 'fencing', 'heartbeat'],
  *check(context) {
    const { spec, source, isWhole } = context;
    if (mayHaveUsableWatchdog(context)) return;
    const byId = new Map(spec.resources.map((resource) => [resource.id, resource]));
    for (const group of spec.groups) {
      if (group.exclusive === 'fencing' || !group.members.every((member) => isWhole('resources', member))) continue;
      const path = pathOfGroup(context, group.id);
      if (!source.has(...path, 'stopBudget')) continue;
      const members = group.members.flatMap((member) => byId.get(member) ?? []);
      if (!members.every(saysHowItStops)) continue;
      const neededMs = stopTimeoutsMs(members);
      const unkillable = members.filter((member) => killPathOf(member) === null && !isHarmlessLate(member.exclusive));
      if (group.stopBudgetMs >= neededMs || unkillable.length === 0) continue;
      const budget = exactDuration(group.stopBudgetMs);
      yield {
        severity: 'error',
        message: `the stop budget of ${describeGroup(context, group.id)} cannot be kept: ${listNames(unkillable.map(({ id }) => `"${id}"`))} cannot be killed without ${unkillable.length === 1 ? 'its agent' : 'their agents'}`,
        at: source.value(...path, 'stopBudget'),
        label: `${budget} < ${sumOf(members)}`,
        help: `write \`stopBudget: ${exactDuration(neededMs)}\` or leave it out, lower the stop timeouts, use a systemd unit or a script with \`run\`, a watchdog under \`fencing:\`, or \`exclusive: fencing\` with fence devices`,
      };
    }
  },
};

/** Whether it is known by what a resource is stopped; other rules tell of one without it. */
function saysHowItStops({ type, params }: ResourceSpec): boolean {
  if (type === 'script') return Object.hasOwn(params, 'run') || Object.hasOwn(params, 'stop');
  return parseAgentType(type) !== null;
}

function sumOf(members: readonly ResourceSpec[]): string {
  const total = exactDuration(stopTimeoutsMs(members));
  const parts = members.map((member) => `${exactDuration(member.timeouts.stopMs)} (${member.id})`);
  return parts.length === 1 ? `the stop timeout ${parts.join('')}` : `${total} = ${parts.join(' + ')}`;
}
