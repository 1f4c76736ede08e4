import { randomStream } from '../base/random.js';
import { stableJson } from '../base/stable-json.js';
import type { AttributeEntry } from '../model/attribute.js';
import type { ClusterSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { GuardOrders } from '../model/guard-orders.js';
import type { Revision } from '../model/revision.js';
import type { VoterLine } from '../model/voter-line.js';
import { beginHearing } from '../membership/hearing.js';
import { beginRecords } from '../membership/records.js';
import { countVoters } from '../ownership/count-voters.js';
import { beginHolder } from '../ownership/holder.js';
import { configurationOfLine } from '../ownership/line.js';
import type { HolderMemory, VoterMemory } from '../ownership/memory.js';
import { restoreHolder, restoreLasting, restoreVoter } from '../ownership/memory.js';
import { forgetPromises } from '../ownership/promise-end.js';
import type { VoterPast } from '../ownership/quarantine.js';
import { quarantineUntilMs } from '../ownership/quarantine.js';
import type { VoterState } from '../ownership/voter-state.js';
import { beginVoter } from '../ownership/voter-state.js';
import { beginAttributes } from './attributes.js';
import { beginAlertMemory } from './alert-memory.js';
import { beginConditions } from './conditions.js';
import { certifyEndedLives } from './certificates.js';
import type { KeptFencing } from './fencing-state.js';
import { allFencingRules, beginFencing, isTakenForDead } from './fencing-state.js';
import { followSpec } from './follow-spec.js';
import { awaitRevision, inheritedDefinitions, inheritedResources, withForgotten } from './inherited.js';
import { listeningPlace } from './listening-place.js';
import { beginGuardMemory, withRenewals } from './guard-memory.js';
import type { StepTime } from './input-effect.js';
import type { Mind, MindRules } from './mind.js';
import type { Promised } from './promised-lengths.js';
import { beginPromisedLengths, longestOf } from './promised-lengths.js';
import { allMindRules } from './mind.js';
import type { Superseded } from './revisions-state.js';
import { beginRevisions } from './revisions-state.js';
import type { Leftovers } from './spec-index.js';
import type { KeptVoters } from './voters-state.js';
import { allVoterChangeRules, beginVoters } from './voters-state.js';
import { ignoredSilence, promisedBudgetMsMax, noLeftovers, specIndex, stillLeft, votersOf } from './spec-index.js';

/** What a mind begins with. */
export interface MindBeginning {
  readonly node: string;
  readonly software: string;
  readonly spec: ClusterSpec;
  readonly revision: Revision;
  readonly text: string;
  /** Hash of the watched file when this node last looked, in an earlier life; null when it never did. */
  readonly fileHash: string | null;
  /** Revisions of the past; see `RevisionsState`. */
  readonly superseded?: readonly Superseded[];
  /** New for this start; sorts after those of earlier starts. */
  readonly incarnation: string;
  readonly token: string;
  readonly seed: number;
  readonly past: VoterPast;
  /** From when on no earlier daemon of this node can have promised anything, where that is known; the beginning itself otherwise. */
  readonly startedAtMs?: number;
  readonly voterMemory: VoterMemory | null;
  /** The line of voter sets as it was kept; null where none was. */
  readonly voters?: KeptVoters | null;
  readonly holderMemory: HolderMemory | null;
  /** What was kept of fencing; null where nothing was. */
  readonly fencing?: KeptFencing | null;
  /** Names the present boot of the machine. */
  readonly boot?: string;
  readonly promised: readonly Promised[];
  /** What an earlier daemon of this boot left to the guard. */
  readonly guardOrders?: GuardOrders | null;
  /** What an earlier daemon of this boot had still to stop of earlier specs. */
  readonly leftovers?: Leftovers | null;
  /** With what definitions an earlier daemon of this boot ran what may still run. */
  readonly running?: readonly ResourceSpec[];
  /** What an earlier daemon of this node wrote of attributes. */
  readonly attributes?: readonly AttributeEntry[];
  readonly rules?: MindRules;
}

/** A mind at the start of a daemon. */
export function beginMind(beginning: MindBeginning, time: StepTime): Mind {
  const { spec, node } = beginning;
  const { nowMs } = time;
  const rules = beginning.rules ?? allMindRules;
  const random = randomStream(beginning.seed);
  const wantedVoters = votersOf(spec);
  const drift = spec.heartbeat.clockDrift;
  const voters = beginVoters({
    kept: beginning.voters ?? null,
    voters: wantedVoters,
    revision: beginning.revision,
    rules: rules.voters ?? allVoterChangeRules,
  });
  const { line } = voters.kept;
  const keptFencing = beginning.fencing ?? null;
  // A life that others take for dead, or that left, is not gone on with: whatever it held may be theirs.
  const kept = beginning.holderMemory;
  const hasLeft = kept?.isOver === true && rules.fencing?.endedLife !== false;
  const isOver = hasLeft || isTakenForDead(keptFencing, kept?.incarnation ?? null);
  const session = isOver ? null : withRenewals(kept, beginning.guardOrders);
  const memory = rules.session ? session : null;
  const holder = beginHolder({
    node,
    incarnation: session?.incarnation ?? beginning.incarnation,
    voters: wantedVoters,
    everyMs: spec.heartbeat.everyMs,
    leaseMs: spec.heartbeat.leaseMs,
    drift,
    ignoreSilenceMs: ignoredSilence(spec),
    nowMs,
    random,
    ...(rules.holder === undefined ? {} : { rules: rules.holder }),
  });
  countVoters(holder, {
    sets: line.sets,
    configuration: configurationOfLine(line),
    epochFloor: line.epochFloor,
    nowMs,
  });
  if (memory !== null) restoreHolder(holder, memory, nowMs);
  const held = [...holder.held.values()];
  const leftovers = stillLeft(beginning.leftovers ?? noLeftovers, spec);
  const orders = beginning.guardOrders?.leases ?? [];
  const running = inheritedDefinitions({ node, spec, leftovers, kept: beginning.running ?? [], orders });
  const index = specIndex(spec, withForgotten({ node, spec, leftovers, running, held }));
  const mind: Mind = {
    node,
    software: beginning.software,
    startedAtMs: nowMs,
    listensOn: listeningPlace(spec, node),
    spec,
    index,
    specCount: 1,
    revisions: beginRevisions({ ...beginning, spokenOf: line.revision }),
    holder,
    voter: voterOf(beginning, line, rules, nowMs),
    voters,
    records: beginRecords({ node, age: Math.floor(time.wallMs), nodes: spec.nodes.map((each) => each.id) }),
    hearing: beginHearing(nowMs),
    said: { heard: new Map(), leases: new Map(), pings: new Map() },
    freshness: new Map(),
    silentSinceMs: new Map(),
    answered: new Map(),
    ways: new Map(),
    digests: new Map(),
    ownBeats: [],
    lives: new Map(),
    unaccounted: inheritedResources({ running, held, orders }),
    moved: new Set(),
    touched: new Set(),
    pings: new Map(),
    checks: new Map(),
    plan: null,
    done: new Set(),
    planView: null,
    planFor: null,
    planAsked: null,
    planAgainAtMs: Number.NEGATIVE_INFINITY,
    viewCount: 0,
    operationCount: 0,
    lookedAtMs: Number.NEGATIVE_INFINITY,
    claimableSince: new Map(),
    heeded: new Map(),
    heededAt: -1,
    isLeaving: false,
    hasLeft: false,
    promised: beginPromisedLengths(beginning.promised),
    leftovers: { text: stableJson(beginning.leftovers ?? noLeftovers), specCount: 0 },
    guard: beginGuardMemory(beginning.guardOrders ?? null),
    running,
    attributes: { volatile: '', durable: '', isStale: false },
    fencing: beginFencing({
      kept: keptFencing,
      incarnation: holder.incarnation,
      boot: beginning.boot ?? null,
      listensUntilMs: nowMs + spec.heartbeat.leaseMs,
      rules: rules.fencing ?? allFencingRules,
    }),
    alerts: beginAlertMemory(),
    conditions: beginConditions(),
    counters: new Map(),
    random,
    rules,
  };
  followSpec(mind, nowMs);
  awaitRevision(mind, leftovers, nowMs);
  beginAttributes(mind, beginning.attributes ?? []);
  certifyEndedLives(mind, { boot: beginning.boot ?? null, left: hasLeft ? kept.incarnation : null }, time);
  return mind;
}

function voterOf(beginning: MindBeginning, line: VoterLine, rules: MindRules, nowMs: number): VoterState {
  const { spec } = beginning;
  const drift = spec.heartbeat.clockDrift;
  const promised = longestOf(rules.voter?.longestPast === false ? [] : beginning.promised);
  const isForgotten = rules.voter?.keptSilence === false && beginning.past.kind === 'remembered';
  const voter = beginVoter({
    node: beginning.node,
    token: beginning.token,
    configuration: configurationOfLine(line),
    isVoting: line.isFounded && line.sets.some((set) => set.includes(beginning.node)),
    epochFloor: line.epochFloor,
    drift,
    leaseMs: spec.heartbeat.leaseMs,
    quarantineUntilMs: quarantineUntilMs({
      past: isForgotten ? { kind: 'remembered', silentUntilMs: null } : beginning.past,
      startedAtMs: Math.min(beginning.startedAtMs ?? nowMs, nowMs),
      leaseMsMax: Math.max(spec.heartbeat.leaseMs, promised.leaseMs),
      stopBudgetMsMax: Math.max(promisedBudgetMsMax(spec), promised.stopBudgetMs),
      drift,
    }),
    ...(rules.voter === undefined ? {} : { rules: rules.voter }),
  });
  if (beginning.voterMemory !== null) restoreVoter(voter, beginning.voterMemory, nowMs);
  else if (rules.fencing?.keep !== false) restoreLasting(voter, beginning.fencing?.promises ?? [], nowMs);
  if (line.isFounded && !voter.isVoting) forgetPromises(voter);
  return voter;
}
