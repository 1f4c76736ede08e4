import { parseDuration } from '../../base/duration.js';
import { defaults } from '../defaults.js';
import type { Finding } from '../finding.js';
import type { FailurePolicy } from '../raw-document.js';
import type { Rule, RuleContext } from '../rule.js';
import type { PathPart } from '../source-index.js';
import { exactDuration } from '../written-duration.js';

/** Failures are not forgotten before they have been counted. */
export const failurePolicyForgets: Rule = {
  code: 'failure-policy-forgets',
  needsWhole: [],
  *check(context) {
    const { groups = {}, resources = {}, defaults: usual = {} } = context.document;
    yield* judge(context, { policy: usual.failurePolicy, path: ['defaults', 'failurePolicy'] });
    const placed = [
      ...Object.entries(groups).map(([id, each]) => ['groups', id, each.failurePolicy] as const),
      ...Object.entries(resources).map(([id, each]) => ['resources', id, each.failurePolicy] as const),
    ];
    for (const [section, id, own] of placed) {
      const policy = own === undefined ? undefined : { ...usual.failurePolicy, ...own };
      yield* judge(context, { policy, path: [section, id, 'failurePolicy'] });
    }
  },
};

function* judge(
  { source }: RuleContext,
  { policy, path }: { readonly policy: FailurePolicy | undefined; readonly path: readonly PathPart[] },
): Iterable<Finding> {
  if (policy === undefined) return;
  const withinMs = policy.within === undefined ? defaults.failurePolicy.withinMs : parseDuration(policy.within);
  const forgetMs =
    policy.forgetAfter === undefined ? defaults.failurePolicy.forgetAfterMs : parseDuration(policy.forgetAfter);
  if (withinMs === undefined || forgetMs === undefined || forgetMs >= withinMs) return;
  yield {
    severity: 'warning',
    message: `failures are forgotten after ${exactDuration(forgetMs)}, and counted over ${exactDuration(withinMs)}`,
    at: source.value(...path, source.has(...path, 'forgetAfter') ? 'forgetAfter' : 'within'),
    help: `write \`forgetAfter: ${exactDuration(withinMs)}\` or more`,
  };
}
