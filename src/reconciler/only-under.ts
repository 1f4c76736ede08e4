import type { Held } from '../ownership/holder.js';
import type { Mind } from './mind.js';
import { stateHere } from './state-here.js';

/** Whether a resource runs, or may run, here and no other lease of this node is about it: lists it, or is its group's where no lease lists it any more. */
export function isOnlyUnder(mind: Mind, resource: string, held: Held): boolean {
  if (stateHere(mind, resource) === 'stopped') return false;
  const { exclusive, group } = mind.index.resources.get(resource) ?? {};
  return ![...mind.holder.held.values()].some(
    (other) =>
      other !== held &&
      other.state === 'own' &&
      (other.resources.includes(resource) || (exclusive === 'none' && other.key === group)),
  );
}

/** What left the group of a lease and still runs, or may run, under no other one: what it lists, and what began in the group, where nothing listed it. */
export function leftUnder(mind: Mind, held: Held, members: readonly string[]): string[] {
  const began = [...mind.moved].filter((each) => mind.lives.get(each)?.running?.group === held.key);
  return [...new Set([...held.resources, ...began])].filter(
    (each) => !members.includes(each) && isOnlyUnder(mind, each, held),
  );
}
