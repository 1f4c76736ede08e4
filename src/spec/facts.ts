/** What follows from a spec's numbers, in sentences for people who want to see them. */
import { formatDuration } from '../base/duration.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import { describeTakeover } from '../model/lease.js';
import { listNames } from './rule.js';

/** The facts of a valid spec. */
export function specFacts(spec: ClusterSpec): string[] {
  return [voteFact(spec), leaseFact(spec), ...takeoverFacts(spec)];
}

function voteFact(spec: ClusterSpec): string {
  const votes = spec.nodes.filter((node) => node.votes).length;
  const majority = Math.floor(votes / 2) + 1;
  const spare = votes - majority;
  const survives = spare === 0 ? 'the loss of any of them is one too many' : `the loss of ${spare} is survived`;
  return `${votes} ${votes === 1 ? 'vote' : 'votes'}, majority ${majority}: ${survives}`;
}

function leaseFact(spec: ClusterSpec): string {
  const { everyMs, leaseMs, clockDrift } = spec.heartbeat;
  const share = Math.floor(leaseMs / everyMs);
  const drift = Math.round(clockDrift * 1e4) / 100;
  return `lease ${formatDuration(leaseMs)}, a heartbeat every ${formatDuration(everyMs)}: ${share} fit into a lease; clocks may differ by ${drift}% from real time`;
}

/** One fact for all groups that are taken over in the same time. */
function takeoverFacts(spec: ClusterSpec): string[] {
  const { leaseMs, clockDrift } = spec.heartbeat;
  const byBudget = new Map<number, string[]>();
  for (const group of spec.groups) {
    const known = byBudget.get(group.stopBudgetMs);
    if (known === undefined) byBudget.set(group.stopBudgetMs, [group.id]);
    else known.push(group.id);
  }
  return [...byBudget]
    .sort(([a], [b]) => a - b)
    .map(([stopBudgetMs, groups]) => {
      const time = describeTakeover({ leaseMs, stopBudgetMs, drift: clockDrift });
      return `after a crash ${listNames(groups)} can start elsewhere within ${time}, plus one round trip`;
    });
}
