import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('group-without-node', () => {
  it('finds a group that requires a witness', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, require: [wit] }
`,
      [
        '2:28 error group-without-node "require": no node may run resource "a" | it names no node that runs services | = name a node that is no witness',
      ],
    );
  });

  it('finds a cluster of witnesses', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1], role: witness }
resources:
  x: { type: builtin:noop }
`,
      [
        '4:3 error group-without-node "x": no node may run resource "x" | every node is a witness | = give a node the role member or worker',
      ],
    );
  });

  it('finds groups that must share a node and have none in common', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, require: [lb1] }
  b: { type: builtin:noop, require: [{ zone: b }], with: [a] }
`,
      [
        '3:28 error group-without-node "require": resource "b" must run beside "a", and no node may run them all | lb2 here, lb1 there | = widen one `require:`, or take `with:` out',
      ],
    );
  });
});
