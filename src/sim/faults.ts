import { unreachable } from '../base/invariant.js';
import { compareIds } from '../base/order.js';
import { decodeGuardOrders } from '../guard/decode-orders.js';
import { largestBudgetMs } from './patience.js';
import type { Fault } from './schedule.js';
import type { SimHost } from './sim-host.js';
import { KILLABLE_TYPE } from './sim-agents.js';
import type { Cut, NetworkWeather, SimNetwork } from './sim-network.js';
import type { Tally } from './tally.js';
import type { VirtualTime } from './virtual-time.js';

/** What faults act on. */
export interface Stage {
  readonly time: VirtualTime;
  readonly network: SimNetwork;
  readonly hosts: ReadonlyMap<string, SimHost>;
  readonly weather: NetworkWeather;
  readonly tally: Tally;
  readonly say: (who: string, what: string) => void;
  /** A process or machine went on after it stood still: when its excuse ends, what runs there is judged again. */
  readonly onExcuseEnd: (host: SimHost) => void;
}

/** Real milliseconds in which a daemon that went on after a pause must have killed what it can kill. */
const KILL_WITHIN_MS = 80;

/** Lets a fault happen. Faults that find nothing to act on are not counted. */
export function strike(stage: Stage, fault: Fault): void {
  if (!act(stage, fault)) return;
  stage.tally.count(`fault: ${fault.kind}`);
}

function act(stage: Stage, fault: Fault): boolean {
  switch (fault.kind) {
    case 'host-crash':
      return onHost(stage, fault.host, (host) => crashHost(stage, host, fault.downMs));
    case 'daemon-kill':
      return onHost(stage, fault.host, (host) => killDaemon(stage, host, fault));
    case 'leave':
      return onHost(stage, fault.host, (host) => leave(stage, host, fault.downMs));
    case 'pause':
      return onHost(stage, fault.host, (host) => pause(stage, host, fault));
    case 'freeze':
      return onHost(stage, fault.host, (host) => freeze(stage, host, fault.forMs));
    case 'cut':
      return cut(stage, fault);
    case 'weather':
      stage.say('net', `worse: ${JSON.stringify(fault.weather)} for ${Math.round(fault.forMs)} ms`);
      stage.network.weather = fault.weather;
      stage.time.after(fault.forMs, () => {
        stage.network.weather = stage.weather;
      });
      return true;
    case 'disk-full':
      return onHost(stage, fault.host, (host) => fillDisk(stage, host, fault));
    case 'vanish':
    case 'spoil':
      return disturb(stage, fault);
    case 'quirk':
      return onHost(stage, fault.host, (host) => {
        stage.say(host.id, `next ${fault.times} of ${fault.quirk} for ${fault.resource}`);
        host.services.quirksOf(fault.resource)[fault.quirk] += fault.times;
      });
    case 'ping-lost':
      return losePing(stage, fault);
    case 'edit':
      return onHost(stage, fault.host, (host) => {
        stage.say(host.id, `its file is edited: ${fault.what}`);
        stage.tally.count(`edit: ${fault.what}`);
        host.file = fault.text;
        host.daemon?.put({ kind: 'file', text: fault.text.text, hash: fault.text.hash });
      });
    case 'retry':
      return onHost(stage, fault.host, (host) => {
        host.daemon?.put({ kind: 'retry', resource: fault.resource, node: fault.host });
      });
    case 'wall-step':
      return onHost(stage, fault.host, (host) => host.clock.stepWall(fault.byMs));
    case 'rate':
      return onHost(stage, fault.host, (host) => {
        stage.say(host.id, `its clock runs at ${fault.rate}`);
        host.clock.setRate(fault.rate);
      });
    default:
      return unreachable(fault);
  }
}

function onHost(stage: Stage, id: string, run: (host: SimHost) => void): boolean {
  const host = stage.hosts.get(id);
  if (host === undefined || !host.isUp || host.isFrozen) return false;
  run(host);
  return true;
}

/** A machine loses power and boots after a while; its daemon starts some time after the kernel. */
export function crashHost(stage: Stage, host: SimHost, downMs: number): void {
  stage.say(host.id, `loses power for ${Math.round(downMs)} ms`);
  host.crash();
  stage.time.after(downMs, () => bootHost(stage, host));
}

/** Boots a machine that is down, and starts its daemon. */
export function bootHost(stage: Stage, host: SimHost): void {
  if (host.isUp) return;
  stage.say(host.id, 'boots');
  host.bootUp();
  stage.time.after(200, () => host.startDaemon());
}

function killDaemon(stage: Stage, host: SimHost, fault: Extract<Fault, { kind: 'daemon-kill' }>): void {
  const { daemon } = host;
  if (daemon === null || !daemon.isAlive || daemon.isStill) return;
  const kill = (): void => {
    const { downMs } = fault;
    stage.say(host.id, `its daemon is killed, ${downMs === null ? 'for good' : `for ${Math.round(downMs)} ms`}`);
    const { boot } = host;
    host.killDaemon();
    if (downMs === null) stage.tally.count('daemons killed for good');
    else {
      stage.time.after(downMs, () => {
        if (host.boot === boot) host.startDaemon();
      });
    }
  };
  if (fault.effect === null) kill();
  else daemon.killAfter(fault.effect, kill);
}

function leave(stage: Stage, host: SimHost, downMs: number): void {
  if (host.daemon?.isAlive !== true) return;
  stage.say(host.id, `is told to leave`);
  const { boot } = host;
  host.daemon.put({ kind: 'leave' });
  const again = (): void => {
    if (host.boot !== boot || !host.isUp) return;
    const { daemon } = host;
    // One that stands still has not even heard of it yet.
    if (daemon?.isAlive === true && (daemon.mind.isLeaving || daemon.isStill)) stage.time.after(500, again);
    else host.startDaemon();
  };
  stage.time.after(downMs, again);
}

function pause(stage: Stage, host: SimHost, fault: Extract<Fault, { kind: 'pause' }>): void {
  const { daemon } = host;
  if (daemon === null || !daemon.isAlive || daemon.isStill) return;
  stage.say(host.id, `its daemon stands still for ${Math.round(fault.forMs)} ms`);
  daemon.hold();
  stage.time.after(fault.forMs, () => {
    // A machine that was frozen meanwhile and went on took its daemon along.
    if (host.daemon !== daemon || host.isFrozen || !daemon.isStill) return;
    goOn(stage, host, () => daemon.goOn(fault.isTimersFirst));
  });
}

function freeze(stage: Stage, host: SimHost, forMs: number): void {
  stage.say(host.id, `the whole machine stands still for ${Math.round(forMs)} ms`);
  const { boot } = host;
  host.freeze();
  stage.time.after(forMs, () => {
    if (host.boot === boot && host.isFrozen) goOn(stage, host, () => host.thaw());
  });
}

/**
 * Whoever stood still past its lease has a moment to end what runs, and is judged then.
 *
 * A process that was paused knows at once. A machine that was frozen with its clock knows when a voter's answer shows it (R1), at the latest when its leases end by its own clock: until then nothing can tell it.
 */
export function goOn(stage: Stage, host: SimHost, resume: () => void): void {
  const { nowMs } = stage.time;
  const wasFrozen = host.isFrozen;
  stage.say(host.id, 'goes on');
  // The guard ended in time what a daemon that stood still had left, but for a stop that it only took over.
  if (!wasFrozen && !host.isRelievedLate) return resume();
  const withinMs = endWithinMs(host);
  // A pause of the daemon does not make a machine aware that it was frozen before.
  const stillExcusedMs = host.thawedAtMs === null ? nowMs : host.excusedUntilMs;
  host.excusedUntilMs = Number.POSITIVE_INFINITY;
  resume();
  if (!wasFrozen) return judgeAt(stage, host, Math.max(stillExcusedMs, nowMs + withinMs));
  host.thawedAtMs = nowMs;
  // A guard that was left alone does not know either, and acts by the deadlines that it was given.
  const guarded = decodeGuardOrders(host.volatile.texts.get('guard.json') ?? null)?.leases ?? [];
  const endsMs = guarded.map((lease) => lease.deadByMs);
  const { mind } = host;
  if (mind !== null) {
    // Answers that waited may still complete a claim, for a lease from its sending on.
    endsMs.push(host.clock.nowMs() + mind.holder.leaseMs + largestBudgetMs(mind.spec));
    endsMs.push(...[...mind.holder.held.values()].map((held) => held.deadByMs));
  }
  judgeAt(stage, host, host.clock.realAtMs(Math.max(host.clock.nowMs(), ...endsMs)) + withinMs);
}

/** A frozen machine was answered by a voter that it heard before: from now on it knows. */
export function learnsOfFreeze(stage: Stage, host: SimHost): void {
  host.thawedAtMs = null;
  judgeAt(stage, host, Math.min(host.excusedUntilMs, stage.time.nowMs + endWithinMs(host, true)));
}

function judgeAt(stage: Stage, host: SimHost, atMs: number): void {
  host.excusedUntilMs = atMs;
  stage.time.at(atMs + 0.01, () => {
    if (host.isUp && !host.isExcused) stage.onExcuseEnd(host);
  });
}

/** What can be killed is killed at once, unless the lease lapses only now and has its stop budget; the rest needs the stops of its agents. Shape: real milliseconds. */
function endWithinMs(host: SimHost, isLapsing = host.isFrozen): number {
  const mind = host.daemon?.mind;
  if (mind === undefined) return KILL_WITHIN_MS;
  const isKillable = (resource: string) => mind.index.resources.get(resource)?.type === KILLABLE_TYPE;
  const canKill = host.services.active().every(isKillable);
  const budgetMs = Math.max(0, ...[...mind.holder.held.values()].map((held) => held.stopBudgetMs));
  return KILL_WITHIN_MS + (isLapsing || !canKill ? budgetMs / host.clock.rate : 0);
}

function cut(stage: Stage, fault: Extract<Fault, { kind: 'cut' }>): boolean {
  const { from, to, link } = fault;
  const cuts: Cut[] = [{ from, to, link }];
  if (fault.isBothWays) cuts.push({ from: to, to: from, link });
  const arrow = fault.isBothWays ? '<->' : '->';
  stage.say('net', `cut ${from.join(',')} ${arrow} ${to.join(',')}${link === null ? '' : ` on link ${link}`}`);
  for (const each of cuts) stage.network.cuts.add(each);
  stage.tally.count(fault.isBothWays ? 'cuts both ways' : 'cuts one way');
  stage.time.after(fault.forMs, () => {
    for (const each of cuts) stage.network.cuts.delete(each);
    stage.say('net', `cut ${from.join(',')} ${arrow} ${to.join(',')} ends`);
  });
  return true;
}

function fillDisk(stage: Stage, host: SimHost, fault: Extract<Fault, { kind: 'disk-full' }>): void {
  stage.say(host.id, `its ${fault.disk} disk is full`);
  const disk = fault.disk === 'volatile' ? host.volatile : host.durable;
  disk.isFull = true;
  stage.time.after(fault.forMs, () => {
    disk.isFull = false;
  });
}

function disturb(stage: Stage, fault: Extract<Fault, { kind: 'vanish' | 'spoil' }>): boolean {
  let isStruck = false;
  for (const host of stage.hosts.values()) {
    if (!host.isUp || host.isFrozen) continue;
    const isHere = fault.kind === 'vanish' ? host.services.vanish(fault.resource) : host.services.spoil(fault.resource);
    if (isHere) stage.say(host.id, `${fault.resource} ${fault.kind === 'vanish' ? 'ends by itself' : 'is broken'}`);
    isStruck ||= isHere;
  }
  return isStruck;
}

function losePing(stage: Stage, fault: Extract<Fault, { kind: 'ping-lost' }>): boolean {
  const hosts = fault.hosts.flatMap((id) => stage.hosts.get(id) ?? []).sort((a, b) => compareIds(a.id, b.id));
  for (const host of hosts) {
    stage.say(host.id, `cannot reach ${fault.ping}`);
    const { lostPings } = host.services;
    lostPings.add(fault.ping);
    stage.time.after(fault.forMs, () => lostPings.delete(fault.ping));
  }
  return hosts.length > 0;
}
