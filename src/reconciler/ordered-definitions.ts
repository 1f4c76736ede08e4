/** What the orders of an earlier daemon to its guard tell of resources: enough to look for them and to stop them, though not to start them. */
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { Place } from '../model/source.js';
import type { GuardedLease } from '../model/guard-orders.js';
import type { KillPath } from '../model/kill-path.js';
import { unreachable } from '../base/invariant.js';

/** A life has room for two: what runs, and what a reload was to give. */
const DEFINITIONS_MAX = 2;

/** With what the named resources may run by these orders, in start order; none for one of which orders tell no way to end it, or more ways than a life has room for. */
export function orderedDefinitions(
  orders: readonly GuardedLease[],
  isWanted: (resource: string) => boolean,
  place: Place,
): ResourceSpec[] {
  const found = orders.flatMap((lease) => definitionsIn(lease, place)).filter(({ id }) => isWanted(id));
  return found.filter(({ id }) => found.filter((each) => each.id === id).length <= DEFINITIONS_MAX);
}

function definitionsIn(lease: GuardedLease, place: Place): ResourceSpec[] {
  const { members, stops } = lease;
  const budgetMs = Math.max(1, lease.deadByMs - lease.validUntilMs);
  const stopsBefore = (count: number): ResourceSpec[] =>
    stops
      .filter(({ membersBefore }) => membersBefore === count)
      .map(({ resource, timeoutMs, ...agent }) => definition({ id: resource, ...agent, timeoutMs, lease, place }));
  return [
    ...members.flatMap(({ resource, path }, count) => [
      ...stopsBefore(count),
      definition({ id: resource, ...agentOf(resource, path), timeoutMs: budgetMs, lease, place }),
    ]),
    ...stopsBefore(members.length),
  ];
}

/** What an agent needs to look for what a kill path ends. */
function agentOf(resource: string, path: KillPath): Pick<ResourceSpec, 'type' | 'params'> {
  switch (path.kind) {
    case 'process':
      // It is found and ended by the resource's name, whatever its command was.
      return { type: 'script', params: { run: [resource] } };
    case 'unit':
      return { type: path.type, params: {} };
    case 'address':
      return { type: 'builtin:vip', params: path.params };
    case 'noop':
      return { type: 'builtin:noop', params: {} };
    default:
      return unreachable(path);
  }
}

function definition(of: {
  readonly id: string;
  readonly type: ResourceSpec['type'];
  readonly params: ResourceSpec['params'];
  readonly timeoutMs: number;
  readonly lease: GuardedLease;
  readonly place: Place;
}): ResourceSpec {
  const { id, type, params, timeoutMs, lease, place } = of;
  return {
    id,
    group: lease.key,
    type,
    params,
    monitors: [],
    checks: [],
    timeouts: { startMs: timeoutMs, stopMs: timeoutMs, monitorMs: timeoutMs },
    onFail: { monitor: 'restart', start: 'restart', stop: 'block' },
    exclusive: 'lease',
    place,
  };
}
