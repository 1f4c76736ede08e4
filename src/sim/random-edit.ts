import type { RandomStream } from '../base/random.js';
import type { ClusterSpec, GroupSpec, ResourceSpec } from '../model/cluster-spec.js';
import { strictest } from '../model/exclusivity.js';
import { sortedBy } from '../base/order.js';
import { between, chance, pick, withGroups, withNewGroup } from './random-spec.js';
import { KILLABLE_TYPE, RELOADABLE, UNKILLABLE_TYPE } from './sim-agents.js';
import type { SpecText } from './spec-library.js';
import { specText } from './spec-library.js';

/** Kinds of edits, by which runs count them. */
export const editKinds = [
  'standby',
  'maintenance',
  'add group',
  'remove group',
  'stop group',
  'move resource',
  'lease length',
  'parameters',
  'stop budget',
  'invalid',
  'other voters',
  'role',
  'stop timeout',
  'agent',
  'rename group',
  'strictness',
  'remove node',
  'return node',
] as const;

/** One of {@link editKinds}. */
export type EditKind = (typeof editKinds)[number];

/** A text that follows another: one thing about the cluster is changed, and in every second text also what agents take over by a reload. */
export interface Edit {
  readonly kind: EditKind;
  readonly text: SpecText;
  /** What a cluster is that takes this text; the spec before it, for a text that no node takes. */
  readonly next: ClusterSpec;
}

/** An edit of some kind, or null when this spec does not allow that kind. Shape: `number` makes its text and new names unlike those of other edits. */
export function randomEdit(
  random: RandomStream,
  options: {
    readonly spec: ClusterSpec;
    readonly kind: EditKind;
    readonly number: number;
    /** What the cluster was at first. */
    readonly first: ClusterSpec;
  },
): Edit | null {
  const { spec, kind, number, first } = options;
  // Some texts are long, so that they travel in several pieces.
  const padding = chance(random, 0.2) ? '#'.repeat(between(random, 500, 4000)) : '';
  const text = `text ${number}: ${kind}\n${padding}`;
  if (kind === 'invalid') return { kind, text: specText(text, null), next: spec };
  const one = edited(random, { spec, first }, kind, number);
  if (one === null) return null;
  const next = Math.floor(number / 10) % 2 === 0 ? withOtherLevels(one) : one;
  return { kind, text: specText(text, next), next };
}

function edited(
  random: RandomStream,
  { spec, first }: { readonly spec: ClusterSpec; readonly first: ClusterSpec },
  kind: Exclude<EditKind, 'invalid'>,
  number: number,
): ClusterSpec | null {
  switch (kind) {
    case 'standby':
    case 'maintenance':
      return turnNode(random, spec, kind);
    case 'add group':
      return spec.groups.length > 5 ? null : withNewGroup(random, spec, `h${number}`);
    case 'remove group':
      return removeGroup(random, spec);
    case 'stop group': {
      const group = pick(random, spec.groups);
      return withGroup(spec, { ...group, desired: group.desired === 'started' ? 'stopped' : 'started' });
    }
    case 'other voters':
      return withOtherVoters(random, spec);
    case 'move resource':
      return moveResource(random, spec);
    case 'lease length': {
      const everyMs = pick(random, [200, 300, 500]);
      const leaseMs = everyMs * pick(random, [4, 5, 6, 10]);
      return { ...spec, heartbeat: { ...spec.heartbeat, everyMs, leaseMs } };
    }
    case 'parameters': {
      const resource = pick(random, spec.resources);
      const resources = spec.resources.map((each) =>
        each === resource ? { ...each, params: { ...each.params, version: String(number) } } : each,
      );
      return { ...spec, resources };
    }
    case 'stop budget': {
      const killable = spec.groups.filter((group) => isKillable(spec, group));
      if (killable.length === 0) return null;
      return withGroup(spec, { ...pick(random, killable), stopBudgetMs: pick(random, [300, 500, 1000, 2000, 3000]) });
    }
    case 'role':
      return withOtherRole(random, spec);
    case 'stop timeout': {
      const slow = spec.groups.filter((group) => !isKillable(spec, group));
      if (slow.length === 0) return null;
      return withAgent(spec, pick(random, slow), UNKILLABLE_TYPE, pick(random, [600, 1000, 2000, 3000]));
    }
    case 'agent': {
      const group = pick(random, spec.groups);
      return withAgent(spec, group, isKillable(spec, group) ? UNKILLABLE_TYPE : KILLABLE_TYPE, 1000);
    }
    case 'rename group':
      return renameGroup(spec, pick(random, spec.groups), `h${number}`);
    case 'strictness':
      return withOtherStrictness(random, spec);
    case 'remove node':
      return removeNode(random, spec);
    case 'return node': {
      const gone = first.nodes.filter((node) => !spec.nodes.some((each) => each.id === node.id));
      if (gone.length === 0) return null;
      const nodes = [...spec.nodes, { ...pick(random, gone), votes: false }];
      return { ...spec, nodes: sortedBy(nodes, (node) => node.id) };
    }
  }
}

/** One of two levels for all that take it over by a reload, so that a spec often goes back to what it was. */
function withOtherLevels(spec: ClusterSpec): ClusterSpec {
  const resources = spec.resources.map((each) => {
    if (each.type !== UNKILLABLE_TYPE) return each;
    return { ...each, params: { ...each.params, [RELOADABLE]: each.params[RELOADABLE] === '1' ? '2' : '1' } };
  });
  return { ...spec, resources };
}

/** Mostly three or five voters, now and then two or four; it may happen that no present one is among them, which no cluster does in one step. */
function withOtherVoters(random: RandomStream, spec: ClusterSpec): ClusterSpec | null {
  const left = spec.nodes.map((node) => node.id);
  const count = Math.min(left.length, pick(random, [2, 3, 3, 3, 4, 5, 5]));
  const voters: string[] = [];
  while (voters.length < count) voters.push(...left.splice(between(random, 0, left.length - 1), 1));
  const nodes = spec.nodes.map((node) => ({ ...node, votes: voters.includes(node.id) }));
  return nodes.every((node, i) => node.votes === spec.nodes[i]?.votes) ? null : { ...spec, nodes };
}

/** A member becomes a witness, where two others run groups then, or a witness becomes a member. */
function withOtherRole(random: RandomStream, spec: ClusterSpec): ClusterSpec | null {
  const runners = spec.nodes.filter((node) => node.role !== 'witness');
  const turned = spec.nodes.filter(
    ({ role, votes }) => role === 'witness' || (role === 'member' && votes && runners.length > 2),
  );
  if (turned.length === 0) return null;
  const node = pick(random, turned);
  const role = node.role === 'witness' ? 'member' : 'witness';
  return { ...spec, nodes: spec.nodes.map((each) => (each === node ? { ...each, role, state: 'active' } : each)) };
}

/** All members of a group are of this type and stop in this time. */
function withAgent(spec: ClusterSpec, group: GroupSpec, type: string, stopMs: number): ClusterSpec {
  return withOthers(spec, group, (each) => ({ ...each, type, timeouts: { ...each.timeouts, stopMs } }));
}

/** A group whose members are changed. */
function withOthers(
  spec: ClusterSpec,
  group: GroupSpec,
  change: (resource: ResourceSpec) => ResourceSpec,
): ClusterSpec {
  const resources = spec.resources.map((each) => (each.group === group.id ? change(each) : each));
  const next = { ...spec, resources };
  return withGroup(next, withMembers(next, group, group.members));
}

function renameGroup(spec: ClusterSpec, group: GroupSpec, id: string): ClusterSpec {
  const renamed = <T extends { readonly id: string }>(uses: readonly T[]): T[] =>
    uses.map((use) => (use.id === group.id ? { ...use, id } : use));
  const groups = spec.groups.map((each) => ({
    ...each,
    id: each === group ? id : each.id,
    after: renamed(each.after),
    with: renamed(each.with),
    apart: renamed(each.apart),
  }));
  const resources = spec.resources.map((each) => (each.group === group.id ? { ...each, group: id } : each));
  return withGroups(spec, groups, resources);
}

/** A group needs fencing, or a lease is enough for it. Only where all can be fenced. */
function withOtherStrictness(random: RandomStream, spec: ClusterSpec): ClusterSpec | null {
  if (spec.fencing.devices.length === 0) return null;
  const group = pick(random, spec.groups);
  const exclusive = group.exclusive === 'fencing' ? 'lease' : 'fencing';
  return withOthers(spec, group, (each) => ({ ...each, exclusive }));
}

/** A node that does not vote leaves the cluster, where two others run groups. Its daemon goes on. */
function removeNode(random: RandomStream, spec: ClusterSpec): ClusterSpec | null {
  const runners = spec.nodes.filter((node) => node.role !== 'witness');
  const free = spec.nodes.filter((node) => !node.votes && runners.some((each) => each !== node));
  if (free.length === 0 || runners.length < 3) return null;
  const gone = pick(random, free);
  const stays = (use: GroupSpec['prefer'][number]): boolean => use.kind !== 'node' || use.node !== gone.id;
  const groups = spec.groups.map((group) => ({
    ...group,
    prefer: group.prefer.filter(stays),
    require: group.require.filter(stays),
    avoid: group.avoid.filter(stays),
  }));
  return { ...spec, groups, nodes: spec.nodes.filter((node) => node !== gone) };
}

function turnNode(random: RandomStream, spec: ClusterSpec, to: 'standby' | 'maintenance'): ClusterSpec {
  const runners = spec.nodes.filter((node) => node.role !== 'witness');
  const turned = runners.find((node) => node.state !== 'active' && chance(random, 0.7)) ?? pick(random, runners);
  const state = turned.state === 'active' ? to : 'active';
  return { ...spec, nodes: spec.nodes.map((node) => (node === turned ? { ...node, state } : node)) };
}

function removeGroup(random: RandomStream, spec: ClusterSpec): ClusterSpec | null {
  const free = spec.groups.filter(
    (group) =>
      !spec.groups.some((other) => [...other.after, ...other.with, ...other.apart].some((use) => use.id === group.id)),
  );
  if (spec.groups.length < 2 || free.length === 0) return null;
  const gone = pick(random, free);
  return withGroups(
    spec,
    spec.groups.filter((group) => group !== gone),
    spec.resources.filter((resource) => resource.group !== gone.id),
  );
}

/** A member of one group becomes the last member of another. Both keep a member, and both can be killed or neither. */
function moveResource(random: RandomStream, spec: ClusterSpec): ClusterSpec | null {
  const givers = spec.groups.filter((group) => group.members.length > 1);
  if (givers.length === 0) return null;
  const giver = pick(random, givers);
  const takers = spec.groups.filter((group) => group !== giver && isKillable(spec, group) === isKillable(spec, giver));
  if (takers.length === 0) return null;
  const taker = pick(random, takers);
  const moved = pick(random, giver.members);
  const groups = spec.groups.map((group) => {
    if (group === giver)
      return withMembers(
        spec,
        group,
        group.members.filter((each) => each !== moved),
      );
    if (group === taker) return withMembers(spec, group, [...group.members, moved]);
    return group;
  });
  const resources = spec.resources.map((each) => (each.id === moved ? { ...each, group: taker.id } : each));
  return withGroups(spec, groups, resources);
}

/** A group with other members: as strict as the strictest of them, and with time for their stops where it cannot be killed. */
function withMembers(spec: ClusterSpec, before: GroupSpec, members: readonly string[]): GroupSpec {
  const all = members.flatMap((member) => spec.resources.find((each) => each.id === member) ?? []);
  const exclusive = strictest(all.map((member) => member.exclusive)) ?? before.exclusive;
  const group = { ...before, members, exclusive };
  if (isKillable(spec, group)) return group;
  return { ...group, stopBudgetMs: all.reduce((sum, { timeouts }) => sum + timeouts.stopMs, 0) };
}

function isKillable(spec: ClusterSpec, group: GroupSpec): boolean {
  return group.members.every((member) => spec.resources.find((each) => each.id === member)?.type === KILLABLE_TYPE);
}

function withGroup(spec: ClusterSpec, group: GroupSpec): ClusterSpec {
  return withGroups(
    spec,
    spec.groups.map((each) => (each.id === group.id ? group : each)),
    spec.resources,
  );
}
