import { expect, test } from 'vitest';
import { nextRandom, randomStream } from '../../src/base/random.js';
import { applyPlan } from '../../src/planner/apply.js';
import { plan } from '../../src/planner/plan.js';
import { decodeSpec } from '../../src/spec/decode-spec.js';
import { buildObserved } from './build-spec.js';

const WAYS = ['', 'after', 'with', 'after with'];

/** A spec in which each group follows and accompanies others, as the ways say: one for each ordered pair of groups. */
function textOf(names: readonly string[], wayOf: (from: number, to: number) => string): string {
  const resources = names.map((name, from) => {
    const to = (key: string) =>
      names.filter((_, other) => other !== from && wayOf(from, other).split(' ').includes(key));
    return `  ${name}: { type: builtin:noop, after: [${to('after')}], with: [${to('with')}] }`;
  });
  return [
    'apiVersion: fairlead/v1',
    'kind: Cluster',
    'cluster: { name: rings }',
    'nodes:',
    '  n1: { addresses: [10.0.0.1] }',
    '  n2: { addresses: [10.0.0.2] }',
    '  n3: { addresses: [10.0.0.3] }',
    'resources:',
    ...resources,
    '',
  ].join('\n');
}

/** Whether everything runs once the plan is done; null where the spec is refused for a ring. */
function comesUp(text: string): boolean | null {
  const result = decodeSpec([{ file: 'rings.yaml', text }]);
  if (result.kind === 'invalid') {
    expect(result.problems.map(({ code }) => code)).toContain('order-cycle');
    return null;
  }
  const { spec } = result;
  const nodes = { n1: 'online quorate', n2: 'online quorate', n3: 'online quorate' };
  const observed = buildObserved(spec, { self: 'n1', nodes, rest: 'stopped' });
  const after = applyPlan({ observed, plan: plan({ spec, observed }) });
  return spec.resources.every(({ id }) =>
    after.resources.some(({ resource, state }) => resource === id && state === 'running'),
  );
}

test('of two groups, whatever is not refused for a ring comes up, and the rest is refused', () => {
  const found = WAYS.flatMap((one) =>
    WAYS.map((two) => ({ one, two, up: comesUp(textOf(['a', 'b'], (from) => (from === 0 ? one : two))) })),
  );
  expect(found.filter(({ up }) => up === false)).toEqual([]);
  expect(found.filter(({ up }) => up === null)).toHaveLength(8);
});

test('of three and four groups, whatever is not refused for a ring comes up', () => {
  const random = randomStream(7);
  let refused = 0;
  for (let round = 0; round < 120; round += 1) {
    const names = ['a', 'b', 'c', 'd'].slice(0, 3 + (round % 2));
    const ways = names.map(() =>
      names.map(() => (nextRandom(random) < 0.6 ? '' : (WAYS[1 + Math.floor(nextRandom(random) * 3)] ?? ''))),
    );
    const text = textOf(names, (from, to) => ways[from]?.[to] ?? '');
    const up = comesUp(text);
    if (up === null) refused += 1;
    expect(up, text).not.toBe(false);
  }
  expect(refused).toBeGreaterThan(20);
  expect(refused).toBeLessThan(100);
});
