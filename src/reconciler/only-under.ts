import type { Held } from '../ownership/holder.js';
import type { Mind } from './mind.js';
import { stateHere } from './state-here.js';

/** Whether a resource runs, or may run, here and no other lease of this node lists it. */
export function isOnlyUnder(mind: Mind, resource: string, held: Held): boolean {
  if (stateHere(mind, resource) === 'stopped') return false;
  return ![...mind.holder.held.values()].some(
    (other) => other !== held && other.state === 'own' && other.resources.includes(resource),
  );
}
