import { describe, expect, it } from 'vitest';
import {
  decodeKeptVoters,
  decodeHolderMemory,
  decodeKeptRevision,
  decodeKeptSpec,
  decodeLeftovers,
  decodeMember,
  decodePromised,
  decodeRunning,
  decodeVoterMemory,
} from '../../src/daemon/decode-memory.js';

describe('what a voter and a holder kept', () => {
  it('is nothing when a part is missing', () => {
    expect(decodeVoterMemory('{"promises":[],"sessions":[],"retired":[]}')).toBeNull();
    // Without its silence a memory that was begun in a quarantine would be taken for a whole one.
    const silenceless = { memory: 'm', promises: [], sessions: [], retired: [], epochMax: [] };
    expect(decodeVoterMemory(JSON.stringify(silenceless))).toBeNull();
    expect(decodeHolderMemory('{"incarnation":"i","seqReserved":1,"tableVersion":1,"held":[]}')).toBeNull();
  });

  it('comes back whole', () => {
    const voter = { memory: 'm', promises: [], sessions: [], retired: [], epochMax: [['web', 7]], silentUntilMs: null };
    expect(decodeVoterMemory(JSON.stringify(voter))).toEqual(voter);
    const holder = { incarnation: 'i', seqReserved: 1000, tableVersion: 3, held: [], epochMax: [], continuity: [] };
    expect(decodeHolderMemory(JSON.stringify(holder))).toEqual(holder);
  });
});

describe('R12 the line of voter sets', () => {
  const line = {
    number: 0,
    sets: [['n1']],
    hashes: ['0a'],
    isFounded: true,
    epochFloor: 0,
    revision: { generation: 1, hash: 'ab' },
  };
  const kept = { line, chooser: { promised: null, accepted: null }, seal: null };

  it('comes back whole', () => {
    expect(decodeKeptVoters(JSON.stringify(kept))).toEqual(kept);
  });

  it.each<[string, unknown]>([
    ['an empty text', ''],
    ['no chooser', { line }],
    ['no set', { ...kept, line: { ...line, sets: [] } }],
    ['fewer hashes than sets', { ...kept, line: { ...line, sets: [['n1'], ['n2']] } }],
    ['no word on founding', { ...kept, line: { ...line, isFounded: undefined } }],
  ])('is nothing with %s', (_, value) => {
    expect(decodeKeptVoters(typeof value === 'string' ? value : JSON.stringify(value))).toBeNull();
  });
});

describe('small texts', () => {
  it('R9 leftovers of an earlier spec are groups and resources, or nothing', () => {
    const left = { groups: [{ id: 'web' }], resources: [{ id: 'nginx' }] };
    expect(decodeLeftovers(JSON.stringify(left))).toEqual(left);
    expect(decodeLeftovers('{"groups":[]}')).toBeNull();
    expect(decodeLeftovers('{"groups":[')).toBeNull();
    expect(decodeLeftovers(null)).toBeNull();
  });

  it('S7 definitions of what may run that are none are left out', () => {
    const vip = { id: 'vip', type: 'builtin:vip', params: { address: '10.0.0.1' } };
    expect(decodeRunning(JSON.stringify([vip, { id: 'x' }, null]))).toEqual([vip]);
    expect(decodeRunning('[{"id":')).toEqual([]);
    expect(decodeRunning(null)).toEqual([]);
  });

  it('R7 promised lengths that are no numbers are left out', () => {
    const good = { leaseMs: 1000, stopBudgetMs: 500, untilWallMs: 5 };
    expect(decodePromised(JSON.stringify([good, { leaseMs: 'x' }, 3]))).toEqual([good]);
    expect(decodePromised(null)).toEqual([]);
  });

  it('a revision needs its generation, hash, parent and text', () => {
    const revision = { generation: 2, hash: 'aa', parent: null };
    expect(decodeKeptRevision(JSON.stringify({ revision, text: 't' }))).toEqual({
      revision,
      text: 't',
      superseded: [],
    });
    const superseded = [['bb', 1], ['cc'], null, [1, 'dd']];
    expect(decodeKeptRevision(JSON.stringify({ revision, text: 't', superseded }))?.superseded).toEqual([['bb', 1]]);
    expect(decodeKeptRevision(JSON.stringify({ revision: { generation: 2, hash: 'aa' }, text: 't' }))).toBeNull();
    expect(decodeKeptRevision(JSON.stringify({ revision }))).toBeNull();
  });

  it('a decoded spec is of one text and one version of the program', () => {
    const text = JSON.stringify({ software: 'fairlead 1', hash: 'aa', spec: { name: 'c' } });
    expect(decodeKeptSpec(text, { software: 'fairlead 1', hash: 'aa' })).toEqual({ name: 'c' });
    expect(decodeKeptSpec(text, { software: 'fairlead 2', hash: 'aa' })).toBeNull();
    expect(decodeKeptSpec(text, { software: 'fairlead 1', hash: 'bb' })).toBeNull();
  });

  it('a member is a string or nothing', () => {
    expect(decodeMember('{"boot":"b"}', 'boot')).toBe('b');
    expect(decodeMember('{"boot":1}', 'boot')).toBeNull();
    expect(decodeMember(null, 'boot')).toBeNull();
  });
});
