import { expect, it } from 'vitest';
import { notTaken } from '../../src/cli/reconcile.js';

it.each([
  [
    'is not valid, the last valid revision 4f2a9c1 stays in force: edge.yaml:3:1: ...',
    'what was in force stays; `fairlead validate edge.yaml` tells every problem',
  ],
  ['is not applied: it renames the cluster from "a" to "b"', 'what was in force stays'],
])('a text that %s is helped by validate only where that finds something', (why, help) => {
  const sentence = `the proposed text ${why}`;
  expect(notTaken('edge.yaml', { kind: 'spec-invalid', sentence })).toMatchObject({
    message: `"edge.yaml" is not in force: ${sentence}`,
    help,
  });
});
