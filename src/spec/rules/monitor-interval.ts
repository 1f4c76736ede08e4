import { parseDuration } from '../../base/duration.js';
import type { AgentMetadata } from '../../model/agent-catalogue.js';
import { declaredAgent } from '../declared-agent.js';
import { defaults } from '../defaults.js';
import type { Finding } from '../finding.js';
import type { Monitors, Timeouts } from '../raw-document.js';
import type { Rule, RuleContext } from '../rule.js';
import type { PathPart } from '../source-index.js';
import { exactDuration } from '../written-duration.js';

/**
 * A look that may take longer than the pause between looks notices what hangs late. Judged where both numbers are written.
 *
 * Looks as seldom and as short as those of a spec that says nothing pass, and so does the time that the agent advises: neither is a slip. Where nobody knows what an OCF agent advises, its looks are not judged.
 */
export const monitorInterval: Rule = {
  code: 'monitor-interval',
  needsWhole: [],
  *check(context) {
    const { resources = {}, defaults: usual = {} } = context.document;
    yield* judge(context, { monitors: usual.monitor, timeouts: usual.timeouts, path: ['defaults', 'monitor'] });
    for (const [id, resource] of Object.entries(resources)) {
      const timeouts = { ...usual.timeouts, ...resource.timeouts };
      const agent = declaredAgent(context, resource.type);
      if (agent === null && resource.type.startsWith('ocf:')) continue;
      yield* judge(context, { monitors: resource.monitor, timeouts, path: ['resources', id, 'monitor'], agent });
    }
  },
};

function* judge(
  { source }: RuleContext,
  looks: {
    readonly monitors: Monitors | undefined;
    readonly timeouts: Timeouts | undefined;
    readonly path: readonly PathPart[];
    readonly agent?: AgentMetadata | null;
  },
): Iterable<Finding> {
  for (const [index, monitor] of (looks.monitors ?? []).entries()) {
    const written = monitor.timeout ?? looks.timeouts?.monitor;
    const timeoutMs = written === undefined ? undefined : parseDuration(written);
    const everyMs = monitor.every === undefined ? defaults.monitor.everyMs : parseDuration(monitor.every);
    if (timeoutMs === undefined || everyMs === undefined || everyMs >= timeoutMs) continue;
    if (everyMs >= defaults.monitor.everyMs && timeoutMs <= defaults.timeouts.monitorMs) continue;
    if (timeoutMs <= advisedMs(looks.agent ?? null, monitor.depth ?? defaults.monitor.depth)) continue;
    yield {
      severity: 'warning',
      message: `a look every ${exactDuration(everyMs)} may take ${exactDuration(timeoutMs)}`,
      at: source.value(...looks.path, index, monitor.every === undefined ? 'timeout' : 'every'),
      label: `what hangs may be noticed only after ${exactDuration(everyMs + timeoutMs)}`,
      help: `write \`timeout: ${exactDuration(everyMs)}\` or less where a look never takes longer`,
    };
  }
}

function advisedMs(agent: AgentMetadata | null, depth: number): number {
  return agent?.actions.find((action) => action.name === 'monitor' && action.depth === depth)?.timeoutMs ?? 0;
}
