import { expect, test } from 'vitest';
import { Cuts } from '../../../src/cli/lab/cuts.js';

const ALL = ['lb1', 'lb2', 'lb3'];

test('a node alone is cut from all others, and they from it', () => {
  const cuts = new Cuts();
  cuts.cut('lb1', null, ALL);
  expect(ALL.map((node) => cuts.peersCutFrom(node, ALL))).toEqual([['lb2', 'lb3'], ['lb1'], ['lb1']]);
  expect(cuts.describe()).toBe('lb1–lb2, lb1–lb3');
});

test('two nodes are cut from each other only', () => {
  const cuts = new Cuts();
  cuts.cut('lb3', 'lb1', ALL);
  expect([cuts.isCut('lb1', 'lb3'), cuts.isCut('lb1', 'lb2')]).toEqual([true, false]);
});

test('cuts add up until they heal', () => {
  const cuts = new Cuts();
  cuts.cut('lb1', 'lb2', ALL);
  cuts.cut('lb2', 'lb3', ALL);
  expect(cuts.peersCutFrom('lb2', ALL)).toEqual(['lb1', 'lb3']);
  cuts.heal();
  expect([cuts.peersCutFrom('lb2', ALL), cuts.describe()]).toEqual([[], null]);
});
