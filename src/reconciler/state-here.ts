import type { ResourceState } from '../model/observation.js';
import type { Mind } from './mind.js';

/** The state of a resource on this node. One without a life was proved to be stopped, or never ran here; but what an earlier daemon left, and nobody can look for, is unknown (S7). */
export function stateHere(mind: Mind, resource: string): ResourceState {
  return mind.lives.get(resource)?.state ?? (mind.unaccounted.has(resource) ? 'unknown' : 'stopped');
}
