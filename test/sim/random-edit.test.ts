import { expect, it } from 'vitest';
import { randomStream } from '../../src/base/random.js';
import { withFencing } from '../../src/sim/fenced-spec.js';
import type { EditKind } from '../../src/sim/random-edit.js';
import { randomEdit } from '../../src/sim/random-edit.js';
import { randomSpec } from '../../src/sim/random-spec.js';
import { KILLABLE_TYPE } from '../../src/sim/sim-agents.js';

const ORDER = ['none', 'provider', 'lease', 'fencing'];

const KINDS: readonly EditKind[] = ['move resource', 'strictness', 'rename group', 'agent', 'stop timeout'];

it.each(KINDS)('gives no spec that could not be written, by "%s"', (kind) => {
  let edits = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomStream(seed);
    const spec = withFencing(random, randomSpec(random), false);
    const edit = randomEdit(random, { spec, kind, number: seed, first: spec });
    if (edit === null) continue;
    edits += 1;
    for (const { id, members, exclusive, stopBudgetMs } of edit.next.groups) {
      const all = edit.next.resources.filter((each) => members.includes(each.id));
      expect(all.map(({ group }) => group)).toEqual(all.map(() => id));
      // A group is as strict as the strictest of its members, and has time for the stops of what cannot be killed.
      expect(ORDER.indexOf(exclusive)).toBe(Math.max(...all.map((each) => ORDER.indexOf(each.exclusive))));
      if (all.every(({ type }) => type === KILLABLE_TYPE)) continue;
      expect(stopBudgetMs).toBeGreaterThanOrEqual(all.reduce((sum, { timeouts }) => sum + timeouts.stopMs, 0));
    }
  }
  expect(edits).toBeGreaterThan(10);
});

it('puts a node back that was taken out, without a vote', () => {
  const random = randomStream(1);
  const first = randomSpec(random, 'wide');
  const taken = randomEdit(random, { spec: first, kind: 'remove node', number: 1, first });
  const spec = taken?.next ?? first;
  expect(spec.nodes).toHaveLength(first.nodes.length - 1);
  const back = randomEdit(random, { spec, kind: 'return node', number: 2, first });
  expect(back?.next.nodes.map(({ id }) => id)).toEqual(first.nodes.map(({ id }) => id));
});
