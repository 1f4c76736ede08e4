import type { AgentMetadata } from '../../model/agent-catalogue.js';
import type { ResourceSpec } from '../../model/cluster-spec.js';
import { declaredAgent } from '../declared-agent.js';
import type { Rule } from '../rule.js';
import { exactDuration } from '../written-duration.js';

/** Actions get the time that their agent advises. Told once for each resource. */
export const timeoutBelowAdvice: Rule = {
  code: 'timeout-below-advice',
  needsWhole: ['defaults'],
  *check(context) {
    for (const resource of context.spec.resources) {
      const agent = declaredAgent(context, resource.type);
      const short = agent === null ? [] : shortTimes(resource, agent);
      if (short.length === 0) continue;
      const path = ['resources', resource.id];
      const hasTimeouts = context.source.has(...path, 'timeouts');
      yield {
        severity: 'warning',
        message: `resource "${resource.id}" gives ${resource.type} less time than it advises`,
        at: hasTimeouts ? context.source.value(...path, 'timeouts') : context.source.value(...path, 'type'),
        label: short
          .map(({ name, ms, advisedMs }) => `${name} ${exactDuration(ms)}, advised ${exactDuration(advisedMs)}`)
          .join('; '),
        help: helpOf(short),
      };
    }
  },
};

interface ShortTime {
  readonly name: string;
  readonly ms: number;
  readonly advisedMs: number;
}

function shortTimes({ timeouts, monitors }: ResourceSpec, agent: AgentMetadata): ShortTime[] {
  const advised = (name: string, depth: number): number | null =>
    agent.actions.find((action) => action.name === name && action.depth === depth)?.timeoutMs ?? null;
  const given = [
    { name: 'start', ms: timeouts.startMs, advisedMs: advised('start', 0) },
    { name: 'stop', ms: timeouts.stopMs, advisedMs: advised('stop', 0) },
    ...monitors.map(({ timeoutMs, depth }) => ({
      name: 'monitor',
      ms: timeoutMs,
      advisedMs: advised('monitor', depth),
    })),
  ];
  return given.flatMap(({ name, ms, advisedMs }) =>
    advisedMs === null || ms >= advisedMs ? [] : [{ name, ms, advisedMs }],
  );
}

function helpOf(short: readonly ShortTime[]): string {
  const wanted = new Map<string, number>();
  for (const { name, advisedMs } of short) wanted.set(name, Math.max(advisedMs, wanted.get(name) ?? 0));
  return `write \`timeouts: { ${[...wanted].map(([name, ms]) => `${name}: ${exactDuration(ms)}`).join(', ')} }\``;
}
