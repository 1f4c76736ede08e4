import type { ClusterSpec } from '../../model/cluster-spec.js';
import type { Finding } from '../finding.js';
import type { Rule, RuleContext } from '../rule.js';
import { votersOf } from '../votes.js';
import { exactDuration } from '../written-duration.js';

/** When a fencing may begin. Shape: after the loss of the other, counted without the head start. */
interface Begin {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** Of two voters that fence each other, one is surely first. */
export const fenceRace: Rule = {
  code: 'fence-race',
  needsWhole: ['nodes', 'fencing'],
  *check(context) {
    const { spec } = context;
    const [one, other, third] = votersOf(spec);
    if (one === undefined || other === undefined || third !== undefined) return;
    const [ofOne, ofOther] = [beginOf(spec, one.id), beginOf(spec, other.id)];
    if (ofOne === null || ofOther === null) return;
    const preferred = spec.fencing.prefer.map(({ id }) => id);
    const isPreferred = (node: string): boolean => preferred.includes(node);
    if (isPreferred(one.id) !== isPreferred(other.id)) {
      const [winner, loser] = isPreferred(one.id) ? [ofOne, ofOther] : [ofOther, ofOne];
      yield* lostHeadStart(context, winner.earliestMs + spec.fencing.headStartMs, loser.latestMs);
      return;
    }
    if (ofOne.earliestMs !== ofOther.earliestMs || ofOne.latestMs > ofOne.earliestMs) return;
    if (ofOther.latestMs > ofOther.earliestMs) return;
    yield sameDelay(context, [one.id, other.id], isPreferred(one.id));
  },
};

/** When the first device of a node begins; null for a node that has none. */
function beginOf({ fencing }: ClusterSpec, node: string): Begin | null {
  const [first] = fencing.levels.find((each) => each.node === node)?.levels[0] ?? [];
  const device = fencing.devices.find(({ id }) => id === first);
  if (device === undefined) return null;
  const { delayBaseMs, delayRandomMs } = device;
  return { earliestMs: delayBaseMs, latestMs: delayBaseMs + delayRandomMs };
}

/** The preferred node's fencing of the other must begin before that of the preferred one could. */
function* lostHeadStart({ source }: RuleContext, againstMs: number, byMs: number): Iterable<Finding> {
  if (byMs < againstMs) return;
  yield {
    severity: 'warning',
    message: 'the preferred node does not surely win',
    at: source.key('fencing', 'prefer'),
    label: `it may begin to fence after ${exactDuration(byMs)}, and be fenced after ${exactDuration(againstMs)}`,
    help: 'lengthen `headStart:`, or shorten the delay of the device that fences the other node',
  };
}

function sameDelay({ source }: RuleContext, nodes: readonly [string, string], areBothPreferred: boolean): Finding {
  const [one, other] = nodes;
  return {
    severity: 'warning',
    message: `after a split "${one}" and "${other}" would fence each other at the same time`,
    at: source.has('fencing', 'prefer') ? source.key('fencing', 'prefer') : source.key('fencing', 'devices'),
    label: areBothPreferred ? 'both are preferred, so neither is' : 'both could be dead in the end',
    help: `write \`prefer: [${one}]\` under \`fencing:\`, or a \`delay:\` for one of the devices`,
  };
}
