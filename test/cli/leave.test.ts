import { expect, it } from 'vitest';
import { missedVote } from '../../src/cli/leave.js';
import type { QuorumStatus } from '../../src/model/status.js';

const quorum: QuorumStatus = {
  quorate: true,
  votes: 3,
  majority: 2,
  acks: ['a', 'b'],
  onLoss: 'stop',
  quarantineMs: 0,
  quarantined: [],
  majorityInMs: null,
};

it.each<[string, Partial<QuorumStatus>, string | null]>([
  [
    'the last that makes a majority',
    {},
    'without a, 1 of 3 voters answer, and a majority is 2: what the other nodes run stops until another one is back',
  ],
  [
    'the last that makes a majority, without which things run on',
    { onLoss: 'freeze' },
    'without a, 1 of 3 voters answer, and a majority is 2: nothing is started or moved until another one is back',
  ],
  ['one of three that answer', { acks: ['a', 'b', 'c'] }, null],
  ['no voter', { acks: ['b', 'c'] }, null],
  ['without a majority anyway', { acks: ['a'] }, null],
  ['one of two', { votes: 2, majority: 2 }, null],
  ['not needed, as nobody is', { onLoss: 'ignore' }, null],
])('who leaves and is %s is told what the others lose', (_, seen, words) => {
  expect(missedVote({ node: 'a', quorum: { ...quorum, ...seen } })).toBe(words);
});
