/** How a node goes that was told to leave: once everything is handed over, and what is in the way until then. */
import type { ResourceLife } from '../lifecycle/resource-life.js';
import { isFenceKey } from '../model/lease.js';
import { isSaidToAll } from '../ownership/holder.js';
import { setCondition } from './conditions.js';
import { whyUnaccounted } from './inherited.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';
import { isInMaintenance } from './time-passes.js';

/** Groups that a sentence names one by one. */
const NAMED_MAX = 5;

/** The node is told to leave. */
export function beginLeaving(mind: Mind, effects: Effects): void {
  mind.isLeaving = true;
  log(effects, 'info', 'leaving: everything is handed over first');
}

/** Who leaves and holds nothing takes nothing any more: kept before it is said, since others may take everything then. */
export function endIncarnation({ holder, isLeaving }: Mind): void {
  if (!isLeaving || holder.isOver || holder.held.size > 0) return;
  holder.isOver = true;
  holder.isUnsaved = true;
}

/** The node is gone when nothing of it is left and everybody was told so; until then it says what it waits for. */
export function finishLeaving(mind: Mind, time: StepTime, effects: Effects): void {
  if (!mind.isLeaving) return;
  if (!isHandedOver(mind, time.nowMs)) return sayWhatIsAwaited(mind, time, effects);
  mind.hasLeft = true;
  mind.guard.isStale = true;
  effects.push({ kind: 'left' });
}

/** Why a node that is told to leave now would stay: in maintenance nothing is stopped, so what it holds cannot be handed over. Null for no reason. */
export function whyNotLeave(mind: Mind): string | null {
  const held = heldGroups(mind);
  const node = mind.index.nodes.get(mind.node);
  if (held.length === 0 || node === undefined || !isInMaintenance(mind)) return null;
  const { file, line } = node.statePlace;
  const them = held.length === 1 ? 'it' : 'them';
  return `${node.id} is in maintenance (${file}:${line}), in which nothing is stopped, and holds ${named(held)}: end the maintenance first, or run \`fairlead detach\`, which leaves ${them} to a daemon that is back within the lease, else to the guard, which ends ${them}`;
}

function isHandedOver(mind: Mind, nowMs: number): boolean {
  if (mind.holder.held.size > 0 || !isSaidToAll(mind.holder, nowMs)) return false;
  // One of two voters fences without a lease: what comes of its call is awaited too, and what gives the power back.
  for (const { request } of mind.fencing.targets.values()) if (request !== null) return false;
  for (const life of mind.lives.values()) {
    const group = mind.index.groups.get(life.resource.group);
    const isOurs = life.operation !== null && life.operation.action !== 'probe';
    if (isOurs || (group !== undefined && life.running !== null && life.state === 'stopping')) return false;
  }
  return true;
}

function sayWhatIsAwaited(mind: Mind, { nowMs }: StepTime, effects: Effects): void {
  const inTheWay = whyNotLeave(mind) ?? whyForgotten(mind) ?? whyBlocked(mind);
  const held = heldGroups(mind);
  const rest = held.length === 0 ? 'nothing is held here any more' : `it still holds ${named(held)}`;
  const isNew = setCondition(mind.conditions, {
    kind: 'leaving',
    severity: inTheWay === null ? 'info' : 'warning',
    sentence:
      inTheWay === null
        ? `this node hands everything over and stops; ${rest}`
        : `this node was told to leave and cannot yet: ${inTheWay}`,
    nowMs,
  });
  if (isNew && inTheWay !== null) log(effects, 'warn', `told to leave, and cannot yet: ${inTheWay}`);
}

function whyForgotten(mind: Mind): string | null {
  for (const held of mind.holder.held.values()) {
    const why = whyUnaccounted(mind, held);
    if (why !== null) return why;
  }
  return null;
}

function whyBlocked(mind: Mind): string | null {
  const held = heldGroups(mind);
  const isInTheWay = ({ blocked, resource }: ResourceLife) => blocked && held.includes(resource.group);
  const life = [...mind.lives.values()].find(isInTheWay);
  if (life === undefined) return null;
  const { id } = life.resource;
  const why = life.failures.at(-1)?.reason;
  return `${id} is blocked here${why === undefined ? '' : ` (${why})`}: stop it by hand, then run \`fairlead retry ${id}\``;
}

function heldGroups({ holder }: Mind): string[] {
  return [...holder.held.keys()].filter((key) => !isFenceKey(key)).sort();
}

function named(groups: readonly string[]): string {
  const shown = groups.slice(0, NAMED_MAX).join(', ');
  return groups.length > NAMED_MAX ? `${shown} and ${groups.length - NAMED_MAX} more` : shown;
}
