import { publish } from '../membership/records.js';
import { forgetConditions } from './conditions.js';
import type { Mind } from './mind.js';

/**
 * Forgets who is not in the spec any more: what is told of such a node would be told for ever, and clusters whose nodes come and go under ever new names would have more and more to look at in each step.
 *
 * Which heartbeats were heard is kept, so that none of them shows a node to be there that comes back under its name.
 */
export function forgetNodes(mind: Mind): void {
  const { index, conditions, said, hearing, fencing } = mind;
  const nodes = new Set(index.nodes.keys());
  forgetConditions(conditions, 'voters-forked', nodes);
  forgetConditions(conditions, 'voters-changed', new Set([...nodes, '', 'founding']));
  for (const node of said.heard.keys()) if (!nodes.has(node)) publish(mind.records, `heard:${node}`, null);
  const known = [said.heard, hearing.heard, hearing.last, mind.silentSinceMs, mind.answered, mind.heeded];
  for (const map of [...known, mind.records.known, fencing.read, fencing.askers, mind.voters.told, mind.alerts.nodes])
    for (const node of map.keys()) if (!nodes.has(node)) map.delete(node);
}
