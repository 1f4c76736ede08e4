/** What a cluster is made into, for a rule of the protocol to matter. */
import type { RandomStream } from '../base/random.js';
import type { ClusterSpec, NodeSpec } from '../model/cluster-spec.js';
import { votersOf } from '../reconciler/spec-index.js';
import { withFencing } from './fenced-spec.js';
import { selector, withNewGroup } from './random-spec.js';
import { KILLABLE_TYPE, UNKILLABLE_TYPE } from './sim-agents.js';

/** A group that may be anywhere and minds no other. */
const ANYWHERE = { prefer: [], require: [], avoid: [], requires: [], after: [], with: [], apart: [] } as const;

/** Long leases with short stop budgets: whoever trusts its lease for as long as it seems to last is far too late. */
export function withLongLeases(spec: ClusterSpec): ClusterSpec {
  return withLeases(spec, { everyMs: 500, beats: 10 });
}

/** Leases and stop budgets so short that a change of the voters takes less time than a cut. */
export function withShortPromises(spec: ClusterSpec): ClusterSpec {
  return withLeases(spec, { everyMs: 200, beats: 4 });
}

/** Leases of so many heartbeats, and short stop budgets, which only what can be killed keeps. */
function withLeases(
  spec: ClusterSpec,
  { everyMs, beats }: { readonly everyMs: number; readonly beats: number },
): ClusterSpec {
  return {
    ...spec,
    heartbeat: { ...spec.heartbeat, everyMs, leaseMs: beats * everyMs },
    groups: spec.groups.map((group) => ({ ...group, stopBudgetMs: 300 })),
    resources: spec.resources.map((resource) => ({ ...resource, type: KILLABLE_TYPE })),
  };
}

/** Two members, both of which vote. */
export function ofTwo(spec: ClusterSpec): ClusterSpec {
  return { ...spec, nodes: votingMembers(spec, 2) };
}

/** Three members that vote, and groups that each can take. */
export function ofThree(spec: ClusterSpec): ClusterSpec {
  return {
    ...spec,
    nodes: votingMembers(spec, 3).map((node) => ({ ...node, state: 'active' })),
    groups: spec.groups.map((group) => ({ ...group, ...ANYWHERE })),
  };
}

function votingMembers(spec: ClusterSpec, count: number): NodeSpec[] {
  return spec.nodes.filter((node) => node.role === 'member' && node.votes).slice(0, count);
}

/** Three members that vote, with long leases. */
export function ofThreeWithLongLeases(spec: ClusterSpec): ClusterSpec {
  return withLongLeases(ofThree(spec));
}

/** Short promises, and groups that belong on voters which others may replace. */
export function withOldOwners(spec: ClusterSpec): ClusterSpec {
  const prefer = votersOf(spec).slice(1).map(selector);
  const short = withShortPromises(spec);
  return { ...short, groups: short.groups.map((group) => ({ ...group, ...ANYWHERE, prefer })) };
}

/** Groups between which resources can move. */
export function withSeveralGroups(spec: ClusterSpec, random: RandomStream): ClusterSpec {
  let next = spec;
  for (let i = 0; i < 3; i++) next = withNewGroup(random, next, `m${i + 1}`);
  return {
    ...next,
    groups: next.groups.map((group) => ({ ...group, after: [], with: [], apart: [] })),
    resources: next.resources.map((resource) => ({ ...resource, type: KILLABLE_TYPE })),
  };
}

/** The same, where everything is stopped by its agent alone, in one group more slowly than in another. */
export function withSlowGroups(spec: ClusterSpec, random: RandomStream): ClusterSpec {
  const several = withSeveralGroups(spec, random);
  const stopMs = new Map(several.groups.map((group, index) => [group.id, index % 2 === 0 ? 600 : 3000]));
  return {
    ...several,
    groups: several.groups.map((group) => ({
      ...group,
      stopBudgetMs: group.members.length * (stopMs.get(group.id) ?? 0),
    })),
    resources: several.resources.map((each) => ({
      ...each,
      type: UNKILLABLE_TYPE,
      timeouts: { ...each.timeouts, stopMs: stopMs.get(each.group) ?? 0 },
    })),
  };
}

/** Three members that vote and can each take every group, and groups between which resources can move. */
export function ofThreeWithSeveralGroups(spec: ClusterSpec, random: RandomStream): ClusterSpec {
  return ofThree(withSeveralGroups(spec, random));
}

/** The same with short promises. */
export function ofThreeThatExchange(spec: ClusterSpec, random: RandomStream): ClusterSpec {
  return withShortPromises(ofThreeWithSeveralGroups(spec, random));
}

/**
 * Two members that vote and one that does not, with short promises. The first owns everything, and the second is on standby at first. Nothing needs fencing, though all can be fenced: what a voter promised is forgotten with the boot.
 */
export function ofTwoAndAnother(spec: ClusterSpec, random: RandomStream): ClusterSpec {
  const three = ofOneOwner(3, 2)(spec, random);
  const exclusive = 'lease' as const;
  return {
    ...three,
    quorum: { ...three.quorum, firstStart: 'see' },
    nodes: three.nodes.map((node) => (node.id === 'n2' ? { ...node, state: 'standby' } : node)),
    groups: three.groups.map((group) => ({ ...group, exclusive })),
    resources: three.resources.map((resource) => ({ ...resource, exclusive })),
  };
}

/** Two voters that fence each other as soon as they may. */
export function ofTwoThatFence(spec: ClusterSpec, random: RandomStream): ClusterSpec {
  const two = ofOneOwner(2, 2)(spec, random);
  const devices = two.fencing.devices.map((device) => ({ ...device, delayBaseMs: 0, delayRandomMs: 0 }));
  return {
    ...two,
    quorum: { ...two.quorum, firstStart: 'fence' },
    fencing: { ...two.fencing, devices, prefer: [], headStartMs: 0 },
  };
}

/** Members of which the first owns everything as long as it may, with short promises; `votes` of them vote. All can be fenced. */
export function ofOneOwner(members: number, votes: number): (spec: ClusterSpec, random: RandomStream) => ClusterSpec {
  return (spec, random) => {
    const [first] = spec.nodes;
    if (first === undefined) return spec;
    const nodes = Array.from({ length: members }, (_, index) => ({
      ...first,
      id: `n${index + 1}`,
      addresses: first.addresses.map((_, link) => `10.0.${link}.${index + 1}`),
      role: 'member' as const,
      votes: index < votes,
    }));
    const groups = spec.groups.map((group) => ({
      ...group,
      ...ANYWHERE,
      prefer: [selector('n1')],
      failback: 'auto' as const,
    }));
    const fenced = withFencing(random, withShortPromises({ ...spec, nodes, groups }), true);
    const devices = fenced.fencing.devices.map((device) => ({ ...device, action: 'reboot' as const }));
    return { ...fenced, fencing: { ...fenced.fencing, devices } };
  };
}
