import type { ClusterSpec } from '../model/cluster-spec.js';
import { clearCondition, setCondition } from './conditions.js';
import type { Mind } from './mind.js';

/** Where a spec has a node listen, in words. */
export function listeningPlace({ nodes, heartbeat }: ClusterSpec, node: string): string {
  const { addresses = [] } = nodes.find(({ id }) => id === node) ?? {};
  return `${addresses.join(', ')} port ${heartbeat.port}`;
}

/**
 * Says that the spec in force has this node listen elsewhere than it does.
 *
 * A daemon keeps its sockets for as long as it lives: who moved at once would not be reached by nodes that have not heard of the change yet, and could not tell them.
 */
export function watchListeningPlace(mind: Mind, nowMs: number): void {
  const wanted = listeningPlace(mind.spec, mind.node);
  if (wanted === mind.listensOn) {
    clearCondition(mind.conditions, 'restart-needed');
    return;
  }
  const sentence = `this daemon listens on ${mind.listensOn}, and the revision in force says ${wanted}: restart it, for others send there by now or will as soon as they are restarted; where the port changed, restart all within one lease`;
  setCondition(mind.conditions, { kind: 'restart-needed', severity: 'warning', sentence, nowMs });
}
