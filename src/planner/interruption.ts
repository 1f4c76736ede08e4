/**
 * How long a plan interrupts what runs: its actions are played on a clock of their own, each as soon as what it follows is done.
 *
 * A start or stop takes as long as the last one that succeeded; where none was measured, and for a reload, as long as its timeout allows. A claim takes a heartbeat.
 */
import { invariant } from '../base/invariant.js';
import type { ClusterSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { ObservedCluster } from '../model/observation.js';
import type { Action, Plan } from '../model/plan.js';

/**
 * A group that runs now and will not for a while.
 *
 * Shape: `about`: `ms` is from its first stop to its last start, by measured times. `at-most`: some of them are timeouts, because nothing was measured. `open`: the plan does not start it again, or not before there is a majority; `ms` is null.
 */
export type Interruption =
  | { readonly group: string; readonly kind: 'about' | 'at-most'; readonly ms: number }
  | { readonly group: string; readonly kind: 'open'; readonly ms: null };

/** What a plan interrupts. Shape: in order of group. */
export function interruptionsOf(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
}): readonly Interruption[] {
  const { observed, plan } = options;
  const interrupted = firstStops(observed, plan);
  if (interrupted.size === 0) return [];
  const played = play(options);
  const lastStart = new Map<string, number>();
  plan.actions.forEach((action, index) => {
    if (action.kind !== 'start' || !interrupted.has(action.group)) return;
    const before = lastStart.get(action.group);
    if (before === undefined || endOf(played, index) > endOf(played, before)) lastStart.set(action.group, index);
  });
  const cutOff = new Set(plan.waits.filter((wait) => wait.kind === 'quorum').map((wait) => wait.group));
  return [...interrupted.keys()].sort().map((group): Interruption => {
    const from = interrupted.get(group);
    const to = lastStart.get(group);
    if (from === undefined || to === undefined || cutOff.has(group)) return { group, kind: 'open', ms: null };
    const ms = endOf(played, to) - (played.beganMs[from] ?? 0);
    return { group, kind: isGuessed(played, from, to) ? 'at-most' : 'about', ms };
  });
}

/** By group, the first action that stops a member that runs where the group is, or runs elsewhere and nowhere else. */
function firstStops(observed: ObservedCluster, plan: Plan): ReadonlyMap<string, number> {
  const running = new Set<string>();
  const places = new Map<string, number>();
  for (const seen of observed.resources) {
    if (seen.state !== 'running') continue;
    running.add(keyOf(seen.resource, seen.node));
    places.set(seen.resource, (places.get(seen.resource) ?? 0) + 1);
  }
  const current = new Map(plan.placements.map((placement) => [placement.group, placement.current]));
  const first = new Map<string, number>();
  plan.actions.forEach((action, index) => {
    if (action.kind !== 'stop' || first.has(action.group)) return;
    const resource = action.resource ?? '';
    if (!running.has(keyOf(resource, action.node))) return;
    if (action.node === current.get(action.group) || places.get(resource) === 1) first.set(action.group, index);
  });
  return first;
}

/**
 * When each action of a plan begins and ends.
 *
 * Shape: by the position in the plan; Infinity for what never begins. `awaited` is the action whose end let it begin, -1 for none; `isGuess` is 1 where its time is a timeout.
 */
interface Played {
  readonly beganMs: Float64Array;
  readonly endedMs: Float64Array;
  readonly awaited: Int32Array;
  readonly isGuess: Uint8Array;
}

/** Whether a timeout stands in what decided the time from one action to another. */
function isGuessed(played: Played, from: number, to: number): boolean {
  const sinceMs = played.beganMs[from] ?? 0;
  for (let index = to; index >= 0 && (played.beganMs[index] ?? 0) >= sinceMs; index = played.awaited[index] ?? -1) {
    if (played.isGuess[index] === 1) return true;
  }
  return false;
}

function endOf(played: Played, index: number): number {
  return played.endedMs[index] ?? Number.POSITIVE_INFINITY;
}

function play(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
}): Played {
  const { actions } = options.plan;
  const takes = takesOf(options);
  const count = actions.length;
  const played: Played = {
    beganMs: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    endedMs: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    awaited: new Int32Array(count).fill(-1),
    isGuess: new Uint8Array(count),
  };
  const { left, followers } = followingOf(actions);
  const startsFree = new Map<string, number>();
  const queues = new Map<string, number[]>();
  const running: Timed[] = [];
  const begin = (index: number, nowMs: number): void => {
    const action = actions[index];
    if (action === undefined) return;
    if (isStart(action)) {
      const free = startsFree.get(action.node) ?? options.spec.startsPerNodeMax;
      if (free === 0) {
        const queue = queues.get(action.node);
        if (queue === undefined) queues.set(action.node, [index]);
        else queue.push(index);
        return;
      }
      startsFree.set(action.node, free - 1);
    }
    const { ms, isGuess } = takes(action);
    played.beganMs[index] = nowMs;
    if (isGuess) played.isGuess[index] = 1;
    insert(running, { index, atMs: nowMs + ms });
  };
  for (let index = 0; index < count; index++) if (left[index] === 0) begin(index, 0);
  for (let next = running.pop(); next !== undefined; next = running.pop()) {
    const { index, atMs } = next;
    played.endedMs[index] = atMs;
    const action = actions[index];
    if (action !== undefined && isStart(action)) {
      startsFree.set(action.node, (startsFree.get(action.node) ?? 0) + 1);
      const queued = queues.get(action.node)?.shift();
      if (queued !== undefined) {
        played.awaited[queued] = index;
        begin(queued, atMs);
      }
    }
    for (const follower of followers[index] ?? []) {
      const others = (left[follower] ?? 0) - 1;
      left[follower] = others;
      if (others > 0) continue;
      played.awaited[follower] = index;
      begin(follower, atMs);
    }
  }
  return played;
}

/** Starts and reloads alike count among those that a node may have under way. */
function isStart({ kind }: Action): boolean {
  return kind === 'start' || kind === 'reload';
}

interface Timed {
  readonly index: number;
  readonly atMs: number;
}

/** Keeps the list such that what ends first, and stands first in the plan, is its last. */
function insert(running: Timed[], timed: Timed): void {
  let low = 0;
  let high = running.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = running[middle];
    invariant(other !== undefined, 'a list has no holes');
    const isLater = other.atMs > timed.atMs || (other.atMs === timed.atMs && other.index > timed.index);
    if (isLater) low = middle + 1;
    else high = middle;
  }
  running.splice(low, 0, timed);
}

/** How many actions each one follows, and which follow it. */
function followingOf(actions: readonly Action[]): {
  readonly left: Int32Array;
  readonly followers: readonly (readonly number[])[];
} {
  const byId = new Map(actions.map((action, index) => [action.id, index]));
  const left = new Int32Array(actions.length);
  const followers: number[][] = actions.map(() => []);
  actions.forEach((action, index) => {
    for (const id of action.after) {
      const before = byId.get(id);
      if (before === undefined) continue;
      left[index] = (left[index] ?? 0) + 1;
      followers[before]?.push(index);
    }
  });
  return { left, followers };
}

/** How long an action takes. A look takes no time: nothing is stopped before it is done. */
function takesOf(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
}): (action: Action) => { readonly ms: number; readonly isGuess: boolean } {
  const { spec, observed } = options;
  const resources = new Map(spec.resources.map((resource): [string, ResourceSpec] => [resource.id, resource]));
  const start = measuredBy(observed, 'startTookMs');
  const stop = measuredBy(observed, 'stopTookMs');
  return (action) => {
    if (action.kind === 'claim') return { ms: spec.heartbeat.everyMs, isGuess: false };
    const timeouts = resources.get(action.resource ?? '')?.timeouts;
    const atMost = (ms = 0) => ({ ms, isGuess: true });
    const taking = (ms: number | null, mostMs?: number) => (ms === null ? atMost(mostMs) : { ms, isGuess: false });
    if (action.kind === 'start') return taking(start(action), timeouts?.startMs);
    if (action.kind === 'stop') return taking(stop(action), timeouts?.stopMs);
    return action.kind === 'reload' ? atMost(timeouts?.startMs) : { ms: 0, isGuess: false };
  };
}

/** What was measured there, or else the longest of what was measured on other nodes; null for nowhere. */
function measuredBy(observed: ObservedCluster, which: 'startTookMs' | 'stopTookMs'): (action: Action) => number | null {
  const there = new Map<string, number>();
  const anywhere = new Map<string, number>();
  for (const seen of observed.resources) {
    const ms = seen[which];
    if (ms === undefined) continue;
    there.set(keyOf(seen.resource, seen.node), ms);
    anywhere.set(seen.resource, Math.max(ms, anywhere.get(seen.resource) ?? 0));
  }
  return ({ resource, node }) => there.get(keyOf(resource ?? '', node)) ?? anywhere.get(resource ?? '') ?? null;
}

function keyOf(resource: string, node: string): string {
  return JSON.stringify([resource, node]);
}
