/** The calls of fence devices for one target: levels, devices, attempts (R14). */
import type { FenceDeviceSpec } from '../model/cluster-spec.js';
import type { FenceOutcome } from '../model/fencing.js';
import { fenceKey } from '../model/lease.js';
import { limits } from '../model/limits.js';
import { release } from '../ownership/holder.js';
import type { FenceTarget } from './fencing-state.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';

/** Wait before all levels are tried again after the first round that failed; it doubles with each, up to the longest. Ours: a board that was just reset answers within some seconds. */
const AGAIN_MS = 2000;
const AGAIN_MAX_MS = 60_000;

/** The levels of a node with their devices; none when no device can fence it. */
export function levelsOf(mind: Mind, node: string): readonly (readonly FenceDeviceSpec[])[] {
  const { levels, devices } = mind.spec.fencing;
  const entry = levels.find((each) => each.node === node);
  return (entry?.levels ?? []).map((level) => level.flatMap((id) => devices.find((device) => device.id === id) ?? []));
}

/**
 * Begins the next call for a target.
 *
 * Shape: `lives` are those of the target that are known now; they are what a success of the whole level certifies.
 */
export function beginLevel(mind: Mind, target: FenceTarget, lives: readonly string[], effects: Effects): void {
  if (target.device === 0 && target.attempts === 0 && !target.isGivingBack) {
    const levels = levelsOf(mind, target.node);
    target.devices = levels[target.level] ?? levels[0] ?? [];
    target.lives = lives;
  }
  const { devices: level } = target;
  const device = level[target.device];
  if (device === undefined) return;
  mind.fencing.requestCount += 1;
  // A node with several supplies is off only while all of them are, so each is switched off before any is switched on again.
  const action = target.isGivingBack ? 'on' : level.length > 1 ? 'off' : device.action;
  const { timeoutMs } = device;
  const request = {
    id: `${mind.node}-fence-${mind.fencing.requestCount}`,
    device,
    node: target.node,
    action,
    timeoutMs,
  } as const;
  target.request = request;
  log(effects, 'warn', `fencing ${target.node}: ${device.id} is asked for "${action}", because ${target.why}`);
  effects.push({ kind: 'fence', request });
}

/** A level whose calls were interrupted is begun anew: what was switched off first may have power again by now. */
export function beginLevelAgain(target: FenceTarget): void {
  if (target.device === 0) return;
  target.device = 0;
  target.attempts = 0;
}

/** What came of the call under way. Returns the lives that are dead by it, when the level has done its work; null otherwise. */
export function noteOutcome(
  mind: Mind,
  target: FenceTarget,
  outcome: FenceOutcome,
  time: StepTime,
  effects: Effects,
): { readonly lives: readonly string[]; readonly how: string } | null {
  const { request, devices: level } = target;
  if (request === null) return null;
  target.request = null;
  if (target.isGivingBack) {
    if (outcome.kind !== 'succeeded')
      log(effects, 'warn', `${request.device.id} could not switch ${target.node} on again: ${outcome.reason}`);
    goToNextToGiveBack(mind, target, time);
    return null;
  }
  if (outcome.kind !== 'succeeded') {
    noteFailure(mind, target, { device: request.device, reason: outcome.reason }, time, effects);
    return null;
  }
  target.attempts = 0;
  target.device += 1;
  if (target.device < level.length) return null;
  const { lives } = target;
  const how = level.map(({ id }) => id).join(' and ');
  log(effects, 'warn', `${target.node} is fenced by ${how}`);
  target.isGivingBack = level.length > 1;
  target.device = -1;
  goToNextToGiveBack(mind, target, time);
  return { lives, how };
}

/** The next device that gives the power back; with none left the fence is over. */
function goToNextToGiveBack(mind: Mind, target: FenceTarget, time: StepTime): void {
  const { devices, isGivingBack, device } = target;
  const next = isGivingBack ? devices.findIndex((each, i) => i > device && each.action === 'reboot') : -1;
  target.device = next;
  if (next < 0) endFence(mind, target, time);
}

/** Forgets a target and gives the right to fence it back: the fence is over, or nobody wants it any more. */
export function endFence(mind: Mind, target: FenceTarget, time: StepTime): void {
  mind.fencing.targets.delete(target.node);
  release(mind.holder, fenceKey(target.node), time.nowMs);
}

function noteFailure(
  mind: Mind,
  target: FenceTarget,
  failed: { readonly device: FenceDeviceSpec; readonly reason: string },
  time: StepTime,
  effects: Effects,
): void {
  const { device, reason } = failed;
  target.attempts += 1;
  target.reason = `${device.id}: ${reason}`.slice(0, limits.reasonLengthMax / 2);
  log(effects, 'error', `${target.node} could not be fenced by ${device.id} (attempt ${target.attempts}): ${reason}`);
  target.notBeforeMs = time.nowMs + mind.holder.everyMs;
  if (target.attempts <= device.retries) return;
  target.attempts = 0;
  target.device = 0;
  target.level += 1;
  if (target.level < levelsOf(mind, target.node).length) return;
  target.level = 0;
  target.rounds += 1;
  target.notBeforeMs = time.nowMs + Math.min(AGAIN_MS * 2 ** Math.min(target.rounds - 1, 10), AGAIN_MAX_MS);
  // Another node may reach a device that this one does not.
  release(mind.holder, fenceKey(target.node), time.nowMs);
}
