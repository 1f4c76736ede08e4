/** The line of voter sets (R12): how it begins, how it goes on, and how two lines stand to each other. */
import { fingerprint } from '../base/fingerprint.js';
import { compareIds } from '../base/order.js';
import { lineHashesMax } from '../model/voter-line.js';
import type { Configuration, Offer, VoterLine, WantedBy } from '../model/voter-line.js';
import { configurationOf, isSameConfiguration } from './quorum.js';

/** A line of one set, the first. Shape: `voters` in any order. */
export function firstLine(options: {
  readonly voters: readonly string[];
  readonly revision: WantedBy;
  readonly isFounded: boolean;
}): VoterLine {
  const { voters, isFounded, revision } = options;
  const { generation, hash } = revision;
  return {
    number: 0,
    sets: [[...voters].sort(compareIds)],
    hashes: [configurationOf(voters).hash],
    isFounded,
    epochFloor: 0,
    revision: { generation, hash },
  };
}

/** The line with the chosen successor beside the set in force: from now on a majority of each is needed. */
export function joinedLine(line: VoterLine, offer: Offer): VoterLine {
  const voters = [...offer.voters].sort(compareIds);
  const hash = fingerprint([line.hashes.at(-1) ?? '', ...voters].join('\n'));
  return {
    ...line,
    sets: [...line.sets.slice(-1), voters],
    hashes: [...line.hashes, hash].slice(-lineHashesMax),
    revision: offer.revision,
  };
}

/** The line with the newest set alone. */
export function finishedLine(line: VoterLine, epochFloor: number): VoterLine {
  return {
    ...line,
    number: line.number + line.sets.length - 1,
    sets: line.sets.slice(-1),
    epochFloor: Math.max(line.epochFloor, epochFloor),
  };
}

/** How messages name where a line stands. One that is not founded has names of its own, so that whoever has a founded one sees that its owner must be told. */
export function configurationOfLine(line: VoterLine): Configuration {
  if (!line.isFounded) return beginningsOf(line)[line.isPledged === true ? 'pledged' : 'founding'];
  return { phase: 2 * line.number + line.sets.length - 1, hash: line.hashes.at(-1) ?? '' };
}

/**
 * The two names of a line that is not founded: before its node has heard every voter, and after.
 *
 * The revision is in them, so that a set which is wanted again, after another one was, is not founded by what was said of it before.
 */
export function beginningsOf({ hashes, revision }: VoterLine): {
  readonly founding: Configuration;
  readonly pledged: Configuration;
} {
  const name = (stage: string): Configuration => ({
    phase: 0,
    hash: fingerprint(`${stage}\n${revision.generation}\n${revision.hash}\n${hashes.at(-1) ?? ''}`),
  });
  return { founding: name('founding'), pledged: name('pledged') };
}

/** Whether a node stands at one of the two. */
export function isAtBeginningOf(line: VoterLine, place: Configuration | undefined): boolean {
  if (place === undefined) return false;
  const { founding, pledged } = beginningsOf(line);
  return isSameConfiguration(place, founding) || isSameConfiguration(place, pledged);
}

/** The newest set of a line. */
export function newestSet(line: VoterLine): readonly string[] {
  return line.sets.at(-1) ?? [];
}

/**
 * How a line that was heard of stands to one's own.
 *
 * same: it says nothing new. behind: its owner is to be told one's own. ahead: it continues one's own, or one's own was never founded. forked: both were founded, and are about different sets under one number.
 * strange: neither was founded, and they differ.
 */
export function compareLines(own: VoterLine, other: VoterLine): 'same' | 'behind' | 'ahead' | 'forked' | 'strange' {
  const a = configurationOfLine(own);
  const b = configurationOfLine(other);
  if (!own.isFounded && !other.isFounded) return a.hash === b.hash ? 'same' : 'strange';
  if (!own.isFounded) return 'ahead';
  if (!other.isFounded) return 'behind';
  const common = Math.min(topOf(own), topOf(other));
  const ownHash = hashAt(own, common);
  const otherHash = hashAt(other, common);
  if (ownHash !== undefined && otherHash !== undefined && ownHash !== otherHash) return 'forked';
  return a.phase === b.phase ? 'same' : a.phase < b.phase ? 'ahead' : 'behind';
}

function topOf(line: VoterLine): number {
  return line.number + line.sets.length - 1;
}

function hashAt(line: VoterLine, number: number): string | undefined {
  return line.hashes[line.hashes.length - 1 - (topOf(line) - number)];
}
