import type { Continuity, Refusal } from '../model/message.js';

/** What the holder knows of one voter. */
export interface VoterContact {
  token: string;
  /** When the token last changed. */
  tokenAtMs: number;
  /** Table version up to which the voter has everything. */
  fullVersion: number;
  /** Until when its newest ack of any heartbeat makes this node quorate. */
  ackUntilMs: number;
  /** Last time it said anything, acks and refusals alike. */
  heardAtMs: number;
  refusal: { readonly reason: Refusal['reason']; readonly untilMs: number } | null;
  /** What it said last of its promises to this node; null when it never did. */
  continuity: Continuity | null;
  /** The voter's clock at its newest ack, beside the send time of the heartbeat it answered. */
  clock: { readonly seq: number; readonly voterMs: number; readonly sentAtMs: number } | null;
  /** Whether it is to be found out that its clock runs too fast; null when there is no reason to. */
  trial: ClockTrial | null;
  /** How many times the clock of another voter its clock runs, where that was found to be too fast; null otherwise. */
  pace: number | null;
}

/** Readings by which a voter's clock is compared with those of the others. Shape: `fromMs` and `until` are its own two readings, `witnesses` has the first ones of others. */
export interface ClockTrial {
  readonly token: string;
  /** When the readings of the witnesses had been received, on this node's clock. */
  readonly beganAtMs: number;
  readonly witnesses: Map<string, { readonly token: string; readonly clockMs: number }>;
  fromMs: number | null;
  until: { readonly clockMs: number; readonly receivedAtMs: number } | null;
}

/** A voter of which nothing is known. */
export function newContact(): VoterContact {
  return {
    token: '',
    tokenAtMs: Number.NEGATIVE_INFINITY,
    fullVersion: 0,
    ackUntilMs: Number.NEGATIVE_INFINITY,
    heardAtMs: Number.NEGATIVE_INFINITY,
    refusal: null,
    continuity: null,
    clock: null,
    trial: null,
    pace: null,
  };
}
