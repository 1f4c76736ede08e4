/** What follows from a spec's numbers, in sentences for people who want to see them. */
import { formatDuration } from '../base/duration.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import { describeTakeover, promisedBudgetMs } from '../model/lease.js';
import { fencedNodes } from './fencing-need.js';
import { listNames } from './rule.js';

/** The facts of a valid spec. */
export function specFacts(spec: ClusterSpec): string[] {
  return [voteFact(spec), leaseFact(spec), ...takeoverFacts(spec), ...fencingFacts(spec)];
}

function voteFact(spec: ClusterSpec): string {
  const voters = spec.nodes.filter((node) => node.votes);
  const votes = voters.length;
  const fenced = fencedNodes({ spec });
  if (votes === 2 && voters.every(({ id }) => fenced.has(id)))
    return '2 votes, majority 2: each goes on without the other once it has fenced it';
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
    if (group.exclusive === 'fencing') continue;
    const budgetMs = promisedBudgetMs(group);
    const known = byBudget.get(budgetMs);
    if (known === undefined) byBudget.set(budgetMs, [group.id]);
    else known.push(group.id);
  }
  return [...byBudget]
    .sort(([a], [b]) => a - b)
    .map(([stopBudgetMs, groups]) => {
      const time = describeTakeover({ leaseMs, stopBudgetMs, drift: clockDrift });
      return `after a crash ${listNames(groups)} can start elsewhere within ${time}, plus one round trip`;
    });
}

/** What waits for fencing, and by what each node is fenced. */
function fencingFacts(spec: ClusterSpec): string[] {
  const waiting = spec.groups.filter((group) => group.exclusive === 'fencing').map((group) => group.id);
  const wait = `after a crash ${listNames(waiting)} can start elsewhere when the node was fenced, and never without`;
  const ways = spec.fencing.levels.map(
    ({ node, levels }) => `${node} is fenced by ${levels.map((level) => level.join(' and ')).join(', then ')}`,
  );
  return waiting.length === 0 ? ways : [wait, ...ways];
}
