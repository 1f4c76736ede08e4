/** Holders and the answers that they get, with everything filled in that a test does not speak of. */
import { randomStream } from '../../src/base/random.js';
import type { Ack, Heartbeat, Refusal } from '../../src/model/message.js';
import { receiveAck } from '../../src/ownership/answers.js';
import { beat } from '../../src/ownership/beat.js';
import { expire } from '../../src/ownership/expiry.js';
import type { Held, HolderEvent, HolderState } from '../../src/ownership/holder.js';
import { beginHolder, claim } from '../../src/ownership/holder.js';
import { configurationOf } from '../../src/ownership/quorum.js';

/** The voters of every holder here. */
export const VOTERS = ['v1', 'v2', 'v3'] as const;

/** A holder that beats every 200 ms for a lease of 1000 ms and holds nothing. */
export function newHolder(options: Partial<Parameters<typeof beginHolder>[0]> = {}): HolderState {
  return beginHolder({
    node: 'n1',
    incarnation: 'n1-1',
    voters: VOTERS,
    everyMs: 200,
    leaseMs: 1000,
    drift: 0.1,
    ignoreSilenceMs: null,
    nowMs: 0,
    random: randomStream(1),
    ...options,
  });
}

/** Claims a group with the resource of the same name; wall time 50. */
export function claimAt(holder: HolderState, key: string, nowMs: number): void {
  claim(holder, { key, resources: [key], stopBudgetMs: 500, nowMs, wallMs: 50 });
}

/** The heartbeats of this moment, by voter; the last one where there are several. */
export function beatAt(holder: HolderState, nowMs: number): Map<string, Heartbeat> {
  expire(holder, nowMs);
  return new Map(beat(holder, { nowMs, digest: () => [] }).map(({ to, heartbeat }) => [to, heartbeat]));
}

/** The answer of a voter that has everything, grants everything, and whose clock shows the time of the answer. */
export function ackOf(heartbeat: Heartbeat, from: string, overrides: Partial<Ack> = {}): Ack {
  return {
    kind: 'ack',
    from,
    incarnation: heartbeat.incarnation,
    seq: heartbeat.seq,
    fullVersion: heartbeat.tableVersion,
    denials: [],
    complete: true,
    clockMs: 0,
    configuration: configurationOf(VOTERS),
    digest: [],
    continuity: { memory: from, breaks: 0 },
    ...overrides,
  };
}

/** A voter's refusal of a heartbeat. */
export function refusalOf(heartbeat: Heartbeat, from: string, overrides: Partial<Refusal> = {}): Refusal {
  return {
    kind: 'refusal',
    from,
    incarnation: heartbeat.incarnation,
    seq: heartbeat.seq,
    reason: 'token',
    token: `token-of-${from}`,
    waitMs: 0,
    configuration: configurationOf(VOTERS),
    ...overrides,
  };
}

/** Lets these voters ack a beat. */
export function answer(
  holder: HolderState,
  beats: ReadonlyMap<string, Heartbeat>,
  options: { readonly from: readonly string[]; readonly nowMs: number; readonly ack?: Partial<Ack> },
): HolderEvent[] {
  const { from, nowMs } = options;
  const events = expire(holder, nowMs);
  for (const voter of from) {
    const heartbeat = beats.get(voter);
    if (heartbeat === undefined) throw new Error(`no heartbeat went to ${voter}`);
    events.push(...receiveAck(holder, ackOf(heartbeat, voter, { clockMs: nowMs, ...options.ack }), nowMs));
  }
  return events;
}

/** Brings a holder to own a group at a time, acked by v1 and v2. */
export function ownAt(holder: HolderState, key: string, nowMs: number): Held {
  claimAt(holder, key, nowMs);
  answer(holder, beatAt(holder, nowMs), { from: ['v1', 'v2'], nowMs });
  const held = heldOf(holder, key);
  if (held.state !== 'own') throw new Error(`${key} is not owned`);
  return held;
}

/** What a holder has under a key. */
export function heldOf(holder: HolderState, key: string): Held {
  const held = holder.held.get(key);
  if (held === undefined) throw new Error(`${key} is not listed`);
  return held;
}
