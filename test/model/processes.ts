/** The shipped steps of one holder and of one voter, on states and messages that are known by their numbers. Each step is carried out once and remembered. */
import { randomStream } from '../../src/base/random.js';
import { decodeVoterMemory } from '../../src/daemon/decode-memory.js';
import type { Ack, Heartbeat, Refusal } from '../../src/model/message.js';
import { receiveAck, receiveRefusal } from '../../src/ownership/answers.js';
import { beat } from '../../src/ownership/beat.js';
import { expire } from '../../src/ownership/expiry.js';
import type { Held, HolderRules, HolderState } from '../../src/ownership/holder.js';
import { beginHolder, claim, release } from '../../src/ownership/holder.js';
import { restoreVoter, saveVoter } from '../../src/ownership/memory.js';
import { quarantineUntilMs } from '../../src/ownership/quarantine.js';
import { configurationOf } from '../../src/ownership/quorum.js';
import type { VoterRules } from '../../src/ownership/voter-rules.js';
import type { VoterState } from '../../src/ownership/voter-state.js';
import { beginVoter } from '../../src/ownership/voter-state.js';
import { receiveHeartbeat } from '../../src/ownership/voter.js';
import { LocalStates } from './local-states.js';
import { Remembered } from './remembered.js';
import { NOW_MS, settleHolder, settleVoter, TICK_MS } from './settle.js';

/** A message and who is to get it. */
export interface Flight {
  readonly to: string;
  readonly message: Heartbeat | Ack | Refusal;
}

/** What a holder does beside sending its heartbeats. */
export type Deed = 'beats' | 'claims';

/** A world's lengths in steps of time, and its rules. */
export interface WorldSpec {
  readonly lease: number;
  readonly stopBudget: number;
  readonly holderRules: HolderRules;
  readonly voterRules: VoterRules;
}

export const VOTERS = ['v1', 'v2', 'v3'] as const;
export const HOLDERS = ['a', 'b'] as const;
const KEY = 'web';
const CONFIGURATION = configurationOf(VOTERS);
const digest = () => [];

/** Every state that a process was in, and what each step made of it. */
export class Processes {
  readonly holders = new LocalStates<HolderState>();
  readonly voters = new LocalStates<VoterState>();
  readonly flights = new LocalStates<Flight>();
  readonly #spec: WorldSpec;
  readonly #turns = new Remembered<readonly number[]>();
  readonly #heard = new Remembered<readonly number[]>();
  readonly #heeded = new Remembered<number>();
  readonly #expired = new Remembered<number>();
  readonly #restarted = new Remembered<number>();

  constructor(spec: WorldSpec) {
    this.#spec = spec;
  }

  /** Everybody's first state: nothing was ever claimed. */
  begin(): { readonly holders: number[]; readonly voters: number[] } {
    const holders = HOLDERS.map((node) => this.#newHolder(node));
    const voters = VOTERS.map((node) => this.#newVoter(node, 0, Number.NEGATIVE_INFINITY));
    for (const holder of holders) {
      // The first heartbeats bring the voters' tokens, the second ones are acked.
      for (let round = 0; round < 2; round++) {
        for (const { to, heartbeat } of beat(holder, { nowMs: NOW_MS, digest })) {
          const voter = voters.find(({ node }) => node === to);
          const [answer] = voter === undefined ? [] : receiveHeartbeat(voter, heartbeat, { nowMs: NOW_MS, digest });
          if (answer?.message.kind === 'ack') receiveAck(holder, answer.message, NOW_MS);
          if (answer?.message.kind === 'refusal') receiveRefusal(holder, answer.message, NOW_MS);
        }
      }
    }
    return {
      holders: holders.map((each) => this.holders.numberOf(settleHolder(each, 0, []))),
      voters: voters.map((each) => this.voters.numberOf(settleVoter(each, 0, new Map()))),
    };
  }

  held(holder: number): Held | undefined {
    return this.holders.at(holder).held.get(KEY);
  }

  /** Whether what the lease is for may still run: until its deadline, whatever its holder knows. */
  mayRun(holder: number): boolean {
    const held = this.held(holder);
    return held !== undefined && held.state !== 'claim' && held.deadByMs > NOW_MS;
  }

  /** The holder's heartbeats to v1, v2 and v3 after a deed, when so many claims were made before. Shape: the holder's state, then three flights; nothing when none is due, or it cannot do that. */
  turn(holder: number, deed: Deed, claims: number): readonly number[] {
    return this.#turns.of(holder, deed === 'beats' ? 0 : 1 + claims, () => {
      const state = structuredClone(this.holders.at(holder));
      if (state.nextBeatAtMs > NOW_MS) return [];
      expire(state, NOW_MS);
      const held = state.held.get(KEY);
      if (deed === 'claims') {
        if (held !== undefined) return [];
        const stopBudgetMs = this.#spec.stopBudget * TICK_MS;
        claim(state, { key: KEY, resources: ['ip'], stopBudgetMs, nowMs: NOW_MS, wallMs: claims + 1 });
      } else if (held?.state === 'lapsed' && held.deadByMs <= NOW_MS) release(state, KEY, NOW_MS);
      const beats = beat(state, { nowMs: NOW_MS, digest });
      const flights = beats.map(({ to, heartbeat }) => this.flights.numberOf({ to, message: heartbeat }));
      return [this.holders.numberOf(state), ...flights];
    });
  }

  /** What a voter makes of a heartbeat. Shape: its state, then the flight of its answer if it has one. */
  hear(voter: number, flight: number): readonly number[] {
    return this.#heard.of(voter, flight, () => {
      const { message } = this.flights.at(flight);
      if (message.kind !== 'heartbeat') return [voter];
      const state = structuredClone(this.voters.at(voter));
      const answers = receiveHeartbeat(state, message, { nowMs: NOW_MS, digest });
      const flights = answers.flatMap(({ to, message: answer }) =>
        answer.kind === 'free' ? [] : [this.flights.numberOf({ to, message: answer })],
      );
      return [this.voters.numberOf(state), ...flights];
    });
  }

  /** What a holder makes of an answer. */
  heed(holder: number, flight: number): number {
    return this.#heeded.of(holder, flight, () => {
      const { message } = this.flights.at(flight);
      const state = structuredClone(this.holders.at(holder));
      expire(state, NOW_MS);
      if (message.kind === 'ack' && receiveAck(state, message, NOW_MS).some(({ kind }) => kind === 'owned'))
        // That it owns the lease is said with its next heartbeat: at once would treble the states and show nothing new.
        state.nextBeatAtMs = NOW_MS + state.everyMs;
      if (message.kind === 'refusal') receiveRefusal(state, message, NOW_MS);
      return this.holders.numberOf(state);
    });
  }

  /** A holder as a step of time finds it: whatever it is told next, its leases lapse first (R8). */
  expired(holder: number): number {
    return this.#expired.of(holder, 0, () => {
      const state = structuredClone(this.holders.at(holder));
      expire(state, NOW_MS + TICK_MS);
      return this.holders.numberOf(state);
    });
  }

  /** A voter's daemon starts anew, with its memory or without. */
  restart(voter: number, memory: 'kept' | 'lost'): number {
    return this.#restarted.of(voter, memory === 'kept' ? 0 : 1, () => {
      const before = this.voters.at(voter);
      const start = this.restarts(voter) + 1;
      const kept = memory === 'kept' ? decodeVoterMemory(saveVoter(before)) : null;
      const quarantineMs = kept === null ? this.#quarantineMs() : Number.NEGATIVE_INFINITY;
      const state = this.#newVoter(before.node, start, quarantineMs);
      if (kept !== null) restoreVoter(state, kept, NOW_MS);
      return this.voters.numberOf(settleVoter(state, 0, new Map()));
    });
  }

  /** How often a voter's daemon was started anew. */
  restarts(voter: number): number {
    const { node, token } = this.voters.at(voter);
    return Number(token.slice(node.length + 1));
  }

  #quarantineMs(): number {
    const { lease, stopBudget } = this.#spec;
    return quarantineUntilMs({
      past: { kind: 'lost' },
      startedAtMs: NOW_MS,
      leaseMsMax: lease * TICK_MS,
      stopBudgetMsMax: stopBudget * TICK_MS,
      drift: 0,
    });
  }

  #newHolder(node: string): HolderState {
    const rules = this.#spec.holderRules;
    const leaseMs = this.#spec.lease * TICK_MS;
    return beginHolder({
      node,
      incarnation: `${node}.0`,
      voters: VOTERS,
      // A quarter of the lease at the most, as a spec has it.
      everyMs: leaseMs / 4,
      leaseMs,
      drift: 0,
      ignoreSilenceMs: null,
      nowMs: NOW_MS,
      random: randomStream(1),
      rules,
    });
  }

  #newVoter(node: string, start: number, quarantine: number): VoterState {
    return beginVoter({
      node,
      token: `${node}.${start}`,
      configuration: CONFIGURATION,
      drift: 0,
      leaseMs: this.#spec.lease * TICK_MS,
      quarantineUntilMs: quarantine,
      rules: this.#spec.voterRules,
    });
  }
}
