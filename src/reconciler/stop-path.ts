import type { ResourceLife } from '../lifecycle/resource-life.js';
import { beginOperation, definitionOf } from '../lifecycle/resource-life.js';
import { killPathOf } from '../model/kill-path.js';
import type { Operation } from '../model/operation.js';
import type { Held } from '../ownership/holder.js';
import { release } from '../ownership/holder.js';
import { whyUnaccounted } from './inherited.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';
import { leftUnder } from './only-under.js';
import { newOperation } from './operations.js';

/**
 * The way down of a lapsed lease (R9), which asks nobody and waits for no plan.
 *
 * Members are stopped in reverse order while there is time; in the last part of the stop budget whatever is left is ended at once: killed by the path that needs no agent where there is one, and stopped by
 * its agent, all side by side, where there is none. What fails is tried again, past the deadline too, because nothing may run without a lease. The lease is released only when nothing of it runs any more.
 */
export function stopLapsed(mind: Mind, time: StepTime, effects: Effects): void {
  for (const held of [...mind.holder.held.values()]) {
    if (held.state !== 'lapsed') continue;
    const up = livesOf(mind, held).filter((life) => life.state !== 'stopped');
    if (up.length === 0 && whyUnaccounted(mind, held) === null) {
      release(mind.holder, held.key, time.nowMs);
      log(effects, 'info', `nothing of ${held.key} runs here any more; it is released`);
      continue;
    }
    if (time.nowMs >= killAtMs(held)) for (const life of up) endNow(mind, held, life, time, effects);
    else stopNext(mind, held, up, time, effects);
  }
}

/** How long a kill may take at least, however short the budget: one that is cut off proves nothing, and so does the next. Ours: by `systemctl` it takes 150 ms here. */
const KILL_MS_MIN = 1000;

/** When the killing begins: half of the budget is left for it, at most a second. */
export function killAtMs(held: Held): number {
  return held.deadByMs - Math.min(held.stopBudgetMs / 2, 1000);
}

/** The members of a lease's group on this node, in start order, leftovers of its claim included. */
export function livesOf(mind: Mind, held: Held): ResourceLife[] {
  const members = mind.index.groups.get(held.key)?.members ?? [];
  return [...members, ...leftUnder(mind, held, members)].flatMap((member) => mind.lives.get(member) ?? []);
}

function stopNext(mind: Mind, held: Held, up: readonly ResourceLife[], time: StepTime, effects: Effects): void {
  const last = up.at(-1);
  if (last === undefined || isBeingEnded(last) || hasJustFailed(mind, last, time)) return;
  const { stopMs } = definitionOf(last).timeouts;
  const timeoutMs = hasKillPath(last) ? Math.min(stopMs, killAtMs(held) - time.nowMs) : stopMs;
  run(mind, last, { action: 'stop', timeoutMs }, time, effects);
}

function endNow(mind: Mind, held: Held, life: ResourceLife, time: StepTime, effects: Effects): void {
  if (hasKillPath(life)) {
    if (life.operation?.action === 'kill' || hasJustFailed(mind, life, time, 'kill')) return;
    const leftMs = Math.max(held.deadByMs - time.nowMs, KILL_MS_MIN);
    run(mind, life, { action: 'kill', timeoutMs: leftMs }, time, effects);
  } else if (!isBeingEnded(life) && !hasJustFailed(mind, life, time)) {
    run(mind, life, { action: 'stop', timeoutMs: definitionOf(life).timeouts.stopMs }, time, effects);
  }
}

/** Whether a stop or a kill of it is under way. */
export function isBeingEnded(life: ResourceLife): boolean {
  return life.operation?.action === 'stop' || life.operation?.action === 'kill';
}

/** Whether ending it (by a given action) failed within the last heartbeat: then the next try waits for the next one. */
function hasJustFailed(mind: Mind, life: ResourceLife, time: StepTime, by?: 'kill'): boolean {
  const newest = life.failures.at(-1);
  if (newest === undefined || time.nowMs - newest.atMs >= mind.holder.everyMs) return false;
  return by === undefined ? newest.action === 'stop' || newest.action === 'kill' : newest.action === by;
}

function hasKillPath(life: ResourceLife): boolean {
  return killPathOf(definitionOf(life)) !== null;
}

/** Begins an operation; one that is under way is ended, and its late answer is not listened to. */
function run(
  mind: Mind,
  life: ResourceLife,
  options: { readonly action: Operation['action']; readonly timeoutMs: number },
  time: StepTime,
  effects: Effects,
): void {
  if (life.operation !== null) effects.push({ kind: 'cancel', operationId: life.operation.id });
  const operation = newOperation(mind, life, options);
  beginOperation(life, operation, time.nowMs);
  mind.touched.add(life.resource.id);
  effects.push({ kind: 'operate', operation });
}
