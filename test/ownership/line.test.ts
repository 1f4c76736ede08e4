import { describe, expect, it } from 'vitest';
import type { VoterLine } from '../../src/model/voter-line.js';
import { lineHashesMax } from '../../src/model/voter-line.js';
import { compareLines, configurationOfLine, finishedLine, firstLine, joinedLine } from '../../src/ownership/line.js';
import { haveMajority, setsUntil } from '../../src/ownership/quorum.js';

const revision = { generation: 1, hash: 'ab'.repeat(32) };
const founded = (...voters: string[]): VoterLine => firstLine({ voters, revision, isFounded: true });
const offer = (...voters: string[]) => ({ voters, revision });
const next = (line: VoterLine, ...voters: string[]): VoterLine => finishedLine(joinedLine(line, offer(...voters)), 0);

describe('R12 the line of voter sets', () => {
  const first = founded('n1', 'n2', 'n3');

  it('counts its phases: a set alone is even, two together are odd', () => {
    const joined = joinedLine(first, offer('n5', 'n3', 'n4'));
    expect(configurationOfLine(first).phase).toBe(0);
    expect(configurationOfLine(joined).phase).toBe(1);
    expect(joined.sets).toEqual([
      ['n1', 'n2', 'n3'],
      ['n3', 'n4', 'n5'],
    ]);
    expect(finishedLine(joined, 9)).toMatchObject({ number: 1, sets: [['n3', 'n4', 'n5']], epochFloor: 9 });
    expect(configurationOfLine(finishedLine(joined, 0)).phase).toBe(2);
  });

  it('never lowers the floor of epochs', () => {
    const high = finishedLine(joinedLine(first, offer('n1')), 9);
    expect(finishedLine(joinedLine(high, offer('n2')), 3).epochFloor).toBe(9);
  });

  it('names the same voters differently after another history', () => {
    const back = next(next(first, 'n1', 'n2', 'n4'), 'n1', 'n2', 'n3');
    const other = next(next(first, 'n1', 'n2', 'n5'), 'n1', 'n2', 'n3');
    expect(back.sets).toEqual(other.sets);
    expect(configurationOfLine(back).hash).not.toBe(configurationOfLine(other).hash);
  });

  it.each<[string, VoterLine, VoterLine, ReturnType<typeof compareLines>]>([
    ['one and the same', first, founded('n1', 'n2', 'n3'), 'same'],
    ['a change that has begun', first, joinedLine(first, offer('n4')), 'ahead'],
    ['a set before', next(first, 'n4'), joinedLine(first, offer('n4')), 'behind'],
    ['many sets on', first, next(next(next(first, 'n4'), 'n5'), 'n6'), 'ahead'],
    ['another first set', first, founded('n1', 'n2', 'n4'), 'forked'],
    ['another successor', joinedLine(first, offer('n4')), joinedLine(first, offer('n5')), 'forked'],
    ['another successor, a set on', joinedLine(first, offer('n4')), next(next(first, 'n5'), 'n6'), 'forked'],
    ['what goes on from another first set', first, next(founded('n4'), 'n5'), 'forked'],
  ])('tells %s', (_, own, other, relation) => {
    expect(compareLines(own, other)).toBe(relation);
  });

  it('gives up what was never founded for what was, whatever it is, and not the other way round', () => {
    const guess = firstLine({ voters: ['n1', 'n2', 'n3'], revision, isFounded: false });
    for (const other of [first, founded('n7'), next(first, 'n4')]) {
      expect(compareLines(guess, other)).toBe('ahead');
      expect(compareLines(other, guess)).toBe('behind');
    }
    expect(configurationOfLine(guess)).not.toEqual(configurationOfLine(first));
  });

  it('is not fooled by two guesses', () => {
    const guess = (...voters: string[]) => firstLine({ voters, revision, isFounded: false });
    expect(compareLines(guess('n1'), guess('n1'))).toBe('same');
    expect(compareLines(guess('n1'), guess('n2'))).toBe('strange');
  });

  it('names a set that is wanted again anew, and one that a node pledged itself to otherwise', () => {
    const guess = firstLine({ voters: ['n1', 'n2'], revision, isFounded: false });
    const again = { ...guess, revision: { ...revision, generation: revision.generation + 2 } };
    const rival = { ...guess, revision: { ...revision, hash: 'of another text' } };
    const lines = [guess, again, rival].flatMap((line) => [line, { ...line, isPledged: true }]);
    expect(new Set(lines.map((line) => configurationOfLine(line).hash)).size).toBe(6);
  });

  it('follows a line over more sets than it remembers', () => {
    let line = first;
    for (let i = 0; i < lineHashesMax + 3; i++) line = next(line, `n${i}`);
    expect(line.hashes).toHaveLength(lineHashesMax);
    expect(compareLines(first, line)).toBe('ahead');
  });
});

describe('R12 a majority of each set', () => {
  const sets = [
    ['n1', 'n2', 'n3'],
    ['n3', 'n4', 'n5'],
  ];

  it.each<[string, readonly string[], boolean]>([
    ['most of the old ones only', ['n1', 'n2', 'n3'], false],
    ['most of the new ones only', ['n3', 'n4', 'n5'], false],
    ['most of all of them, but not of each', ['n1', 'n4', 'n5'], false],
    ['two of each, one of them in both', ['n1', 'n3', 'n5'], true],
    ['two and two', ['n1', 'n2', 'n4', 'n5'], true],
  ])('%s', (_, voters, isEnough) => {
    expect(haveMajority(sets, (voter) => voters.includes(voter))).toBe(isEnough);
    expect(setsUntil(sets, (voter) => (voters.includes(voter) ? 7 : Number.NEGATIVE_INFINITY))).toBe(
      isEnough ? 7 : Number.NEGATIVE_INFINITY,
    );
  });

  it('lasts as long as the shorter of the two', () => {
    const until = new Map([
      ['n1', 10],
      ['n2', 9],
      ['n3', 3],
      ['n4', 5],
      ['n5', 1],
    ]);
    expect(setsUntil(sets, (voter) => until.get(voter) ?? 0)).toBe(3);
  });
});
