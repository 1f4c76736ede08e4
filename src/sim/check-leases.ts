import type { ResourceSpec } from '../model/cluster-spec.js';
import { isHarmlessLate } from '../model/exclusivity.js';
import { killPathOf } from '../model/kill-path.js';
import type { LeaseState } from '../model/lease.js';
import { definitionOf } from '../lifecycle/resource-life.js';
import type { Held } from '../ownership/holder.js';
import type { Mind } from '../reconciler/mind.js';
import type { Court, JudgedHost } from './judged.js';

/** A lease as its holder had it when it last did anything. */
export interface SeenLease {
  readonly key: string;
  readonly state: LeaseState;
  readonly epoch: number;
  /** Under which epoch it was acquired when that was last kept; 0 for never. */
  readonly acquiredEpoch: number;
  readonly validUntilMs: number;
  /** By then all is down by what the voters were told, and no earlier than the spec lets what runs take: nothing is waited for where a provider sees to one owner. */
  readonly deadByMs: number;
  readonly resources: readonly string[];
  /** Nothing excuses two owners of it (R14). */
  readonly needsFencing: boolean;
}

/** The newest grant of a lease or resource. Shape: `atMs` in real time; `isAlone` where the other one of two voters was certified to be dead, and the daemon had listened for a lease whether it is. */
interface Grant {
  readonly epoch: number;
  readonly host: string;
  readonly atMs: number;
  readonly isAlone: boolean;
}

/** Whether anything that a machine sent since then has reached another one in that one's present boot. */
export type HasHeard = (host: string, from: string, sinceMs: number) => boolean;

/** S1 where nothing excuses it: not a clock beyond its bound, not a machine that stood still. */
export const STRICT = 'S1 (fencing)';

/**
 * S1 for leases, and the order of epochs (I2).
 *
 * At every change of a lease: nobody else is inside the validity of a lease that shares its key or one of its resources, or inside its stop budget with something still running. At every acquisition: the epoch is newer than
 * every earlier one of the key and of each resource; one that the disk did not take gives no right to start anything, and is judged when it is kept. Holders' clocks are read at the same real instant.
 *
 * Two voters that fence each other in turn never hear of what the other one granted itself alone, so between those two no order is asked for. That excuses nobody who did not listen for a lease first.
 */
export class LeaseChecker {
  readonly #court: Court;
  readonly #onClaim: (host: JudgedHost, key: string) => void;
  readonly #hasHeard: HasHeard;
  readonly #seen = new Map<string, Map<string, SeenLease>>();
  readonly #newest = new Map<string, Grant>();
  /** By lease, the epoch of the grant that followed an unheard one. */
  readonly #inTurn = new Map<string, number>();

  /** Shape: `onClaim` is told of each lease that a machine begins to ask for. */
  constructor(court: Court, onClaim: (host: JudgedHost, key: string) => void, hasHeard: HasHeard) {
    this.#court = court;
    this.#onClaim = onClaim;
    this.#hasHeard = hasHeard;
  }

  /** The newest epoch under which a resource was ever granted. */
  newestEpochOf(resource: string): number {
    return this.#newest.get(`resource ${resource}`)?.epoch ?? 0;
  }

  /** Whether the grant of this epoch followed one of which its owner could not hear. */
  isInTurn(key: string, epoch: number): boolean {
    return this.#inTurn.get(key) === epoch;
  }

  /** The leases of a machine as last seen, whether its daemon lives or not. */
  leasesOf(host: string): Iterable<SeenLease> {
    return this.#seen.get(host)?.values() ?? [];
  }

  /** A machine is gone with all it held. */
  forget(host: string): void {
    this.#seen.delete(host);
  }

  /** Looks at what a machine's living daemon holds now. */
  look(host: JudgedHost): void {
    const { mind } = host;
    if (mind === null) return;
    const { held } = mind.holder;
    // What a step could not keep stays unsaved after it.
    const isKept = !mind.holder.isUnsaved;
    let seen = this.#seen.get(host.id);
    if (seen === undefined) {
      if (held.size === 0) return;
      seen = new Map();
      this.#seen.set(host.id, seen);
    }
    if (seen.size > 0) for (const key of seen.keys()) if (!held.has(key)) seen.delete(key);
    for (const each of held.values()) {
      const before = seen.get(each.key);
      const isAcquired = isKept && isAcquiredNow(each, before, host.clock.nowMs());
      if (before !== undefined && isUnchanged(before, each) && !isAcquired) continue;
      if (before === undefined && each.state === 'claim') this.#onClaim(host, each.key);
      seen.set(each.key, {
        key: each.key,
        state: each.state,
        epoch: each.epoch,
        acquiredEpoch: isAcquired ? each.epoch : (before?.acquiredEpoch ?? 0),
        validUntilMs: each.validUntilMs,
        deadByMs: each.validUntilMs + Math.max(each.promisedBudgetMs, longestStopMs(mind, each)),
        resources: each.resources,
        needsFencing: each.needsFencing,
      });
      this.#judge(host, each, { before, isAcquired });
    }
  }

  #judge(
    host: JudgedHost,
    held: Held,
    seen: { readonly before: SeenLease | undefined; readonly isAcquired: boolean },
  ): void {
    if (held.state !== 'own' && held.state !== 'stop') return;
    const { before, isAcquired } = seen;
    if (isAcquired) this.#acquired(host, held);
    else if (before?.acquiredEpoch === held.epoch && held.validUntilMs > before.validUntilMs)
      this.#extended(host, held);
    if (held.validUntilMs > host.clock.nowMs()) this.#excludesOthers(host, held);
  }

  #acquired(host: JudgedHost, held: Held): void {
    this.#court.tally.count('acquisitions');
    const before = this.#newest.get(held.key);
    if (before !== undefined && before.host !== host.id) this.#court.tally.count('takeovers');
    const holder = host.mind?.holder;
    const hasListened = host.clock.nowMs() >= (host.mind?.fencing.listensUntilMs ?? 0);
    const isAlone = holder?.isRivalDead === true && holder.rivalDeadAs !== null && hasListened;
    const grant: Grant = { epoch: held.epoch, host: host.id, atMs: this.#court.time.nowMs, isAlone };
    for (const subject of [held.key, ...held.resources.map((resource) => `resource ${resource}`)]) {
      const newest = this.#newest.get(subject);
      if (newest !== undefined && newest.epoch >= held.epoch && this.#isUnheard(newest, grant)) {
        this.#court.tally.count('older epochs of two voters that fence each other in turn');
        this.#inTurn.set(held.key, held.epoch);
        this.#newest.set(subject, grant);
        continue;
      }
      // The answers to a claim may have waited for a machine that stood still and does not know it yet.
      const isSame = subject === held.key ? isSameGrant(newest, grant) : isSameStep(newest, grant);
      if (newest !== undefined && newest.epoch >= held.epoch && !isSame && !host.isExcused) {
        this.#court.report(
          'S2',
          `${host.id} acquires ${held.key} with epoch ${held.epoch}, but ${subject} was granted to ${newest.host} with epoch ${newest.epoch} before`,
        );
      }
      if (newest === undefined || held.epoch > newest.epoch) this.#newest.set(subject, grant);
    }
  }

  /** Of two voters, each granted it alone, and the later one could not know of the other's. */
  #isUnheard(newest: Grant, { host, isAlone }: Grant): boolean {
    if (!newest.isAlone || !isAlone || newest.host === host) return false;
    return !this.#hasHeard(host, newest.host, newest.atMs);
  }

  #extended(host: JudgedHost, held: Held): void {
    const newest = this.#newest.get(held.key);
    if (newest !== undefined && newest.epoch > held.epoch && !host.isExcused) {
      this.#court.report(
        'S2',
        `${held.key} of ${host.id} with epoch ${held.epoch} is extended after ${newest.host} was granted epoch ${newest.epoch}`,
      );
    }
  }

  #excludesOthers(host: JudgedHost, held: Held): void {
    for (const [other, leases] of this.#seen) {
      if (other === host.id) continue;
      for (const lease of leases.values()) {
        if (lease.state === 'claim' || !isShared(lease, held)) continue;
        const why = this.#standing(other, lease);
        if (why === null) continue;
        const rival = this.#court.hosts.get(other);
        const isStrict = lease.needsFencing && held.needsFencing;
        if (!isStrict && (rival?.isExcused === true || host.isExcused)) {
          this.#court.tally.count('leases moved while their owner stood still');
          continue;
        }
        this.#court.report(
          isStrict ? STRICT : 'S1',
          `${host.id} holds ${held.key} (epoch ${held.epoch}) while ${other} ${why} ${lease.key} (epoch ${lease.epoch})`,
        );
      }
    }
  }

  /** How a lease still stands in the way of others; null when it does not. */
  #standing(id: string, lease: SeenLease): string | null {
    const host = this.#court.hosts.get(id);
    if (host === undefined || !host.isUp) return null;
    const nowMs = host.clock.nowMs();
    if (lease.state !== 'lapsed' && nowMs < lease.validUntilMs) return 'is inside the validity of';
    const isUp = lease.resources.some((resource) => host.services.stateOf(resource) !== 'down');
    return isUp && nowMs < lease.deadByMs ? 'is inside the stop budget, with something still running, of' : null;
  }
}

/** The longest stop that may be under way after the end of a lease, whatever its promises are for. */
function longestStopMs(mind: Mind, { resources }: Held): number {
  let longest = 0;
  for (const id of resources) {
    const life = mind.lives.get(id);
    if (life !== undefined && life.state !== 'stopped') longest = Math.max(longest, neededMs(definitionOf(life)));
  }
  return longest;
}

/** How long promises have to wait for the stop of a resource: not where it can be killed in any time, nor where a provider sees to one owner. */
export function neededMs(resource: ResourceSpec): number {
  return isHarmlessLate(resource.exclusive) || killPathOf(resource) !== null ? 0 : resource.timeouts.stopMs;
}

function isAcquiredNow(held: Held, before: SeenLease | undefined, nowMs: number): boolean {
  if (held.state !== 'own' && held.state !== 'stop') return false;
  return before?.acquiredEpoch !== held.epoch && held.validUntilMs > nowMs;
}

function isUnchanged(seen: SeenLease, held: Held): boolean {
  if (seen.state !== held.state || seen.epoch !== held.epoch || seen.needsFencing !== held.needsFencing) return false;
  return seen.validUntilMs === held.validUntilMs && seen.resources === held.resources;
}

function isSameGrant(a: Grant | undefined, b: Grant): boolean {
  return a?.host === b.host && a.epoch === b.epoch;
}

/** Whether it is the same grant, or two leases with one resource came in one step, so that nobody saw which came first. */
function isSameStep(a: Grant | undefined, b: Grant): boolean {
  return isSameGrant(a, b) || (a?.host === b.host && a.atMs === b.atMs);
}

function isShared(a: Pick<SeenLease, 'key' | 'resources'>, b: Pick<Held, 'key' | 'resources'>): boolean {
  return a.key === b.key || a.resources.some((resource) => b.resources.includes(resource));
}
