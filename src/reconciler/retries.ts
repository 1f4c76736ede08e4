import { retry } from '../lifecycle/resource-life.js';
import { publish, recordValue } from '../membership/records.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';

/** A person asks for a retry: here it is done at once, another node is told by this node's record. */
export function askForRetry(
  mind: Mind,
  request: { readonly node: string; readonly resource: string },
  time: StepTime,
  effects: Effects,
): void {
  const { node, resource } = request;
  if (node === mind.node) return forgetHere(mind, resource, time, effects);
  const key = `retry:${node}`;
  const before = recordValue(mind.records, mind.node, key);
  // Wall time makes the numbers others than those before a restart of this daemon.
  const number = Math.max(before?.kind === 'retry' ? before.retry.number + 1 : 0, Math.floor(time.wallMs));
  publish(mind.records, key, { kind: 'retry', retry: { node, resource, number } });
  log(effects, 'info', `${node} is asked to forget the failures of ${resource}`);
}

/** Heeds what other nodes ask of this one, each request once. */
export function heedRetries(mind: Mind, time: StepTime, effects: Effects): void {
  if (mind.heededAt === mind.records.changes) return;
  mind.heededAt = mind.records.changes;
  const key = `retry:${mind.node}`;
  for (const { id } of mind.spec.nodes) {
    if (id === mind.node) continue;
    const value = recordValue(mind.records, id, key);
    // Records only get newer, so another number is a newer request; it is lower where a wall clock was set back.
    if (value?.kind !== 'retry' || value.retry.number === mind.heeded.get(id)) continue;
    mind.heeded.set(id, value.retry.number);
    forgetHere(mind, value.retry.resource, time, effects);
  }
}

function forgetHere(mind: Mind, resource: string, time: StepTime, effects: Effects): void {
  const members = mind.index.groups.get(resource)?.members ?? [resource];
  for (const member of members) {
    const life = mind.lives.get(member);
    if (life === undefined) continue;
    retry(life, time.nowMs);
    mind.touched.add(member);
  }
  log(effects, 'info', `failures of ${resource} are forgotten here by request`);
}
