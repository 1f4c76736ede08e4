import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('apart-needs-more-nodes', () => {
  it('finds three groups apart on two nodes', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, apart: [b, c] }
  b: { type: builtin:noop, apart: [c] }
  c: { type: builtin:noop }
`,
      [
        '2:28 error apart-needs-more-nodes "apart": "a", "b" and "c" must be on different nodes, and there are not enough | 3 groups, 2 nodes: lb1 and lb2 | = let more nodes run them, or let two of them share one',
      ],
    );
  });

  it('finds two groups apart that require one node', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, require: [lb1], apart: [b] }
  b: { type: builtin:noop, require: [{ zone: a }] }
`,
      [
        '2:44 error apart-needs-more-nodes "apart": "a" and "b" must be on different nodes, and there are not enough | 2 groups, 1 node: lb1 | = let more nodes run them, or let two of them share one',
      ],
    );
  });

  it('lets a group stay apart from two that may share a node', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, apart: [b, c] }
  b: { type: builtin:noop }
  c: { type: builtin:noop }
`,
      [],
    );
  });
});
