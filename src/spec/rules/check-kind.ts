import { nodeProbeKeys, probeKeys } from '../decode-checks.js';
import { listNames } from '../rule.js';
import type { Rule } from '../rule.js';
import { writtenChecks } from '../written-checks.js';

/** The keys that narrow what another one says. */
const NARROWING = [
  ['status', 'http'],
  ['contains', 'http'],
  ['newerThan', 'file'],
  ['is', 'attribute'],
  ['isNot', 'attribute'],
  ['atLeast', 'attribute'],
  ['atMost', 'attribute'],
  ['as', 'attribute'],
  ['defined', 'attribute'],
] as const;

/** Each check looks at one thing. */
export const checkKind: Rule = {
  code: 'check-kind',
  needsWhole: [],
  *check({ document, source, isWhole }) {
    for (const { check, isOfNode, path, words } of writtenChecks(document)) {
      const keys = isOfNode ? nodeProbeKeys : probeKeys;
      const said = keys.filter((key) => source.has(...path, key));
      const [first, second] = said;
      if (first === undefined) {
        // A misspelt key may have been meant.
        if (!isWhole(...path.map(String))) continue;
        yield {
          severity: 'error',
          message: `${words} does not say what to look at`,
          at: source.key(...path),
          help: `write one of ${listNames(keys.map((key) => `\`${key}:\``))}`,
        };
      } else if (second !== undefined) {
        yield {
          severity: 'error',
          message: `${words} looks at ${said.length} things: ${listNames(said)}`,
          at: source.key(...path, second),
          label: 'one row of rounds cannot count both',
          help: 'make a check of its own for each',
        };
      }
      for (const [key, needed] of NARROWING) {
        if (check[key] === undefined || said.includes(needed) || first === undefined) continue;
        yield {
          severity: 'error',
          message: `\`${key}\` of ${words} says nothing without \`${needed}\``,
          at: source.key(...path, key),
          help: 'take it out',
        };
      }
    }
  },
};
