import type { GuardedLease, GuardedMember, GuardedStop } from '../model/guard-orders.js';
import type { MemberEnd } from './agent-call.js';
import { brokenEnd } from './agent-call.js';

/** How members are ended. */
export interface EndPorts {
  /** Ends members by their kill paths, the last one first; none waits for another to be gone. */
  readonly kill: (
    members: readonly GuardedMember[],
    how: { readonly isLate: boolean },
  ) => PromiseLike<readonly MemberEnd[]>;
  /** Stops a member by its own agent, within its stop timeout. Aborting `signal` ends the agent; `isPermitted` is asked right before its program is run. */
  readonly stop: (
    stop: GuardedStop,
    how: {
      readonly epoch: number;
      readonly isLate: boolean;
      readonly signal: AbortSignal;
      readonly isPermitted: () => boolean;
    },
  ) => PromiseLike<MemberEnd>;
}

/** What is known of a lease when something of it is to be ended. */
export interface Descent {
  readonly nowMs: number;
  /** Whether this is the end of the stop budget: then whatever is left is ended at once. */
  readonly isAtEnd: boolean;
  /** Whether the deadline is long over. */
  readonly isLate: boolean;
  /** Is told what came of it. Shape: `isFirst` for the first attempt of its kind. */
  readonly onEnds: (ends: readonly MemberEnd[], isFirst: boolean) => void;
}

/** How long after an attempt that proved nothing the next one follows. */
const AGAIN_MS = 1000;

/** What is ended together: a resource has more than one definition when it is not known which of them runs. */
type Step =
  | { readonly kind: 'kill'; readonly resource: string; readonly members: GuardedMember[] }
  | { readonly kind: 'stop'; readonly resource: string; readonly stops: GuardedStop[] };

/** Shape: `againAtMs` is null while it is under way. */
interface Attempt {
  againAtMs: number | null;
  count: number;
}

/**
 * How one lease comes down that its daemon does not bring down: what has to be stopped by an agent in the order in which the daemon would, with its stop timeouts; in the end whatever is left at once, side by side.
 *
 * Level, not edge: `descend` is called at each look with the lease as it stands, and begins whatever is due and not under way.
 */
export class WayDown {
  readonly deadByMs: number;
  readonly #ports: EndPorts;
  readonly #now: () => number;
  readonly #readOrders: () => void;
  readonly #cancel = new AbortController();
  readonly #proved = new Set<string>();
  readonly #stopping = new Set<string>();
  readonly #attempts = new Map<string, Attempt>();

  /** Shape: `now` is the node's clock; `readOrders` cancels this way down where the orders as they stand by now do not list its lease any more. */
  constructor(options: {
    readonly lease: GuardedLease;
    readonly ports: EndPorts;
    readonly now: () => number;
    readonly readOrders: () => void;
  }) {
    this.deadByMs = options.lease.deadByMs;
    this.#ports = options.ports;
    this.#now = options.now;
    this.#readOrders = options.readOrders;
  }

  /** Whether everything of the lease was ended that can be. */
  isDone(lease: GuardedLease): boolean {
    return stepsOf(lease).every((step) => this.#proved.has(nameOf(step)));
  }

  /** Whether nothing of the lease is left that does harm. */
  isProved(lease: GuardedLease): boolean {
    return this.isDone(lease) && neverEnded(lease).length === 0;
  }

  get isCancelled(): boolean {
    return this.#cancel.signal.aborted;
  }

  /** Begins what is due. */
  descend(lease: GuardedLease, descent: Descent): void {
    if (!descent.isAtEnd) {
      this.#attempt('walk', descent, (told) => this.#walk(lease, descent, told));
      return;
    }
    const left = this.#leftOf(lease);
    const members = left.flatMap((step) => (step.kind === 'kill' ? step.members : []));
    const isUntold = neverEnded(lease).length > 0 && !this.#attempts.has('kill');
    if (members.length > 0 || isUntold) {
      this.#attempt('kill', descent, (told) => this.#kill(members, descent, told));
    }
    for (const step of left) {
      if (step.kind !== 'stop' || this.#stopping.has(step.resource)) continue;
      this.#attempt(`stop ${step.resource}`, descent, (told) => this.#end(lease, step, descent, told));
    }
  }

  /** Nothing of it is to be ended any more: agents that are stopping it are ended. What was ended until then is still told. */
  cancel(): void {
    this.#cancel.abort();
  }

  /** Whether it is still to be gone down. What was given back since the last look may be another node's by now, or run here anew. */
  #isWanted(): boolean {
    this.#readOrders();
    return !this.isCancelled;
  }

  #attempt(name: string, descent: Descent, begin: (told: (ends: readonly MemberEnd[]) => void) => void): void {
    const attempt = this.#attempts.get(name) ?? { againAtMs: Number.NEGATIVE_INFINITY, count: 0 };
    this.#attempts.set(name, attempt);
    if (attempt.againAtMs === null || descent.nowMs < attempt.againAtMs) return;
    attempt.againAtMs = null;
    attempt.count += 1;
    begin((ends) => {
      attempt.againAtMs = this.#now() + AGAIN_MS;
      descent.onEnds(ends, attempt.count === 1);
    });
  }

  /** From the last member to the first, whatever came of the one before. */
  #walk(lease: GuardedLease, descent: Descent, told: (ends: readonly MemberEnd[]) => void): void {
    const steps = this.#leftOf(lease);
    const all: MemberEnd[] = [];
    const next = (): void => {
      const step = steps.shift();
      if (step === undefined || !this.#isWanted()) return told(all);
      // At the end of the budget the rest was begun without waiting for its turn.
      if (this.#proved.has(nameOf(step)) || this.#stopping.has(step.resource)) return next();
      this.#end(lease, step, descent, (ends) => {
        all.push(...ends);
        next();
      });
    };
    next();
  }

  #end(lease: GuardedLease, step: Step, descent: Descent, told: (ends: readonly MemberEnd[]) => void): void {
    if (step.kind === 'kill') this.#kill(step.members, descent, told);
    else this.#stop(lease, step, descent, told);
  }

  #kill(members: readonly GuardedMember[], { isLate }: Descent, told: (ends: readonly MemberEnd[]) => void): void {
    const killed = (ends: readonly MemberEnd[]): void => {
      for (const { resource } of members) {
        const isLeft = ends.some((end) => end.resource === resource && end.why !== null);
        if (!isLeft) this.#proved.add(`kill ${resource}`);
      }
      told(ends);
    };
    const broken = (error: unknown): void => killed(members.map(({ resource }) => brokenEnd(resource, error)));
    this.#ports.kill(members, { isLate }).then(killed, broken);
  }

  #stop(
    lease: GuardedLease,
    step: Extract<Step, { readonly kind: 'stop' }>,
    { isLate }: Descent,
    told: (ends: readonly MemberEnd[]) => void,
  ): void {
    const { resource } = step;
    const stops = [...step.stops];
    const ends: MemberEnd[] = [];
    this.#stopping.add(resource);
    const next = (): void => {
      const stop = stops.shift();
      if (stop === undefined || !this.#isWanted()) {
        this.#stopping.delete(resource);
        if (stop === undefined && ends.every(({ why }) => why === null)) this.#proved.add(nameOf(step));
        return told(ends);
      }
      const stopped = (end: MemberEnd): void => {
        ends.push(end);
        next();
      };
      const isPermitted = (): boolean => this.#isWanted();
      const how = { epoch: lease.epoch, isLate, signal: this.#cancel.signal, isPermitted };
      this.#ports.stop(stop, how).then(stopped, (error: unknown) => stopped(brokenEnd(resource, error)));
    };
    next();
  }

  #leftOf(lease: GuardedLease): Step[] {
    return stepsOf(lease).filter((step) => !this.#proved.has(nameOf(step)));
  }
}

/** Ids of what does harm and nobody here can end. */
export function neverEnded({ withoutKillPath, stops }: GuardedLease): string[] {
  return withoutKillPath.filter((id) => !stops.some(({ resource }) => resource === id));
}

/** Everything of a lease, the last to be started first. */
function stepsOf({ members, stops }: GuardedLease): Step[] {
  const steps: Step[] = [];
  const stopsAt = (before: number): void => {
    for (const stop of [...stops].reverse()) if (stop.membersBefore === before) addStop(steps, stop);
  };
  stopsAt(members.length);
  for (const [index, member] of [...members.entries()].reverse()) {
    addKill(steps, member);
    stopsAt(index);
  }
  return steps;
}

function addKill(steps: Step[], member: GuardedMember): void {
  const { resource } = member;
  for (const step of steps) {
    if (step.kind === 'kill' && step.resource === resource) {
      step.members.push(member);
      return;
    }
  }
  steps.push({ kind: 'kill', resource, members: [member] });
}

function addStop(steps: Step[], stop: GuardedStop): void {
  const { resource } = stop;
  for (const step of steps) {
    if (step.kind === 'stop' && step.resource === resource) {
      step.stops.push(stop);
      return;
    }
  }
  steps.push({ kind: 'stop', resource, stops: [stop] });
}

function nameOf({ kind, resource }: Step): string {
  return `${kind} ${resource}`;
}
