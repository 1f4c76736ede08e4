import { compareValues, isComparable } from '../../model/attribute-probe.js';
import type { Finding } from '../finding.js';
import type { NodeCheck } from '../raw-document.js';
import { listNames } from '../rule.js';
import type { Rule, RuleContext } from '../rule.js';

/** Names that Pacemaker's rules know and that nobody writes. Source: Pacemaker Explained, "Built-in Node Attributes". */
const BUILT_IN: readonly string[] = ['#cluster-name', '#id', '#kind', '#role', '#site-name', '#uname'];

/** What a check asks of an attribute can be true, and is one thing. */
export const attributeWish: Rule = {
  code: 'attribute-wish',
  needsWhole: [],
  *check(context) {
    for (const [id, check] of Object.entries(context.document.checks ?? {})) {
      const { attribute } = check;
      if (attribute === undefined) continue;
      if (BUILT_IN.includes(attribute)) {
        yield {
          severity: 'error',
          message: `check "${id}" looks at attribute "${attribute}", which nobody writes here`,
          at: context.source.value('checks', id, 'attribute'),
          label: 'it is known to the rules of Pacemaker alone',
          help: 'name nodes or their labels in `prefer:`, `require:` and `avoid:`',
        };
      }
      yield* judgeKeys(context, id, check);
      yield* judgeBounds(context, id, check);
    }
  },
};

function* judgeKeys({ source }: RuleContext, id: string, check: NodeCheck): Iterable<Finding> {
  const said = (['is', 'isNot', 'atLeast', 'atMost', 'defined'] as const).filter((key) => check[key] !== undefined);
  const isRange = said.length === 2 && said[0] === 'atLeast' && said[1] === 'atMost';
  const [, second] = said;
  if (second !== undefined && !isRange) {
    yield {
      severity: 'error',
      message: `check "${id}" asks several things of its attribute: ${listNames(said)}`,
      at: source.key('checks', id, second),
      label: `\`${said[0] ?? ''}\` says it already`,
      help: 'take one of them out, or make a check of its own for each and require both',
    };
  }
  if (check.as !== undefined && check.atLeast === undefined && check.atMost === undefined) {
    yield {
      severity: 'error',
      message: `\`as\` of check "${id}" says nothing without \`atLeast\` and \`atMost\``,
      at: source.key('checks', id, 'as'),
      help: 'take it out: `is` and `isNot` compare letter by letter',
    };
  }
}

function* judgeBounds({ source, spec }: RuleContext, id: string, check: NodeCheck): Iterable<Finding> {
  const probe = spec.checks.find((each) => each.id === id)?.probe;
  if (probe?.kind !== 'attribute' || probe.wish.kind !== 'within') return;
  const { by, atLeast, atMost } = probe.wish;
  for (const [key, text] of [
    ['atLeast', atLeast],
    ['atMost', atMost],
  ] as const) {
    if (text === null || isComparable(text, by)) continue;
    yield {
      severity: 'error',
      message: `\`${key}\` of check "${id}" is "${text}", which is no ${by}`,
      at: source.value('checks', id, key),
      ...(by === 'number' && isComparable(text, 'version') ? { label: 'write `as: version` beside it' } : {}),
      ...(check.as === undefined ? { help: '`is` compares texts letter by letter' } : {}),
    };
  }
  if (atLeast === null || atMost === null || compareValues(atLeast, atMost, by) !== 1) return;
  yield {
    severity: 'error',
    message: `check "${id}" can never pass: \`atLeast\` is ${atLeast} and \`atMost\` ${atMost}`,
    at: source.value('checks', id, 'atMost'),
  };
}
