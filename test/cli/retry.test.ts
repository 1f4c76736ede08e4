import { expect, it } from 'vitest';
import { retryWords } from '../../src/cli/retry.js';
import { groupStatus } from '../control/status-specimens.js';

const failure = { failures: 1, banned: false, blocked: false, forgottenInMs: null, sentence: 'exit code 1' };
const before = {
  groups: [groupStatus({ node: 'lb2' })],
  failures: [{ resource: 'nginx', node: 'lb1', ...failure }],
};

it.each([
  ['nginx', null, 'failures of nginx are forgotten; it is tried again'],
  ['nginx', 'lb1', 'failures of nginx on lb1 are forgotten; it is tried again'],
  ['web', 'lb1', 'failures of web on lb1 are forgotten; it is tried again'],
  ['nginx', 'wit', 'nginx has no failures on wit, so there is nothing to forget'],
  ['vip', null, 'vip has no failures, so there is nothing to forget'],
])('a retry of %s on %s says what was there to forget', (resource, node, words) => {
  expect(retryWords(before, { resource, node })).toBe(words);
});
