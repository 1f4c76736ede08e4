import type { GroupSpec } from '../model/cluster-spec.js';
import type { ObservedCluster, ResourceObservation } from '../model/observation.js';
import type { Placement } from '../model/plan.js';
import type { GroupStatus } from '../model/status.js';
import { nameSome } from '../planner/reasons.js';
import { unheardFor } from '../planner/unheard.js';
import type { Mind } from './mind.js';

/** Every group of the plan with its state in one word and one sentence. Shape: `isQuorate` whether this node has a majority. */
export function describeGroups(mind: Mind, observed: ObservedCluster, isQuorate: boolean): GroupStatus[] {
  const byResource = new Map<string, ResourceObservation[]>();
  for (const each of observed.resources)
    byResource.set(each.resource, [...(byResource.get(each.resource) ?? []), each]);
  const placements = new Map((mind.plan?.placements ?? []).map((placement) => [placement.group, placement]));
  return mind.index.planned.groups.map((group) =>
    describeGroup(mind, { group, observed, isQuorate, byResource, placement: placements.get(group.id) }),
  );
}

function describeGroup(
  mind: Mind,
  options: {
    readonly group: GroupSpec;
    readonly observed: ObservedCluster;
    readonly isQuorate: boolean;
    readonly byResource: ReadonlyMap<string, readonly ResourceObservation[]>;
    readonly placement: Placement | undefined;
  },
): GroupStatus {
  const { group, observed, isQuorate, placement } = options;
  const lease = observed.leases.find((each) => each.group === group.id && each.state !== 'claim');
  const isThere = (node: string) => observed.nodes.find((each) => each.node === node)?.liveness !== 'offline';
  const holder = lease !== undefined && isThere(lease.node) ? lease.node : null;
  const members = group.members.map((resource) => {
    const seen = (options.byResource.get(resource) ?? []).filter((each) => isThere(each.node));
    const up = seen.find((each) => each.node === holder) ?? seen.find((each) => each.state !== 'stopped') ?? seen[0];
    const isUp = up !== undefined && up.state !== 'stopped';
    return { resource, node: isUp ? up.node : null, state: up?.state ?? 'unknown', observation: up };
  });
  const isSeen = holder !== null || members.some(({ state: each }) => each !== 'stopped' && each !== 'unknown');
  // Who has a majority learns of an owner from the voters; for whoever has none, others may have taken the group since.
  const unheard = isQuorate || isSeen || placement === undefined ? [] : unheardFor(placement, observed);
  if (unheard.length > 0 && !members.some(({ observation }) => observation?.blocked === true))
    return describeUnseen(mind, { group, unheard });
  const node = holder ?? members.find((member) => member.node !== null)?.node ?? null;
  const state = stateOf({ group, members, node, placement });
  return {
    group: group.id,
    desired: group.desired,
    node,
    state,
    sentence: sentenceOf(mind, { group, observed, state, node, placement }),
    members: members.map(({ resource, node: where, state: each }) => ({ resource, node: where, state: each })),
  };
}

/** A group that does not run on the nodes that are heard, and of which those know nothing that may have it. */
function describeUnseen(
  mind: Mind,
  { group, unheard }: { readonly group: GroupSpec; readonly unheard: readonly string[] },
): GroupStatus {
  const wait = mind.plan?.waits.find((each) => each.group === group.id);
  const isAre = unheard.length === 1 ? 'is' : 'are';
  const why = `since ${nameSome(unheard)} ${isAre} not heard${wait === undefined ? '' : `; ${wait.text}`}`;
  return {
    group: group.id,
    desired: group.desired,
    node: null,
    state: 'unknown',
    sentence: `whether ${group.id} runs is not known from here, ${why}`,
    members: group.members.map((resource) => ({ resource, node: null, state: 'unknown' })),
  };
}

function stateOf(options: {
  readonly group: GroupSpec;
  readonly members: readonly { readonly state: string; readonly observation: ResourceObservation | undefined }[];
  readonly node: string | null;
  readonly placement: Placement | undefined;
}): GroupStatus['state'] {
  const { group, members, node, placement } = options;
  const has = (state: string) => members.some((member) => member.state === state);
  const all = (state: string) => members.every((member) => member.state === state);
  if (members.some((member) => member.observation?.blocked === true)) return 'blocked';
  if (placement !== undefined && node !== null && placement.node !== null && placement.node !== node) return 'moving';
  if (has('failed')) return 'failed';
  if (all('running')) return group.desired === 'stopped' ? 'stopping' : 'running';
  if (has('stopping') || (placement?.node === null && has('running'))) return 'stopping';
  if (has('starting') || has('running')) return 'starting';
  if (all('stopped')) return group.desired === 'stopped' ? 'stopped' : 'waiting';
  return group.desired === 'stopped' ? 'stopped' : has('unknown') && node === null ? 'unknown' : 'waiting';
}

function sentenceOf(
  mind: Mind,
  options: {
    readonly group: GroupSpec;
    readonly observed: ObservedCluster;
    readonly state: GroupStatus['state'];
    readonly node: string | null;
    readonly placement: Placement | undefined;
  },
): string {
  const { group, observed, state, node, placement } = options;
  const wait = mind.plan?.waits.find((each) => each.group === group.id);
  const why = placement?.reasons[0]?.text;
  if (state === 'running') return `${group.id} runs on ${node ?? 'no node'}`;
  const waiting = wait === undefined ? '' : `; ${wait.text}`;
  const because = wait === undefined && why !== undefined ? `, because ${why}` : '';
  const said = `${group.id} is ${state} on ${node ?? 'no node'}`;
  switch (state) {
    case 'moving':
      return `${group.id} moves from ${node ?? 'nowhere'} to ${placement?.node ?? 'nowhere'}${because}${waiting}`;
    case 'starting':
    case 'stopping':
      return `${said}${why === said ? '' : because}${waiting}`;
    case 'failed':
    case 'blocked':
      return `${group.id} ${state === 'failed' ? 'has failed' : 'is blocked'} on ${node ?? 'no node'}${waiting}`;
    case 'stopped':
      return `${group.id} is stopped, as desired`;
    case 'unknown':
      return `nothing is known of ${group.id} yet${waiting}`;
    case 'waiting':
      // Why it belongs on a node is no reason why it does not run.
      if (wait === undefined && placement !== undefined && placement.node !== null)
        return `${group.id} does not run yet: it ${nextOf({ group, observed, node, target: placement.node })}`;
      return `${group.id} does not run${because}${waiting}`;
    default:
      return `${group.id} is ${state}`;
  }
}

/** What comes next for a group that waits on nothing. */
function nextOf(options: {
  readonly group: GroupSpec;
  readonly observed: ObservedCluster;
  readonly node: string | null;
  readonly target: string;
}): string {
  const { group, observed, node, target } = options;
  if (node === target) return `is about to start on ${target}`;
  const isClaimed = observed.leases.some(
    (lease) => lease.group === group.id && lease.node === target && lease.state === 'claim',
  );
  return `is ${isClaimed ? 'being' : 'to be'} claimed for ${target}`;
}
