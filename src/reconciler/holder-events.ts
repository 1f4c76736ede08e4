import { isFenceKey } from '../model/lease.js';
import type { HolderEvent, LapseCause } from '../ownership/holder.js';
import { release } from '../ownership/holder.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';

/** Acts on what the holder's step brought about. */
export function takeHolderEvents(mind: Mind, events: readonly HolderEvent[], time: StepTime, effects: Effects): void {
  for (const event of events) {
    switch (event.kind) {
      case 'owned':
        log(effects, 'info', `${event.key} is owned here with epoch ${event.epoch}`);
        mind.done.add(`claim:${event.key}@${mind.node}`);
        break;
      case 'claim-dropped':
        log(
          effects,
          'debug',
          event.by === '' ? `no majority granted ${event.key}` : `${event.key} is still held by ${event.by}`,
        );
        break;
      case 'lapsed':
        takeLapse(mind, event, time, effects);
        break;
    }
  }
}

const causes: Readonly<Record<LapseCause, string>> = {
  'no-majority': 'no majority of voters answered within the lease',
  clock: 'this machine was paused and its clock did not notice',
  taken: 'a majority of voters has promised it to others by now',
  fenced: 'others take this node for dead',
};

function takeLapse(
  mind: Mind,
  event: Extract<HolderEvent, { kind: 'lapsed' }>,
  time: StepTime,
  effects: Effects,
): void {
  if (isFenceKey(event.key)) {
    log(effects, 'warn', `the right to ${event.key} ended, because ${causes[event.why]}`);
    return;
  }
  const because = causes[event.why];
  // What needs fencing is never left running without its lease, whatever the policy: others take it as soon as it is released.
  const isFrozen = mind.spec.quorum.onLoss === 'freeze' && mind.holder.held.get(event.key)?.needsFencing !== true;
  if (isFrozen) {
    log(
      effects,
      'error',
      `the lease of ${event.key} ended, because ${because}; it runs on, because quorum.onLoss is freeze, which can give two owners`,
    );
    release(mind.holder, event.key, time.nowMs);
    return;
  }
  log(effects, 'error', `the lease of ${event.key} ended, because ${because}; everything of it is stopped`);
}
