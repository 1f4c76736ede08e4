import { expect, it } from 'vitest';
import { randomStream } from '../../src/base/random.js';
import { withFencing } from '../../src/sim/fenced-spec.js';
import { randomEdit } from '../../src/sim/random-edit.js';
import { randomSpec } from '../../src/sim/random-spec.js';

it('gives no spec that could not be written: a group is as strict as the strictest of its members', () => {
  const order = ['none', 'provider', 'lease', 'fencing'];
  let moves = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomStream(seed);
    const spec = withFencing(random, randomSpec(random), false);
    const edit = randomEdit(random, { spec, kind: 'move resource', number: seed });
    if (edit === null) continue;
    moves += 1;
    for (const { members, exclusive } of edit.next.groups) {
      const all = edit.next.resources.filter(({ id }) => members.includes(id));
      const strictest = Math.max(...all.map((each) => order.indexOf(each.exclusive)));
      expect(order.indexOf(exclusive)).toBe(strictest);
    }
  }
  expect(moves).toBeGreaterThan(10);
});
