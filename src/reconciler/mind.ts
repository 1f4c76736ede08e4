import type { RandomStream } from '../base/random.js';
import type { ClusterSpec, NodeProbe } from '../model/cluster-spec.js';
import type { LeaseKey } from '../model/lease.js';
import type { Digest, Heartbeat } from '../model/message.js';
import type { LeaseObservation, ObservedCluster, PingObservation } from '../model/observation.js';
import type { Plan } from '../model/plan.js';
import type { CheckWatch } from '../lifecycle/check-watch.js';
import type { PingWatch } from '../lifecycle/ping-watch.js';
import type { ResourceLife } from '../lifecycle/resource-life.js';
import type { HearingState } from '../membership/hearing.js';
import type { RecordsState } from '../membership/records.js';
import type { HolderRules, HolderState } from '../ownership/holder.js';
import type { VoterRules } from '../ownership/voter-rules.js';
import type { VoterState } from '../ownership/voter-state.js';
import type { AlertMemory } from './alert-memory.js';
import type { Conditions } from './conditions.js';
import type { FencingRules, FencingState } from './fencing-state.js';
import type { GuardMemory } from './guard-memory.js';
import type { Effect, Route } from './input-effect.js';
import type { RevisionsState } from './revisions-state.js';
import type { PromisedLengths } from './promised-lengths.js';
import type { RunningMemory } from './running-memory.js';
import type { SpecIndex } from './spec-index.js';
import type { VoterChangeRules, VotersState } from './voters-state.js';

/** One node's whole mind. Plain data, owned by one driver and updated in place by {@link import('./step.js').step}. */
export interface Mind {
  readonly node: string;
  readonly software: string;
  readonly startedAtMs: number;
  /** Where this daemon listens for as long as it lives, whatever the spec says by then. */
  readonly listensOn: string;
  spec: ClusterSpec;
  index: SpecIndex;
  /** Counts the changes of the spec and of its leftovers. */
  specCount: number;
  readonly revisions: RevisionsState;
  readonly holder: HolderState;
  /** There on every node, since any may be made a voter; it answers only while it is one. */
  readonly voter: VoterState;
  readonly voters: VotersState;
  readonly records: RecordsState;
  readonly hearing: HearingState;
  /** What this node's record says at present of what is looked at in every step. Shape: links as bits, by peer. */
  readonly said: {
    readonly heard: Map<string, number>;
    readonly leases: Map<LeaseKey, LeaseObservation>;
    readonly pings: Map<string, PingObservation>;
  };
  /** Per peer, the newest heartbeat that showed it to be there, so that replays show nothing. */
  readonly freshness: Map<string, Freshness>;
  /** Since when this node, with a majority behind it, has known nodes to be silent. */
  readonly silentSinceMs: Map<string, number>;
  /** Per voter and link, the newest of this node's heartbeats that it answered there. */
  readonly answered: Map<string, Map<number, number>>;
  /** Per node, the ways over which its heartbeats came in this step. */
  readonly ways: Map<string, Route[]>;
  /** Per peer, what it said in this step of what it knows, and the way over which it came last. */
  readonly digests: Map<string, { readonly digest: Digest; readonly way: Route }>;
  /** Heartbeats to this node's own voter that are to be answered in this step. */
  readonly ownBeats: Heartbeat[];
  /** Resources on this node, in order of their ids. */
  readonly lives: Map<string, ResourceLife>;
  /** What an earlier daemon may have left running here and nothing says how to look for: unknown, until the spec names it again. */
  readonly unaccounted: Set<string>;
  /** Resources that run, or may, as members of another group than the one that they are of by now. */
  readonly moved: Set<string>;
  /** Resources whose life changed in this step and is to be published. */
  readonly touched: Set<string>;
  readonly pings: Map<string, PingWatch>;
  /** Checks of this node itself, its health among them. */
  readonly checks: Map<string, CheckWatch<NodeProbe>>;
  plan: Plan | null;
  /** Actions of the plan that were carried out since it was made. */
  readonly done: Set<string>;
  /** What the plan was made from, to notice that it is out of date. */
  planView: PlanView | null;
  /** What the plan was made, or asked, for; null while none was. */
  planFor: { readonly specCount: number; readonly observed: ObservedCluster } | null;
  /** Number of the view that a plan under way was asked for; null when none is. */
  planAsked: number | null;
  /** When a plan that could not be made may be asked for again. */
  planAgainAtMs: number;
  viewCount: number;
  operationCount: number;
  /** When every peer was looked at last, in a cluster too large for a look in every step. */
  lookedAtMs: number;
  /** Since when a group could have been claimed but for nodes that come first (R15). */
  readonly claimableSince: Map<string, number>;
  /** Per node, the newest of its requests for a retry that was heeded here. */
  readonly heeded: Map<string, number>;
  /** The count of changes of the records for which requests were looked for last. */
  heededAt: number;
  isLeaving: boolean;
  hasLeft: boolean;
  /** For how long this voter may have promised (R7). */
  readonly promised: PromisedLengths;
  readonly guard: GuardMemory;
  readonly running: RunningMemory;
  /** What this node wrote of attributes, as it was kept last: for this boot, and for good. Shape: empty while nothing was kept; `isStale` when something was written since. */
  readonly attributes: { volatile: string; durable: string; isStale: boolean };
  /** The leftovers as they were kept last, and the {@link specCount} for which that is. */
  readonly leftovers: { text: string; specCount: number };
  readonly fencing: FencingState;
  readonly alerts: AlertMemory;
  readonly conditions: Conditions;
  readonly counters: Map<string, number>;
  readonly random: RandomStream;
  readonly rules: MindRules;
}

/** What a plan is made from, told apart by what changes with it. Shape: `peers` and `fencing` are texts that say who is there, and what is told of fences here. */
export interface PlanView {
  readonly changes: number;
  readonly specCount: number;
  readonly peers: string;
  readonly fencing: string;
}

/** The newest heartbeats of a peer that were taken for a sign of life, per link: one and the same comes once over each. */
export interface Freshness {
  incarnation: string;
  readonly seqs: Map<number, number>;
  readonly retired: string[];
}

/** Rules that a test build may switch off. */
export interface MindRules {
  readonly holder?: HolderRules;
  readonly voter?: VoterRules;
  readonly voters?: VoterChangeRules;
  readonly fencing?: FencingRules;
  /** R9: released only when nothing of it runs. */
  readonly releaseAfterStop: boolean;
  /** S2: `permit` asks for a live lease before a start. */
  readonly permit: boolean;
  /** R6: a restarted daemon goes on with what it held where it goes on under its incarnation. */
  readonly session: boolean;
  /** S4: what a reload is to give is kept before it begins. */
  readonly keepReload: boolean;
}

/** All rules on. */
export const allMindRules: MindRules = { releaseAfterStop: true, permit: true, session: true, keepReload: true };

/** Counts something for `status`. */
export function count(mind: Mind, name: string): void {
  mind.counters.set(name, (mind.counters.get(name) ?? 0) + 1);
}

/** Collects a step's effects. */
export type Effects = Effect[];

/** Says something in the log. */
export function log(effects: Effects, level: 'error' | 'warn' | 'info' | 'debug', sentence: string): void {
  effects.push({ kind: 'log', level, sentence });
}
