/** Names itself the daemon of a run directory and keeps orders for its guard, renewing the lease, until its input ends. */
import { GUARD_FILES, nameSelf } from '../../../src/guard/guard-files.js';
import { bootId, fileStore } from '../../../src/host/file-store.js';
import { StampedStore } from '../../../src/host/stamped-store.js';
import { systemClock } from '../../../src/host/system-clock.js';
import type { GuardedMember, GuardedStop, GuardedWatchdog, GuardOrders } from '../../../src/model/guard-orders.js';
import { GUARD_ORDERS_VERSION } from '../../../src/model/guard-orders.js';

/** What orders it keeps. */
export interface WriterSettings {
  readonly runDir: string;
  /** Null for one that keeps its orders once and renews nothing. */
  readonly everyMs: number | null;
  readonly leaseMs: number;
  readonly budgetMs: number;
  readonly members: readonly GuardedMember[];
  readonly stops?: readonly GuardedStop[];
  readonly withoutKillPath?: readonly string[];
  readonly watchdog?: GuardedWatchdog;
  /** Another boot's id in the place of this one's. */
  readonly boot?: string;
}

const settings: WriterSettings = JSON.parse(process.argv[2] ?? '{}');
const clock = systemClock();
const store = new StampedStore(fileStore({ directory: settings.runDir }), settings.boot ?? bootId());
nameSelf(settings.runDir, { file: GUARD_FILES.daemon, software: 'writer' });

function keep(isOver: boolean): void {
  const validUntilMs = Math.floor(clock.nowMs() + settings.leaseMs);
  const lease = {
    key: 'web',
    epoch: 7,
    state: 'own' as const,
    validUntilMs,
    deadByMs: validUntilMs + settings.budgetMs,
    members: settings.members,
    stops: settings.stops ?? [],
    withoutKillPath: settings.withoutKillPath ?? [],
  };
  const orders: GuardOrders = {
    version: GUARD_ORDERS_VERSION,
    leases: isOver ? [] : [lease],
    watchdog: settings.watchdog ?? null,
    lookEveryMs: 50,
    isOver,
  };
  store.write('guard.json', JSON.stringify(orders));
  process.stdout.write(`${JSON.stringify(lease)}\n`);
}

keep(false);
const timer = settings.everyMs === null ? null : setInterval(() => keep(false), settings.everyMs);
process.stdin.on('end', () => {
  if (timer !== null) clearInterval(timer);
  keep(true);
  process.stdin.destroy();
});
process.stdin.resume();
