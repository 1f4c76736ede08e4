import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('placement-contradiction', () => {
  it('finds a node that is preferred and avoided', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, prefer: [lb1, lb2], avoid: [lb1] }
`,
      [
        '2:56 error placement-contradiction "lb1": resource "a" prefers and avoids node "lb1" | = keep one of the two | = note 2: node "lb1" is preferred here',
      ],
    );
  });

  it('finds preferences that cannot come true', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, require: [lb1], prefer: [lb2] }
  b: { type: builtin:noop, prefer: [wit] }
`,
      [
        '2:53 error placement-contradiction "lb2": resource "a" prefers node "lb2", which may not run it | `require` leaves it out | = add it to `require:`, or take it out here',
        '3:37 error placement-contradiction "wit": resource "b" prefers node "wit", which may not run it | a witness runs nothing | = take it out',
      ],
    );
  });

  it('warns of a group that avoids all there is', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, avoid: [lb1, { zone: b }] }
`,
      [
        '2:28 warning placement-contradiction "avoid": resource "a" avoids every node that may run it | to avoid all is to avoid none | = leave one out, or take `avoid:` away',
      ],
    );
  });

  it('lets a label be preferred and one of its nodes avoided', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, prefer: [{ zone: a }], avoid: [lb1] }
`,
      [],
    );
  });
});
