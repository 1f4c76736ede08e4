import type { Unrest } from './check-rest.js';
import { unrestOf } from './check-rest.js';
import { describeMind } from './describe-mind.js';
import type { Breach } from './judged.js';
import { restWithinMs } from './patience.js';
import type { Schedule } from './schedule.js';
import { SimCluster } from './sim-cluster.js';
import type { Tally } from './tally.js';
import { Trace } from './trace.js';

/** What came of a schedule. */
export interface Played {
  readonly breaches: readonly Breach[];
  readonly tally: Tally;
  /** Real milliseconds from the healing until everything was at rest; null when it never was. */
  readonly restAfterMs: number | null;
  /** Real milliseconds that were played. */
  readonly playedMs: number;
  readonly trace: Trace | null;
}

/** How to play. */
export interface PlayOptions {
  /** Note what happens. */
  readonly isTraced?: boolean;
  /** Note every message too. */
  readonly isTalkative?: boolean;
  /** Messages are frozen when they are sent, so that a node that writes into one is found out. */
  readonly isGuarded?: boolean;
}

/** Rest must last so long, in heartbeats, before it is believed. */
const REST_BEATS = 2;
/** Real milliseconds between the starts of the daemons, as a hand on several machines would start them. */
const START_APART_MS = 37;

/** Plays a schedule to its end, or to its first breach, in virtual time. The same schedule gives the same result, to the byte. */
export function play(schedule: Schedule, options: PlayOptions = {}): Played {
  const trace = options.isTraced === true ? new Trace() : null;
  const cluster = new SimCluster(schedule, {
    trace,
    isTalkative: options.isTalkative === true,
    isGuarded: options.isGuarded === true,
  });
  const { time, tally, breaches } = cluster;
  for (const [index, host] of [...cluster.hosts.values()].entries())
    time.at(index * START_APART_MS, () => host.startDaemon());
  for (const fault of schedule.faults) {
    if (fault.atMs < schedule.healAtMs) time.at(fault.atMs, () => cluster.strike(fault));
  }
  cluster.runTo(schedule.healAtMs);
  const restAfterMs = breaches.length > 0 ? null : restOf(cluster, schedule);
  if (breaches.length > 0) describe(cluster);
  return { breaches, tally, restAfterMs, playedMs: time.nowMs, trace };
}

/** Heals a cluster and waits until it is at rest. L1 and L2 are broken when that takes too long. */
function restOf(cluster: SimCluster, schedule: Schedule): number | null {
  cluster.heal();
  const { time, tally, breaches } = cluster;
  const { everyMs } = schedule.firstSpec.heartbeat;
  const hosts = [...cluster.hosts.values()];
  const excused = new Set<string>();
  const untilMs = schedule.healAtMs + restWithinMs(schedule);
  let restingSinceMs: number | null = null;
  let unrest: Unrest | null = null;
  while (time.nowMs < untilMs) {
    cluster.runTo(time.nowMs + everyMs / 2);
    if (breaches.length > 0) return null;
    excused.clear();
    unrest = unrestOf(hosts, excused);
    if (unrest !== null) restingSinceMs = null;
    else restingSinceMs ??= time.nowMs;
    if (restingSinceMs !== null && time.nowMs - restingSinceMs >= REST_BEATS * everyMs) {
      tally.count('groups excused at the end', excused.size);
      return restingSinceMs - schedule.healAtMs;
    }
  }
  cluster.report(
    unrest?.rule ?? 'L1',
    `${unrest?.sentence ?? 'it was not at rest for long enough'}, ${Math.round(untilMs - schedule.healAtMs)} ms after everything healed`,
  );
  return null;
}

/** What every node believes, at the end of a trace. */
function describe(cluster: SimCluster): void {
  for (const host of cluster.hosts.values()) {
    const { mind } = host;
    if (mind !== null) for (const line of describeMind(mind, host.clock.nowMs())) cluster.say(host.id, line);
  }
}
