import { isPlainEqual } from '../base/plain-equal.js';
import { turningOf } from '../lifecycle/check-watch.js';
import { observeLife } from '../lifecycle/observe-life.js';
import { liveLinks } from '../membership/hearing.js';
import { publish, recordValue } from '../membership/records.js';
import { groupOfKey, isFenceKey } from '../model/lease.js';
import type { LeaseObservation, PingObservation } from '../model/observation.js';
import type { SelfReport } from '../model/record.js';
import { isQuorate } from '../ownership/holder.js';
import { configurationOfLine } from '../ownership/line.js';
import { writeAttribute } from './attributes.js';
import { isCarried, mayTellSeal } from './carried.js';
import type { StepTime } from './input-effect.js';
import { isLookDue } from './look.js';
import type { Mind } from './mind.js';
import { longestOf } from './promised-lengths.js';
import { noteRunning } from './running-memory.js';

/** Says in this node's record what changed in this step. Called several times in each, so nothing is built before it is known to be news. */
export function publishSelf(mind: Mind, time: StepTime): void {
  publishReport(mind, time);
  publishSeal(mind);
  if (isLookDue(mind, time.nowMs)) publishHeard(mind, time.nowMs);
  publishResources(mind, time.nowMs);
  publishLeases(mind);
  publishPings(mind, time);
}

function publishReport(mind: Mind, time: StepTime): void {
  const { line } = mind.voters.kept;
  const promised = longestOf(mind.promised.all, time.wallMs);
  const self: SelfReport = {
    incarnation: mind.holder.incarnation,
    leaving: mind.isLeaving,
    over: mind.holder.isOver,
    quorate: isQuorate(mind.holder, time.nowMs),
    revision: mind.revisions.inForce,
    leaseMsMax: Math.max(mind.spec.heartbeat.leaseMs, promised.leaseMs),
    stopBudgetMsMax: promised.stopBudgetMs,
    software: mind.software,
    configuration: configurationOfLine(line),
    ...(isCarried(mind) ? { carried: configurationOfLine(line).phase } : NOTHING),
    ...(mind.voter.quarantineUntilMs > time.nowMs ? { silent: true } : NOTHING),
  };
  const said = recordValue(mind.records, mind.node, 'self');
  if (said?.kind === 'self' && isSameReport(said.self, self)) return;
  publish(mind.records, 'self', { kind: 'self', self });
}

const NOTHING = {};

/** Whether two reports say the same, as far as that can be told at a glance: it is asked several times in each step. */
function isSameReport(a: SelfReport, b: SelfReport): boolean {
  return (
    a.quorate === b.quorate &&
    a.leaving === b.leaving &&
    a.over === b.over &&
    a.revision === b.revision &&
    a.leaseMsMax === b.leaseMsMax &&
    a.stopBudgetMsMax === b.stopBudgetMsMax &&
    a.silent === b.silent &&
    a.carried === b.carried &&
    a.incarnation === b.incarnation &&
    a.software === b.software &&
    isPlainEqual(a.configuration, b.configuration)
  );
}

/** Said only once it is kept, and what no time ends is known to the newer set as well: what is published in a step leaves after the step's saves. */
function publishSeal(mind: Mind): void {
  const { seal, line } = mind.voters.kept;
  publish(
    mind.records,
    'seal',
    seal === null || !mayTellSeal(mind) ? null : { kind: 'seal', configuration: configurationOfLine(line), seal },
  );
}

function publishResources(mind: Mind, nowMs: number): void {
  if (mind.touched.size === 0) return;
  for (const id of mind.touched) {
    const life = mind.lives.get(id);
    const observation = life === undefined ? null : observeLife(life, mind.node, nowMs);
    const isNews =
      observation !== null && (observation.state !== 'unknown' || observation.busy || observation.failures > 0);
    const halfReloaded = (mind.rules.keepReload && life?.halfReloaded) || null;
    noteRunning(mind.running, id, life === undefined ? null : { running: life.running, halfReloaded });
    publish(mind.records, `resource:${id}`, isNews ? { kind: 'resource', resource: observation } : null);
  }
  mind.guard.isStale = true;
  mind.touched.clear();
}

function publishLeases(mind: Mind): void {
  const { records, said, node } = mind;
  let listed = 0;
  for (const { key, epoch, state } of mind.holder.held.values()) {
    if (isFenceKey(key)) continue;
    listed += 1;
    const before = said.leases.get(key);
    if (before?.epoch === epoch && before.state === state) continue;
    const lease: LeaseObservation = { group: groupOfKey(key), node, epoch, state };
    said.leases.set(key, lease);
    publish(records, `lease:${key}`, { kind: 'lease', lease });
  }
  if (said.leases.size === listed) return;
  for (const key of said.leases.keys()) {
    if (mind.holder.held.has(key)) continue;
    said.leases.delete(key);
    publish(records, `lease:${key}`, null);
  }
}

/** One entry per peer: all of them together would not fit a datagram in a large cluster. */
function publishHeard(mind: Mind, nowMs: number): void {
  const { records, said } = mind;
  for (const [peer, links] of mind.hearing.heard) {
    let live = 0;
    for (const [link, atMs] of links) if (nowMs - atMs < mind.holder.leaseMs) live |= 1 << link;
    if (said.heard.get(peer) === live) continue;
    said.heard.set(peer, live);
    const list = liveLinks(mind.hearing, { peer, nowMs, silenceMs: mind.holder.leaseMs });
    publish(records, `heard:${peer}`, list.length > 0 ? { kind: 'heard', links: { [peer]: list } } : null);
  }
}

/** What a ping counts is an attribute of the node too, by the ping's name: agents and scripts that ask for `pingd` find it there. */
function publishPings(mind: Mind, time: StepTime): void {
  for (const [id, { reachable, differs }] of mind.pings) {
    if (mind.said.pings.get(id)?.reachable !== reachable) writePing(mind, { id, reachable, time });
    sayPing(mind, { id, reachable, turning: differs, why: null });
  }
  for (const [id, watch] of mind.checks) {
    const { isPassing } = watch;
    const reachable = isPassing === null ? null : Number(isPassing);
    sayPing(mind, { id, reachable, turning: turningOf(watch), why: isPassing === false ? watch.why : null });
  }
  if (mind.said.pings.size === mind.pings.size + mind.checks.size) return;
  for (const id of mind.said.pings.keys()) {
    if (mind.pings.has(id) || mind.checks.has(id)) continue;
    mind.said.pings.delete(id);
    publish(mind.records, `ping:${id}`, null);
    writePing(mind, { id, reachable: null, time });
  }
}

function writePing(
  mind: Mind,
  { id, reachable, time }: { readonly id: string; readonly reachable: number | null; readonly time: StepTime },
): void {
  const value = reachable === null ? null : String(reachable);
  writeAttribute(mind, { node: mind.node, name: id, value, isLasting: false }, time);
}

/** Why a check fails is said as it was when it began to: other words alone are no news. */
function sayPing(
  mind: Mind,
  now: {
    readonly id: string;
    readonly reachable: number | null;
    readonly turning: 'less' | 'more' | null;
    readonly why: string | null;
  },
): void {
  const { id, reachable, turning, why } = now;
  const before = mind.said.pings.get(id);
  if (before?.reachable === reachable && (before.turning ?? null) === turning) return;
  const reason = why === null ? null : (before?.reason ?? why);
  const ping: PingObservation = {
    ping: id,
    node: mind.node,
    reachable,
    ...(turning === null ? {} : { turning }),
    ...(reason === null ? {} : { reason }),
  };
  mind.said.pings.set(id, ping);
  publish(mind.records, `ping:${id}`, { kind: 'ping', ping });
}
