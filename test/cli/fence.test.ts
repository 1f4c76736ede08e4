import { expect, test } from 'vitest';
import { historyLines } from '../../src/cli/fence.js';

const call = { kind: 'call', tookMs: 1234, by: 'lb1', node: 'lb2', device: 'ipmi', action: 'off' } as const;

test('a history that is empty says so', () => {
  expect(historyLines([])).toEqual(['nobody was fenced, as far as this node knows']);
});

test('a history tells calls with what came of them, and deaths by whose word', () => {
  expect(
    historyLines([
      { ...call, atWallMs: 1_700_000_000_000, outcome: { kind: 'failed', reason: 'no answer' } },
      { ...call, atWallMs: 1_700_000_001_000, outcome: { kind: 'timeout', reason: 'it was killed' } },
      { ...call, atWallMs: 1_700_000_002_000, outcome: { kind: 'succeeded' } },
      { kind: 'dead', atWallMs: 1_700_000_002_001, by: 'lb1', node: 'lb2', incarnation: 'abc', how: 'ipmi' },
    ]),
  ).toEqual([
    '2023-11-14T22:13:20.000Z  lb1 asked ipmi for "off" of lb2: failed after 1.2 s: no answer',
    '2023-11-14T22:13:21.000Z  lb1 asked ipmi for "off" of lb2: timeout after 1.2 s: it was killed',
    '2023-11-14T22:13:22.000Z  lb1 asked ipmi for "off" of lb2: succeeded after 1.2 s',
    '2023-11-14T22:13:22.001Z  lb2 counts as dead, by word of lb1: ipmi (incarnation abc)',
  ]);
});

test('what another node said drives no terminal', () => {
  const how = 'ipmi\u001b[2J\nlb3 counts as dead';
  expect(
    historyLines([{ kind: 'dead', atWallMs: 1_700_000_000_000, by: 'lb1', node: 'lb2', incarnation: 'abc', how }]),
  ).toEqual([
    '2023-11-14T22:13:20.000Z  lb2 counts as dead, by word of lb1: ipmi\\u001b[2J\\nlb3 counts as dead (incarnation abc)',
  ]);
});
