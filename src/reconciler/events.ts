/** What events of this machine mean: they only say "look again", and where none come, monitors alone look. */
import { isNudgePending, nudge } from '../lifecycle/monitors.js';
import type { ResourceLife } from '../lifecycle/resource-life.js';
import type { EventSource } from '../model/event-source.js';
import { clearCondition, setCondition } from './conditions.js';
import type { Input, StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';
import { monitorIfDue } from './time-passes.js';

/** What is told of by each source, and what monitors alone find without it. */
const LOST: Readonly<Record<EventSource, string>> = {
  addresses: 'changes of addresses and links are not told of',
  units: 'changes of systemd units are not told of',
};

/** Something may have happened to a resource: it is looked at now, within measure. */
export function takeNudge(mind: Mind, life: ResourceLife, time: StepTime, effects: Effects): void {
  const lesson = nudge(life, time.nowMs);
  if (lesson !== null) log(effects, lesson.level, lesson.sentence);
  monitorIfDue(mind, life, time, effects);
}

/** An operation ended: what was said meanwhile counts now. */
export function takePendingNudge(mind: Mind, life: ResourceLife, time: StepTime, effects: Effects): void {
  if (isNudgePending(life)) takeNudge(mind, life, time, effects);
}

/** Events of one kind do not come any more, or come again. */
export function takeEventsLost(
  mind: Mind,
  { source, why }: Extract<Input, { kind: 'events-lost' }>,
  time: StepTime,
  effects: Effects,
): void {
  if (why === null) {
    if (clearCondition(mind.conditions, 'polling', source)) log(effects, 'info', `events of ${source} come again`);
    return;
  }
  const sentence = `${LOST[source]}, because ${why}; until they are again, monitors alone find what is lost`;
  const { nowMs } = time;
  const isNew = setCondition(mind.conditions, { kind: 'polling', subject: source, severity: 'info', sentence, nowMs });
  if (isNew) log(effects, 'warn', sentence);
}
