/** When a cluster is as its spec wants it. */
import type { GroupStatus, Status } from '../model/status.js';

/**
 * What a node still sees to be done, in words; null when it sees the cluster as its spec wants it, at rest.
 *
 * A node that is down, a lost link or a failure elsewhere does not count: what matters is that every group is where it belongs.
 */
export function whatIsLeft(status: Status): string | null {
  const { quorum, plan } = status;
  if (quorum.majorityInMs !== null) return 'a majority of the voters began without a memory and grants nothing yet';
  if (!quorum.quorate) return `no majority of the voters answers ${status.node}`;
  if (quorum.quarantineMs > 0) return `the voter of ${status.node} is still silent`;
  const voters = status.conditions.find(({ kind }) => kind === 'voters-changed' || kind === 'voters-forked');
  if (voters !== undefined) return voters.sentence;
  const away = status.groups.find((group) => !isAtRest(group));
  if (away !== undefined) return away.sentence;
  if (plan === null) return `${status.node} has no plan yet`;
  const next = plan.actions[0];
  if (next !== undefined) return `${next.kind} ${next.resource ?? next.group} on ${next.node} is still to be done`;
  return null;
}

/** Whether a group is as the spec wants it. */
export function isAtRest({ desired, state }: GroupStatus): boolean {
  return desired === 'started' ? state === 'running' : state === 'stopped';
}
