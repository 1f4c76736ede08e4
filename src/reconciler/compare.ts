import { changeCompared, changeToAsk } from '../lifecycle/definition-change.js';
import type { Input } from './input-effect.js';
import type { Effects, Mind } from './mind.js';

/** Asks once for each change of what runs whether its agent can take it over by a reload; a mind knows no metadata itself. */
export function compareChanged(mind: Mind, effects: Effects): void {
  for (const id of mind.touched) {
    const life = mind.lives.get(id);
    const change = life === undefined ? null : changeToAsk(life);
    if (change !== null) effects.push({ kind: 'compare', change: { from: change.from, to: change.to } });
  }
}

/** An agent answered; what it says of something that is over by now is not listened to. */
export function takeCompared(mind: Mind, { change, isReloadable }: Extract<Input, { kind: 'compared' }>): void {
  const life = mind.lives.get(change.to.id);
  if (life !== undefined && changeCompared(life, change, isReloadable)) mind.touched.add(life.resource.id);
}
