/** Voters and the heartbeats they are put to, with everything filled in that a test does not speak of. */
import { versionedTable } from '../../src/base/versioned-table.js';
import type { VersionedTable } from '../../src/base/versioned-table.js';
import { setEntry } from '../../src/base/versioned-table.js';
import type { Ack, HeldEntry, Heartbeat, Message } from '../../src/model/message.js';
import { tableFingerprint } from '../../src/ownership/beat.js';
import { configurationOf } from '../../src/ownership/quorum.js';
import type { VoterAnswer, VoterState } from '../../src/ownership/voter-state.js';
import { beginVoter } from '../../src/ownership/voter-state.js';
import { receiveHeartbeat } from '../../src/ownership/voter.js';

/** The token of every voter here. */
export const TOKEN = 'token-of-v1';
const configuration = configurationOf(['v1', 'v2', 'v3']);
/** Lease length of the heartbeats, and the drift that the voters reckon with: P(1000) = 1223, P(500) = 612. */
export const LEASE_MS = 1000;
/** Bound of the clocks' rate. */
export const DRIFT = 0.1;

/** A voter that remembers nothing and need not be silent. */
export function newVoter(options: Partial<Parameters<typeof beginVoter>[0]> = {}): VoterState {
  return beginVoter({
    node: 'v1',
    token: TOKEN,
    configuration,
    drift: DRIFT,
    leaseMs: LEASE_MS,
    quarantineUntilMs: Number.NEGATIVE_INFINITY,
    ...options,
  });
}

/** A node's side of what a voter knows: its table and the number of its next heartbeat. */
export interface Candidate {
  readonly node: string;
  incarnation: string;
  seq: number;
  readonly table: VersionedTable<HeldEntry>;
}

/** A node that holds nothing. */
export function candidate(node: string, incarnation = `${node}-1`): Candidate {
  return { node, incarnation, seq: 0, table: versionedTable() };
}

/** Lists a claim on a group that excludes the resource of the same name. */
export function listClaim(from: Candidate, key: string, entry: Partial<HeldEntry> = {}): void {
  const claimVersion = from.table.version + 1;
  setEntry(from.table, key, {
    epoch: 1,
    state: 'claim',
    claimVersion,
    resources: [key],
    stopBudgetMs: 500,
    ...entry,
  });
}

/** Changes what a listed lease says. */
export function change(from: Candidate, key: string, to: Partial<HeldEntry>): void {
  const before = from.table.entries.get(key)?.value;
  if (before === null || before === undefined) throw new Error(`${key} is not listed`);
  setEntry(from.table, key, { ...before, ...to });
}

/** Says that a lease is given up. */
export function drop(from: Candidate, key: string): void {
  setEntry(from.table, key, null);
}

/** The next heartbeat of a node, with its whole table in one piece. */
export function nextHeartbeat(from: Candidate, overrides: Partial<Heartbeat> = {}): Heartbeat {
  from.seq += 1;
  return {
    kind: 'heartbeat',
    from: from.node,
    incarnation: from.incarnation,
    seq: from.seq,
    token: TOKEN,
    configuration,
    leaseMs: LEASE_MS,
    tableVersion: from.table.version,
    fingerprint: tableFingerprint(from.table),
    table: { from: 0, to: from.table.version, entries: [...from.table.entries.values()] },
    digest: [],
    ...overrides,
  };
}

/** Puts a heartbeat to a voter. */
export function put(voter: VoterState, heartbeat: Heartbeat, nowMs: number): VoterAnswer[] {
  return receiveHeartbeat(voter, heartbeat, { nowMs, digest: () => [] });
}

/** Sends a node's next heartbeat to a voter and returns the ack. */
export function renewAt(voter: VoterState, from: Candidate, nowMs: number, overrides: Partial<Heartbeat> = {}): Ack {
  const answer = put(voter, nextHeartbeat(from, overrides), nowMs)
    .map((each) => each.message)
    .find(isAck);
  if (answer === undefined) throw new Error('the voter did not ack');
  return answer;
}

function isAck(message: Message): message is Ack {
  return message.kind === 'ack';
}

/** In short what a voter answered: `ack full 2, web denied (by n1, epoch 7)`, `refusal token`. */
export function said(answers: readonly VoterAnswer[]): string[] {
  return answers.map(({ to, message }) => {
    if (message.kind === 'refusal') return `${to}: refusal ${message.reason}, wait ${message.waitMs}`;
    if (message.kind === 'free') return `${to}: free ${message.key}`;
    const denials = message.denials.map(
      (denial) => `, ${denial.key} denied (by ${denial.by || 'its epoch'}, epoch ${denial.epochMax})`,
    );
    return `${to}: ack full ${message.fullVersion}${denials.join('')}${message.complete ? '' : ', incomplete'}`;
  });
}
