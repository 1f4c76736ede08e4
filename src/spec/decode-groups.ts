import { sortedBy } from '../base/order.js';
import type { FailurePolicy, GroupSpec, NameUse, NodeSelector, ResourceSpec } from '../model/cluster-spec.js';
import { strictest } from '../model/exclusivity.js';
import type { ResourceDecoding } from './decode-resources.js';
import { defaults } from './defaults.js';
import type { Group, Resource, Selectors } from './raw-document.js';
import type { SourceIndex } from './source-index.js';
import { msOr } from './written-duration.js';

/** The keys that say where and when a group runs; they stand on a group, or on a resource that is in none. */
export const placementKeys = [
  'desired',
  'prefer',
  'require',
  'avoid',
  'requires',
  'after',
  'with',
  'apart',
  'failback',
  'failurePolicy',
  'stopBudget',
] as const;

/** What a group and a lone resource can both say. */
type Placed = Pick<Resource & Group, (typeof placementKeys)[number]>;

/** The groups in order of id, a group of one for each resource in none. */
export function decodeGroups(
  decoding: ResourceDecoding & { readonly resources: readonly ResourceSpec[] },
): GroupSpec[] {
  const { document, groupOf, resources } = decoding;
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  const groups: GroupSpec[] = [];
  for (const [id, group] of Object.entries(document.groups ?? {})) {
    const members = group.members.flatMap((member) => byId.get(member) ?? []);
    groups.push(decodeGroup({ id, path: ['groups', id], placed: group, members, decoding }));
  }
  for (const [id, resource] of Object.entries(document.resources ?? {})) {
    const decoded = byId.get(id);
    if (groupOf.has(id) || decoded === undefined) continue;
    groups.push(decodeGroup({ id, path: ['resources', id], placed: resource, members: [decoded], decoding }));
  }
  return sortedBy(groups, (group) => group.id);
}

function decodeGroup(options: {
  readonly id: string;
  readonly path: readonly string[];
  readonly placed: Placed;
  readonly members: readonly ResourceSpec[];
  readonly decoding: ResourceDecoding;
}): GroupSpec {
  const { id, path, placed, members, decoding } = options;
  const { source } = decoding;
  const usual = decoding.document.defaults ?? {};
  const selectors = (key: 'prefer' | 'require' | 'avoid') => decodeSelectors(placed[key], source, [...path, key]);
  const names = (key: 'requires' | 'after' | 'with' | 'apart') => decodeNames(placed[key], source, [...path, key]);
  return {
    id,
    members: members.map((member) => member.id),
    desired: placed.desired ?? 'started',
    prefer: selectors('prefer'),
    require: selectors('require'),
    avoid: selectors('avoid'),
    requires: names('requires'),
    after: names('after'),
    with: names('with'),
    apart: names('apart'),
    failback: placed.failback ?? usual.failback ?? defaults.failback,
    failurePolicy: decodeFailurePolicy({ ...usual.failurePolicy, ...placed.failurePolicy }),
    stopBudgetMs: msOr(placed.stopBudget, stopTimeoutsMs(members)),
    exclusive: strictest(members.map((member) => member.exclusive)) ?? 'lease',
    place: source.key(...path).place,
  };
}

/** The sum of the stop timeouts: members stop one after another. */
export function stopTimeoutsMs(members: readonly ResourceSpec[]): number {
  return members.reduce((sum, member) => sum + member.timeouts.stopMs, 0);
}

function decodeFailurePolicy(policy: NonNullable<Placed['failurePolicy']>): FailurePolicy {
  return {
    restarts: policy.restarts ?? defaults.failurePolicy.restarts,
    withinMs: msOr(policy.within, defaults.failurePolicy.withinMs),
    // biome-ignore lint/suspicious/noThenProperty: the spec's own word
    then: policy.then ?? defaults.failurePolicy.then,
    forgetAfterMs: msOr(policy.forgetAfter, defaults.failurePolicy.forgetAfterMs),
  };
}

function decodeSelectors(
  selectors: Selectors | undefined,
  source: SourceIndex,
  path: readonly string[],
): NodeSelector[] {
  return (selectors ?? []).flatMap((selector, index): NodeSelector[] => {
    const { place } = source.value(...path, index);
    if (typeof selector === 'string') return [{ kind: 'node', node: selector, place }];
    return Object.entries(selector).map(([label, value]) => ({ kind: 'label', label, value, place }));
  });
}

function decodeNames(names: readonly string[] | undefined, source: SourceIndex, path: readonly string[]): NameUse[] {
  return (names ?? []).map((id, index) => ({ id, place: source.value(...path, index).place }));
}
