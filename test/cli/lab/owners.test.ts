import { expect, test } from 'vitest';
import { OwnerWatch } from '../../../src/cli/lab/owners.js';

/** An answer on whether a node runs web: asked at one moment, answered at the next. */
function note(watch: OwnerWatch, node: string, askedMs: number, runs = true) {
  return watch.note({ group: 'web', node, runs, askedMs, answeredMs: askedMs + 1 });
}

test('two nodes that both ran it before and after a moment are two owners', () => {
  const watch = new OwnerWatch();
  expect(note(watch, 'lb1', 0)).toBeNull();
  expect(note(watch, 'lb2', 10)).toBeNull();
  expect(note(watch, 'lb1', 100)).toBeNull();
  expect(note(watch, 'lb2', 110)).toEqual({ group: 'web', nodes: ['lb1', 'lb2'] });
  expect(note(watch, 'lb1', 200)).toBeNull();
});

test('a move between two looks proves nothing', () => {
  const watch = new OwnerWatch();
  note(watch, 'lb1', 0);
  note(watch, 'lb1', 100);
  expect(note(watch, 'lb2', 105)).toBeNull();
  expect(note(watch, 'lb1', 200, false)).toBeNull();
  expect(note(watch, 'lb2', 205)).toBeNull();
});

test('what a node said before it went away says nothing of later', () => {
  const watch = new OwnerWatch();
  note(watch, 'lb1', 0);
  watch.forget('lb1');
  note(watch, 'lb2', 50);
  note(watch, 'lb2', 150);
  expect(note(watch, 'lb1', 160)).toBeNull();
});

test('different groups are different', () => {
  const watch = new OwnerWatch();
  for (const at of [0, 100]) {
    note(watch, 'lb1', at);
    expect(watch.note({ group: 'db', node: 'lb2', runs: true, askedMs: at, answeredMs: at + 1 })).toBeNull();
  }
});
