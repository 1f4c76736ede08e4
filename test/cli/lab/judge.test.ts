import { describe, expect, test } from 'vitest';
import { Cuts } from '../../../src/cli/lab/cuts.js';
import type { LabView, Sighting } from '../../../src/cli/lab/judge.js';
import { canReach, isAsExpected, ownersOf, whyNotAtRest } from '../../../src/cli/lab/judge.js';
import type { Status } from '../../../src/model/status.js';
import { groupStatus, healthyStatus, nodeStatus } from '../../control/status-specimens.js';
import { specOf } from '../../reconciler/specs.js';

const NODES = ['n1', 'n2', 'n3'];

/** What a node says while web runs on `owner` and these nodes are heard. */
function said(
  node: string,
  options: { readonly owner?: string | null; readonly heard?: readonly string[] } = {},
): Status {
  const { owner = 'n1', heard = NODES } = options;
  const isQuorate = heard.length >= 2;
  return {
    ...healthyStatus(),
    node,
    quorum: {
      quorate: isQuorate,
      votes: 3,
      majority: 2,
      acks: heard,
      onLoss: 'stop',
      quarantineMs: 0,
      quarantined: [],
      majorityInMs: null,
    },
    nodes: NODES.map((each) => ({ ...nodeStatus(each), liveness: heard.includes(each) ? 'online' : 'offline' })),
    groups: [groupStatus({ node: owner, members: [{ resource: 'web', node: owner, state: 'running' }] })],
    observed: {
      ...healthyStatus().observed,
      resources: NODES.map((each) => ({
        resource: 'web',
        node: each,
        state: each === owner ? 'running' : 'stopped',
        busy: false,
        failures: 0,
        banned: false,
        blocked: false,
      })),
    },
  };
}

/** A lab where each node says this, or is down, or paused. */
function view(words: Readonly<Record<string, Status | 'down' | 'paused' | null>>, cuts = new Cuts()): LabView {
  const sightings = Object.entries(words).map(([node, word]): Sighting => {
    if (word === 'down' || word === 'paused') return { node, state: word, status: null, isFresh: false };
    return { node, state: 'up', status: word, isFresh: word !== null };
  });
  return { spec: specOf({ groups: { web: {} } }), sightings, cuts };
}

function cut(node: string, peer: string | null = null): Cuts {
  const cuts = new Cuts();
  cuts.cut(node, peer, NODES);
  return cuts;
}

const calm = { n1: said('n1'), n2: said('n2'), n3: said('n3') };

describe('at rest', () => {
  test('is a cluster in which everybody sees everybody and the group where it is', () => {
    expect(whyNotAtRest(view(calm))).toBeNull();
  });

  test('is not one in which a node does not answer, or none is up', () => {
    expect(whyNotAtRest(view({ ...calm, n2: null }))).toBe('n2 does not answer');
    expect(whyNotAtRest(view({ n1: 'down', n2: 'down', n3: 'down' }))).toBe('no node is up');
  });

  test('is not proved by old words', () => {
    const { sightings, ...rest } = view(calm);
    const old = sightings.map((each) => (each.node === 'n3' ? { ...each, isFresh: false } : each));
    expect(whyNotAtRest({ ...rest, sightings: old })).toBe('n3 does not answer');
    expect(ownersOf({ ...rest, sightings: old }, 'web')).toEqual(['n1']);
  });

  test('is not one that has not noticed a crash', () => {
    expect(whyNotAtRest(view({ ...calm, n1: 'down' }))).toBe('n2 has not noticed yet that n1 is gone');
    expect(whyNotAtRest(view({ ...calm, n1: 'paused' }))).toBe('n2 has not noticed yet that n1 is gone');
  });

  test('is one that has', () => {
    const heard = ['n2', 'n3'];
    const left = {
      n1: 'down',
      n2: said('n2', { owner: 'n2', heard }),
      n3: said('n3', { owner: 'n2', heard }),
    } as const;
    expect(whyNotAtRest(view(left))).toBeNull();
  });

  test('is not one that takes a group to be on a dead node', () => {
    const heard = ['n2', 'n3'];
    expect(whyNotAtRest(view({ n1: 'down', n2: said('n2', { heard }), n3: said('n3', { heard }) }))).toBe(
      'n2 still takes web to be on n1',
    );
  });

  test('is not one that has not noticed a return', () => {
    expect(whyNotAtRest(view({ ...calm, n2: said('n2', { heard: ['n1', 'n2'] }) }))).toBe('n2 does not hear n3 yet');
  });

  test('is not one in which nodes disagree', () => {
    expect(whyNotAtRest(view({ ...calm, n3: said('n3', { owner: 'n2' }) }))).toBe('n1 sees web on n1, n3 on n2');
  });

  test('is not possible without a majority', () => {
    expect(whyNotAtRest(view({ ...calm, n1: 'down', n2: 'down' }))).toBe('no node can reach a majority of the voters');
  });

  test('is one whose lonely node has stopped what it held', () => {
    const heard = ['n2', 'n3'];
    const majority = { n2: said('n2', { owner: 'n2', heard }), n3: said('n3', { owner: 'n2', heard }) };
    const lonely = said('n1', { owner: null, heard: ['n1'] });
    expect(whyNotAtRest(view({ n1: lonely, ...majority }, cut('n1')))).toBeNull();
    const holding = said('n1', { owner: 'n1', heard: ['n1'] });
    expect(whyNotAtRest(view({ n1: holding, ...majority }, cut('n1')))).toBe(
      'n1 has no majority and has not stopped web yet',
    );
    const unaware = said('n1', { owner: null });
    expect(whyNotAtRest(view({ n1: unaware, ...majority }, cut('n1')))).toBe(
      'n1 has not noticed yet that it has no majority',
    );
  });
});

test('two nodes that are cut from each other are reached over a third, unless that is gone', () => {
  expect(canReach(view(calm, cut('n1', 'n2')), 'n1', 'n2')).toBe(true);
  expect(canReach(view({ ...calm, n3: 'down' }, cut('n1', 'n2')), 'n1', 'n2')).toBe(false);
  expect(canReach(view(calm, cut('n1')), 'n2', 'n1')).toBe(false);
});

test('the owner is who says so of itself', () => {
  expect(ownersOf(view(calm), 'web')).toEqual(['n1']);
  expect(ownersOf(view({ ...calm, n1: 'down' }), 'web')).toEqual([]);
});

test('a group is as expected on its one node, or nowhere', () => {
  expect(isAsExpected(view(calm), 'web', { kind: 'on', node: 'n1' })).toBe(true);
  expect(isAsExpected(view(calm), 'web', { kind: 'on', node: 'n2' })).toBe(false);
  expect(isAsExpected(view(calm), 'web', { kind: 'nowhere' })).toBe(false);
  expect(isAsExpected(view({ ...calm, n1: 'down' }), 'web', { kind: 'nowhere' })).toBe(true);
  const both = view({ ...calm, n2: said('n2', { owner: 'n2' }) });
  expect(isAsExpected(both, 'web', { kind: 'on', node: 'n1' })).toBe(false);
});
