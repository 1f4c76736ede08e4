import type { Exclusivity } from '../model/cluster-spec.js';
import { isHarmlessLate } from '../model/exclusivity.js';
import type { Operation, Outcome } from '../model/operation.js';
import { haveMajority } from '../ownership/quorum.js';
import { isBeingEnded } from '../reconciler/stop-path.js';
import type { LeaseChecker } from './check-leases.js';
import { STRICT, neededMs } from './check-leases.js';
import type { Court, JudgedHost } from './judged.js';

/** Where a resource ran last, by what really happened. */
interface LastRun {
  readonly host: string;
  readonly boot: number;
  /** Why nothing of it is left there; null while something may be. */
  end: 'stopped' | 'vanished' | null;
}

/**
 * S1 for resources, S2, S3, S5 and S7: what is true at the instant when an agent is called.
 *
 * A resource counts as running from the beginning of its start until it is really down.
 */
export class OperationChecker {
  readonly #court: Court;
  readonly #leases: LeaseChecker;
  readonly #lastRuns = new Map<string, LastRun>();
  readonly #epochUsed = new Map<string, number>();
  readonly #exclusive: ReadonlyMap<string, Exclusivity>;
  /** Per machine, the resources about which an agent said something definite to the present daemon. */
  readonly #known = new Map<string, Set<string>>();

  /** Shape: `exclusive` says of resources how strictly one owner must be ensured; of those that are not in it, by lease. */
  constructor(court: Court, leases: LeaseChecker, exclusive: ReadonlyMap<string, Exclusivity>) {
    this.#court = court;
    this.#leases = leases;
    this.#exclusive = exclusive;
  }

  /** A daemon begins: it knows nothing of what runs. */
  daemonBegins(host: string): void {
    this.#known.set(host, new Set());
  }

  /** An agent is called. */
  begins(host: JudgedHost, operation: Operation): void {
    this.#court.tally.count(`calls: ${operation.action}`);
    const { action } = operation;
    if (action !== 'start' && action !== 'reload') return;
    const { id, group } = operation.resource;
    const isInTurn = this.#leases.isInTurn(group, operation.epoch);
    if (action === 'start') this.#onlyOne(host, id);
    if (!host.isExcused) {
      this.#isPermitted(host, operation);
      if (action === 'start') this.#isFree(host, operation);
      const used = this.#epochUsed.get(id) ?? 0;
      if (operation.epoch < used && !isInTurn && this.#exclusive.get(id) !== 'none') {
        const sentence = `${host.id} ${action}s ${id} with epoch ${operation.epoch} after ${used} was used for it`;
        this.#court.report('S5', sentence);
      }
    }
    this.#isKnown(host, operation);
    // What is reloaded is where it was.
    if (action === 'reload') return;
    const used = isInTurn ? 0 : (this.#epochUsed.get(id) ?? 0);
    this.#epochUsed.set(id, Math.max(used, operation.epoch));
    const before = this.#lastRuns.get(id);
    if (before !== undefined && before.host !== host.id) this.#court.tally.count('resources moved');
    this.#lastRuns.set(id, { host: host.id, boot: host.boot, end: null });
  }

  /** A resource is really down on a machine. */
  goesDown(host: JudgedHost, resource: string, why: 'stopped' | 'vanished'): void {
    const last = this.#lastRuns.get(resource);
    if (last?.host === host.id && last.boot === host.boot) last.end = why;
  }

  /** An agent answered, and the answer reaches the daemon. */
  ends(host: JudgedHost, operation: Operation, outcome: Outcome): void {
    if (outcome.kind === 'timeout' || outcome.kind === 'unknown') return;
    this.#known.get(host.id)?.add(operation.resource.id);
  }

  /** S7 for claims: no group is asked for where a member of it is unknown. */
  claims(host: JudgedHost, group: string): void {
    const [unknown] = this.#unknownMembers(host, group);
    if (unknown !== undefined) {
      this.#court.report('S7', `${host.id} claims ${group}, but nobody has looked whether ${unknown} runs there`);
    }
  }

  /** S1: nothing runs twice once excuses have run out. */
  onlyOnce(host: JudgedHost): void {
    for (const resource of host.services.active()) this.#onlyOne(host, resource);
  }

  #onlyOne(host: JudgedHost, resource: string): void {
    if (this.#mayRunTwice(resource)) return;
    for (const other of this.#court.hosts.values()) {
      if (other.id === host.id || !other.isUp) continue;
      const state = other.services.stateOf(resource);
      if (state === 'down') continue;
      const isStrict = this.#exclusive.get(resource) === 'fencing';
      if (!isStrict && (other.isExcused || host.isExcused)) {
        this.#court.tally.count('resources that ran twice while their owner stood still');
        continue;
      }
      this.#court.report(
        isStrict ? STRICT : 'S1',
        `${resource} runs on ${host.id} while it is ${state} on ${other.id}`,
      );
    }
  }

  /** Of these two may run: by a spec, or by a provider that sees to it itself. */
  #mayRunTwice(resource: string): boolean {
    return isHarmlessLate(this.#exclusive.get(resource) ?? 'lease');
  }

  #isPermitted(host: JudgedHost, operation: Operation): void {
    const { resource, epoch } = operation;
    const nowMs = host.clock.nowMs();
    const held = host.mind?.holder.held.get(resource.group);
    const newest = this.#leases.newestEpochOf(resource.id);
    // Its acks count from when the voters were told that it needs fencing.
    const isForGood =
      held?.needsFencing === true && haveMajority(host.mind?.holder.sets ?? [], (voter) => held.ackUntilMs.has(voter));
    const why =
      held === undefined
        ? 'without a lease'
        : held.state !== 'own'
          ? `under a lease that is in state ${held.state}`
          : nowMs >= held.validUntilMs
            ? 'under a lease that is over'
            : resource.exclusive !== 'none' && !held.resources.includes(resource.id)
              ? 'under a lease that does not list it'
              : held.epoch !== epoch
                ? `with epoch ${epoch} under a lease of epoch ${held.epoch}`
                : newest > epoch && resource.exclusive !== 'none'
                  ? `with epoch ${epoch}, but epoch ${newest} was granted`
                  : !isForGood && held.promisedBudgetMs < neededMs(resource)
                    ? `whose stop may take ${neededMs(resource)} ms, under a lease whose promises wait ${held.promisedBudgetMs} ms for it`
                    : null;
    if (why !== null) this.#court.report('S2', `${host.id} ${operation.action}s ${resource.id} ${why}`);
  }

  #isFree(host: JudgedHost, operation: Operation): void {
    const id = operation.resource.id;
    if ((this.#exclusive.get(id) ?? 'lease') === 'none') return;
    const last = this.#lastRuns.get(id);
    if (last === undefined || last.host === host.id || last.end !== null) return;
    const before = this.#court.hosts.get(last.host);
    if (before === undefined || !before.isUp || before.boot !== last.boot || before.isExcused) return;
    for (const lease of this.#leases.leasesOf(before.id)) {
      if (!lease.resources.includes(id) || before.clock.nowMs() >= lease.deadByMs) continue;
      this.#court.report(
        'S3',
        `${host.id} starts ${id}, which ran on ${before.id} last, where it was not stopped and its lease and stop budget are not over`,
      );
      return;
    }
  }

  #isKnown(host: JudgedHost, operation: Operation): void {
    const [unknown] = this.#unknownMembers(host, operation.resource.group);
    if (unknown === undefined) return;
    this.#court.report(
      'S7',
      `${host.id} ${operation.action}s ${operation.resource.id}, but nobody has looked whether ${unknown} runs there`,
    );
  }

  /** One that is being stopped is not taken for stopped, and its stop will tell. */
  #unknownMembers(host: JudgedHost, group: string): string[] {
    const members = host.mind?.index.groups.get(group)?.members ?? [];
    const known = this.#known.get(host.id);
    return members.filter((member) => {
      const life = host.mind?.lives.get(member);
      return known?.has(member) !== true && (life === undefined || !isBeingEnded(life));
    });
  }
}
