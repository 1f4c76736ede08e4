import { messageOf } from '../base/error-message.js';
import type { GuardedLease, GuardOrders } from '../model/guard-orders.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { MemberEnd } from './agent-call.js';
import { actAtMs, stopAtMs } from './deadline.js';
import { decodeGuardOrders } from './decode-orders.js';
import type { GuardAct } from './guard-reports.js';
import { describeAct } from './guard-reports.js';
import type { Watchdog } from './watchdog.js';
import type { EndPorts } from './way-down.js';
import { neverEnded, WayDown } from './way-down.js';

/** Whether this guard is the one that is named in the run directory, another one that lives is, or none. */
export type Naming = 'self' | 'other' | 'none';

/** The world as the guard sees it. */
export interface GuardPorts extends EndPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly watchdog: Pick<Watchdog, 'look' | 'close' | 'isOpen'>;
  /** The daemon's orders as they stand now; null when there are none of this boot. */
  readonly readOrders: () => string | null;
  readonly naming: () => Naming;
  readonly isDaemonThere: () => boolean;
  /** Notes what will be needed to end what is listed, for when the run directory is gone by then. */
  readonly know: (leases: readonly GuardedLease[]) => void;
  /** Tells the daemon of a deed. Errors: may throw; the log has it as well. */
  readonly report: (act: GuardAct) => void;
  /** Tells the daemon how this guard stands. */
  readonly stand: (nowMs: number) => void;
  /** Everything is done. */
  readonly onEnd: () => void;
}

/** How often it is looked for orders while there are none. */
const LOOK_EVERY_MS = 200;

/** How often it is looked while a watchdog is open, which is fed at a look. */
const WATCHED_LOOK_MS = 100;

/** How often the daemon is told how the guard stands. */
const STAND_EVERY_MS = 2000;

/** This long after a deadline whoever was there has ended everything; a guard that finds such orders at its start looks first. */
const LATE_MS = 1000;

/** How long a guard stays that has nothing to guard and no daemon: a restart is over by then. */
const IDLE_MS = 10_000;

/** How often a guard that has nothing to guard looks whether a daemon is there. */
const DAEMON_LOOK_MS = 1000;

/** How often one and the same trouble of a look is told. */
const TROUBLE_EVERY_MS = 60_000;

/** Why a guard ends. */
const ENDS = {
  over: 'everything was handed over',
  another: 'another guard is there',
  idle: 'there is no daemon and nothing to guard',
  signal: 'it was told to',
} as const;

/**
 * Ends at their deadline what a daemon did not bring down.
 *
 * What has a kill path is killed at the last moment; what only its agent can stop is stopped from the end of the lease on.
 *
 * Level, not edge: each look reads the orders anew, and what they do not say any more is not ended. The last orders stand when the file is gone: a run directory that is removed under a daemon keeps it from
 * renewing.
 */
export class Guard {
  readonly #ports: GuardPorts;
  /** The ways down that were begun, by lease. */
  readonly #downs = new Map<string, WayDown>();
  #text: string | null = null;
  #orders: GuardOrders | null = null;
  #idleSinceMs: number | null = null;
  #daemonLookAtMs = Number.NEGATIVE_INFINITY;
  #wasDaemonThere = false;
  #standAtMs = Number.NEGATIVE_INFINITY;
  #troubleAtMs = Number.NEGATIVE_INFINITY;
  #isOver = false;

  constructor(ports: GuardPorts) {
    this.#ports = ports;
  }

  /** Looks now and from now on. */
  start(): void {
    if (this.#isOver) return;
    this.#tryToLook();
    if (this.#isOver) return;
    const { clock } = this.#ports;
    clock.setTimer(Math.max(0, this.#nextLookMs(clock.nowMs())), () => this.start());
  }

  /** One look. */
  look(): void {
    const { clock, watchdog, naming, know, stand } = this.#ports;
    // The time first: on a machine that lets the guard wait between the two, old orders would be judged by a later time.
    const nowMs = clock.nowMs();
    this.#readOrders();
    const leases = this.#orders?.leases ?? [];
    this.#dropOthers(leases);
    const name = naming();
    if (name === 'other') return this.#endFor('another');
    const isWatched = (this.#orders?.watchdog ?? null) !== null;
    for (const lease of leases) this.#lookAt(lease, { nowMs, isWatched });
    know(leases);
    watchdog.look({ wanted: this.#orders?.watchdog ?? null, nowMs, deadlineMs: this.#deadlineMs() });
    if (this.#endIfIdle(name, nowMs)) return;
    if (name === 'self' && nowMs >= this.#standAtMs) {
      this.#standAtMs = nowMs + STAND_EVERY_MS;
      stand(nowMs);
    }
  }

  /** Ends the guard because it was told to; ends nothing else. */
  end(): void {
    this.#endFor('signal');
  }

  /** A watchdog is left running for the guard that comes next, and for what is held; else it is told to watch no longer. */
  #endFor(why: keyof typeof ENDS): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ports.watchdog.close({ isSafe: why !== 'another' && this.#deadlineMs() === Number.POSITIVE_INFINITY });
    this.#ports.log.event('info', `the guard ends: ${ENDS[why]}`);
    this.#ports.onEnd();
  }

  #tryToLook(): void {
    try {
      this.look();
    } catch (error) {
      this.#tellTrouble(error);
    }
  }

  #readOrders(): void {
    const text = this.#ports.readOrders();
    if (text === null || text === this.#text) return;
    this.#text = text;
    const orders = decodeGuardOrders(text);
    if (orders === null) {
      this.#ports.log.event('error', 'the orders are of another form; the last ones that could be read stand');
      return;
    }
    this.#orders = orders;
  }

  /** The next deadline of what is not proved to be down; Infinity for none. */
  #deadlineMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const lease of this.#orders?.leases ?? []) {
      if (!this.#isProved(lease)) earliest = Math.min(earliest, lease.deadByMs);
    }
    return earliest;
  }

  #isProved(lease: GuardedLease): boolean {
    return this.#downOf(lease)?.isProved(lease) === true;
  }

  /** The way down of a lease by its present deadline; null while none was begun. */
  #downOf(lease: GuardedLease): WayDown | null {
    const down = this.#downs.get(idOf(lease));
    return down?.deadByMs === lease.deadByMs ? down : null;
  }

  /** What is not listed any more, or has another deadline, is not to be ended: agents that are at it are ended. */
  #dropOthers(leases: readonly GuardedLease[]): void {
    for (const [id, down] of this.#downs) {
      if (leases.some((lease) => idOf(lease) === id && lease.deadByMs === down.deadByMs)) continue;
      down.cancel();
      this.#downs.delete(id);
    }
  }

  #lookAt(lease: GuardedLease, options: { readonly nowMs: number; readonly isWatched: boolean }): void {
    const { nowMs, isWatched } = options;
    if (nowMs < lease.validUntilMs) return;
    const isAtEnd = nowMs >= actAtMs(lease, { isWatched });
    if (!isAtEnd && lease.stops.length === 0) return;
    const isDaemonThere = this.#ports.isDaemonThere();
    if (!isAtEnd && nowMs < stopAtMs(lease, { isDaemonThere, isWatched })) return;
    const { clock } = this.#ports;
    const down =
      this.#downOf(lease) ??
      new WayDown({
        lease,
        ports: this.#ports,
        now: () => clock.nowMs(),
        readOrders: () => {
          this.#readOrders();
          this.#dropOthers(this.#orders?.leases ?? []);
        },
      });
    this.#downs.set(idOf(lease), down);
    const daemon = !isDaemonThere ? 'gone' : lease.state === 'lapsed' ? 'late' : 'idle';
    down.descend(lease, {
      nowMs,
      isAtEnd,
      isLate: nowMs > lease.deadByMs + LATE_MS,
      onEnds: (ends, isFirst) => {
        const isNews = ends.some(({ wasThere }) => wasThere) || neverEnded(lease).length > 0;
        if (isNews && (isFirst || down.isCancelled || down.isProved(lease)))
          this.#tell(lease, { ends, daemon, nowMs: clock.nowMs() });
        // Whatever it hurried for may be over: the watchdog is fed as soon as it may be.
        if (!this.#isOver) this.#tryToLook();
      },
    });
  }

  #tell(
    lease: GuardedLease,
    of: { readonly ends: readonly MemberEnd[]; readonly daemon: GuardAct['daemon']; readonly nowMs: number },
  ): void {
    const left = of.ends.flatMap(({ resource, why }) => (why === null ? [] : [{ resource, why }]));
    const isLeft = (resource: string): boolean => left.some((end) => end.resource === resource);
    const ended = [...new Set(of.ends.map(({ resource }) => resource))].filter((resource) => !isLeft(resource));
    const act: GuardAct = {
      at: new Date(this.#ports.clock.wallMs()).toISOString(),
      key: lease.key,
      epoch: lease.epoch,
      daemon: of.daemon,
      ended: ended.sort(),
      left,
      withoutKillPath: neverEnded(lease),
      earlyMs: Math.round(lease.deadByMs - of.nowMs),
    };
    const isWell = left.length === 0 && act.withoutKillPath.length === 0;
    this.#ports.log.event(isWell ? 'warn' : 'error', describeAct(act));
    try {
      this.#ports.report(act);
    } catch (error) {
      // The run directory is full or gone: there is more to end than to tell.
      const words = messageOf(error);
      this.#ports.log.event('error', `the daemon cannot be told of that: ${words}`);
    }
  }

  #endIfIdle(name: Naming, nowMs: number): boolean {
    const isIdle = (this.#orders?.leases ?? []).every((lease) => this.#downOf(lease)?.isDone(lease) === true);
    const isOver = this.#orders?.isOver === true;
    if (!isIdle || (!isOver && this.#isDaemonThere(nowMs))) {
      this.#idleSinceMs = null;
      return false;
    }
    this.#idleSinceMs ??= nowMs;
    if (!isOver && name === 'self' && nowMs - this.#idleSinceMs < IDLE_MS) return false;
    // What was seen up to a second ago is no reason to end: a daemon that has begun since counts on this guard.
    if (!isOver && this.#ports.isDaemonThere()) return false;
    this.#endFor(isOver ? 'over' : 'idle');
    return true;
  }

  #isDaemonThere(nowMs: number): boolean {
    if (nowMs >= this.#daemonLookAtMs) {
      this.#daemonLookAtMs = nowMs + DAEMON_LOOK_MS;
      this.#wasDaemonThere = this.#ports.isDaemonThere();
    }
    return this.#wasDaemonThere;
  }

  /** Shape: milliseconds from now. */
  #nextLookMs(nowMs: number): number {
    const isWatched = (this.#orders?.watchdog ?? null) !== null;
    const everyMs = this.#orders?.lookEveryMs ?? LOOK_EVERY_MS;
    let nextMs = this.#ports.watchdog.isOpen ? Math.min(everyMs, WATCHED_LOOK_MS) : everyMs;
    for (const lease of this.#orders?.leases ?? []) {
      const times = [
        actAtMs(lease, { isWatched }),
        stopAtMs(lease, { isDaemonThere: false, isWatched }),
        stopAtMs(lease, { isDaemonThere: true, isWatched }),
      ];
      for (const atMs of times) if (atMs > nowMs) nextMs = Math.min(nextMs, atMs - nowMs);
    }
    return nextMs;
  }

  #tellTrouble(error: unknown): void {
    const nowMs = this.#ports.clock.nowMs();
    if (nowMs - this.#troubleAtMs < TROUBLE_EVERY_MS) return;
    this.#troubleAtMs = nowMs;
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#ports.log.event('error', `a look broke off: ${words}`);
  }
}

/** Names a lease for as long as it is one and the same. */
function idOf(lease: GuardedLease): string {
  return `${lease.key} ${lease.epoch}`;
}
