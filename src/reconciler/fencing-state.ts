import type { FenceDeviceSpec } from '../model/cluster-spec.js';
import type { FenceCertificate, FenceRequest } from '../model/fencing.js';
import type { KeptPromise } from '../ownership/memory.js';

/** One life of this node's daemon. Shape: `boot` names the boot of the machine in which it was. */
export interface Life {
  readonly incarnation: string;
  readonly boot: string;
  /** Somebody certified it to be dead, and this node knows. */
  readonly isDead?: true;
}

/**
 * What a node keeps for good of fencing (R14): what its voter must not forget in whatever reset, and what it alone knows.
 *
 * Shape: `lives` are those of this node, oldest first, at most {@link livesMax}; `promises` are the voter's that no time ends; `certificates` those that this node issued, oldest first.
 */
export interface KeptFencing {
  readonly lives: readonly Life[];
  readonly promises: readonly KeptPromise[];
  readonly certificates: readonly FenceCertificate[];
}

/** Lives of this node that are kept. Ours: as many as a voter remembers of each node, and as many again of the present boot. */
const livesMax = 8;

/** A node that is to be fenced, by this node's lights. */
export interface FenceTarget {
  readonly node: string;
  /** In words, from when it began to be wanted. */
  why: string;
  readonly wantedSinceMs: number;
  /** Nothing is tried before. */
  notBeforeMs: number;
  /** Which of the levels is tried, and which device of it. */
  level: number;
  device: number;
  /** The devices of that level as it was begun: whatever the spec says meanwhile, all of these must have succeeded. */
  devices: readonly FenceDeviceSpec[];
  /** Attempts with this device that failed. */
  attempts: number;
  /** Rounds through all levels that failed. */
  rounds: number;
  /** The call under way. */
  request: FenceRequest | null;
  /** The lives of the target that were known before the level was begun: what a success certifies. */
  lives: readonly string[];
  /** It is dead, and its power is given back where the level's devices do that. */
  isGivingBack: boolean;
  /** Why the last attempt failed; null before one did. */
  reason: string | null;
}

/** Rules of fencing that a test build may switch off. */
export interface FencingRules {
  /** Whoever fences owns the right to by a majority, but for one of two voters. */
  readonly majority: boolean;
  /** A voter that was fenced counts as granting only until a newer life of it is heard. */
  readonly untilHeard: boolean;
  /** Promises that no time ends outlive the loss of a voter's memory. */
  readonly keep: boolean;
  /** A newer voter set is not in force alone before it knows of them. */
  readonly carry: boolean;
  /** No daemon goes on with a life that left. */
  readonly endedLife: boolean;
  /** That the other one of two voters left counts for who has heard it since its own boot. */
  readonly seenSince: boolean;
  /** A daemon that begins listens for a lease before the other one of two voters counts as dead. */
  readonly listens: boolean;
}

/** All rules on. */
export const allFencingRules: FencingRules = {
  majority: true,
  untilHeard: true,
  keep: true,
  carry: true,
  endedLife: true,
  seenSince: true,
  listens: true,
};

/** Who is certified to be dead, and who is to be. Plain data, updated in place. */
export interface FencingState {
  lives: readonly Life[];
  /** By node, every certificate that is known, oldest first. */
  readonly certificates: Map<string, FenceCertificate[]>;
  /** Those that this node issued. */
  issued: readonly FenceCertificate[];
  /** Per record, how far it was read for what concerns fencing. */
  readonly read: Map<string, { age: number; version: number }>;
  /** The count of changes of the records up to which all of them were read. */
  readAt: number;
  /** By node, its resources whose stop failed and for which it is to be fenced. */
  readonly askers: Map<string, Set<string>>;
  /** By node, its lives to which a voter stands by a promise that no time ends, with when that was said last. */
  readonly denied: Map<string, Map<string, number>>;
  readonly targets: Map<string, FenceTarget>;
  /** Nodes of whose fence this node's record tells. */
  readonly told: Set<string>;
  requestCount: number;
  /** Until then the other one of two voters does not count as dead: what an earlier daemon knew may be over, and a new life of that one gets a lease's time to be heard. Until then a lease that needed fencing goes on to need it: the others may tell of a revision that was forgotten here. */
  readonly listensUntilMs: number;
  /** This node's own life is certified to be dead. */
  isDead: boolean;
  /** What was kept last; null when nothing was, or it could not be. */
  kept: KeptFencing | null;
  readonly rules: FencingRules;
}

/** Begins with what was kept. Shape: `boot` names the present boot; null where nobody knows, so that nothing is known of earlier lives. */
export function beginFencing(options: {
  readonly kept: KeptFencing | null;
  readonly incarnation: string;
  readonly boot: string | null;
  readonly listensUntilMs: number;
  readonly rules: FencingRules;
}): FencingState {
  const { kept, incarnation, boot } = options;
  const before = (kept?.lives ?? []).filter((life) => life.incarnation !== incarnation);
  return {
    lives: boot === null ? before : [...before, { incarnation, boot }].slice(-livesMax),
    certificates: new Map(),
    issued: kept?.certificates ?? [],
    read: new Map(),
    readAt: -1,
    askers: new Map(),
    denied: new Map(),
    targets: new Map(),
    told: new Set(),
    requestCount: 0,
    listensUntilMs: options.listensUntilMs,
    isDead: false,
    kept: null,
    rules: options.rules,
  };
}

/** Whether this node learned that others take a life of its for dead. */
export function isTakenForDead(kept: KeptFencing | null, incarnation: string | null): boolean {
  return kept?.lives.some((life) => life.incarnation === incarnation && life.isDead === true) === true;
}

/** The lives of this node that ended with an earlier boot of its machine, and the one that left in this boot. */
export function endedLives(
  state: FencingState,
  of: { readonly boot: string | null; readonly left: string | null },
): readonly string[] {
  if (of.boot === null) return [];
  const isEnded = (life: Life) => life.boot !== of.boot || life.incarnation === of.left;
  return state.lives.filter(isEnded).map((life) => life.incarnation);
}

/** Whether a life of a node is known to be over. */
export function isCertified(state: FencingState, node: string, incarnation: string): boolean {
  return state.certificates.get(node)?.some((each) => each.incarnation === incarnation) === true;
}
