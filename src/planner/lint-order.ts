/**
 * The linter's truths about order: what must be done before what.
 */
import type { GroupSpec } from '../model/cluster-spec.js';
import type { Action } from '../model/plan.js';
import {
  ancestorsOf,
  canAct,
  dependsOn,
  heldLeases,
  isAllowed,
  livenessOf,
  mayRunIn,
  newestLease,
  seenState,
} from './lint-view.js';
import type { LintView } from './lint-view.js';

/** The truths about order that the plan breaks. */
export function lintOrder(view: LintView): string[] {
  return view.plan.actions.flatMap((action) => {
    const group = view.groups.get(action.group);
    if (group === undefined) return [];
    const before = ancestorsOf(view, action);
    switch (action.kind) {
      case 'claim':
        return [...lintHandover({ view, action, before }), ...lintAfter({ view, group, action, before })];
      case 'start':
        return lintStart({ view, group, action, before });
      case 'stop':
        return lintStop({ view, group, action, before });
      case 'release':
        return lintRelease({ view, group, action, before });
      default:
        return [];
    }
  });
}

interface Step {
  readonly view: LintView;
  readonly group: GroupSpec;
  readonly action: Action;
  readonly before: ReadonlySet<string>;
}

function lintStart(step: Step): string[] {
  const { view, group, action, before } = step;
  const found: string[] = [];
  const resource = action.resource ?? '';
  const claim = `claim:${group.id}@${action.node}`;
  if (view.actions.has(claim) && !before.has(claim)) found.push(`"${action.id}" does not follow "${claim}"`);
  const position = group.members.indexOf(resource);
  for (const member of group.members.slice(0, position)) {
    const start = `start:${member}@${action.node}`;
    const isUp =
      seenState(view, member, action.node) === 'running' && !view.actions.has(`stop:${member}@${action.node}`);
    if (!isUp && !before.has(start)) found.push(`"${action.id}" starts before ${member}`);
  }
  for (const member of group.members) {
    const probe = `probe:${member}@${action.node}`;
    if (seenState(view, member, action.node) === 'unknown' && !before.has(probe)) {
      found.push(`"${action.id}" starts before it is known what ${member} does there`);
    }
  }
  const stop = `stop:${resource}@${action.node}`;
  if (view.actions.has(stop) && !before.has(stop)) found.push(`"${action.id}" does not follow "${stop}"`);
  if (group.exclusive !== 'none') found.push(...lintExclusive(step));
  return [...found, ...lintAfter(step)];
}

/** S1: nothing starts while it runs, or may run, on another node. */
function lintExclusive({ view, group, action, before }: Step): string[] {
  const found: string[] = [];
  const resource = action.resource ?? '';
  const holder = newestLease(view, group.id);
  const isHeldThere = holder !== undefined && holder.state !== 'claim' && livenessOf(view, holder.node) !== 'offline';
  for (const node of view.spec.nodes) {
    if (node.id === action.node) continue;
    const state = seenState(view, resource, node.id);
    const isOffline = livenessOf(view, node.id) === 'offline';
    if (mayRunIn(state) && !isOffline && !before.has(`stop:${resource}@${node.id}`)) {
      found.push(`"${action.id}" starts while ${resource} may run on ${node.id}`);
    }
    const isProbed = canAct(view, node.id) && isAllowed(group, node) && state === 'unknown';
    if (isProbed && !isHeldThere && !before.has(`probe:${resource}@${node.id}`)) {
      found.push(`"${action.id}" starts before it is known whether ${resource} runs on ${node.id}`);
    }
  }
  return found;
}

/** S3: a claim follows the release of whoever holds the lease and can still give it up. A lease that a newer one followed has ended. */
function lintHandover({ view, action, before }: Omit<Step, 'group'>): string[] {
  const lease = newestLease(view, action.group);
  if (lease === undefined || livenessOf(view, lease.node) === 'offline') return [];
  const release = `release:${action.group}@${lease.node}`;
  return before.has(release) ? [] : [`"${action.id}" does not follow "${release}"`];
}

/** A group follows those that it must start after. */
function lintAfter({ view, group, action, before }: Step): string[] {
  const found: string[] = [];
  for (const { id } of group.after) {
    const other = view.groups.get(id);
    if (other === undefined) continue;
    const newest = newestLease(view, id);
    const isAlive = newest !== undefined && newest.state !== 'lapsed' && livenessOf(view, newest.node) !== 'offline';
    const holder = isAlive ? newest : undefined;
    const isUp =
      holder !== undefined &&
      other.members.every(
        (member) =>
          seenState(view, member, holder.node) === 'running' && !view.actions.has(`stop:${member}@${holder.node}`),
      );
    const target = view.placements.get(id)?.node ?? '';
    const isComing =
      before.has(`claim:${id}@${target}`) || other.members.some((member) => before.has(`start:${member}@${target}`));
    if (!isUp && !isComing) found.push(`"${action.id}" does not wait for ${id}`);
  }
  return found;
}

function lintStop({ view, group, action, before }: Step): string[] {
  const found: string[] = [];
  const resource = action.resource ?? '';
  if (seenState(view, resource, action.node) === 'stopped') found.push(`"${action.id}" stops what is stopped`);
  for (const member of group.members.slice(group.members.indexOf(resource) + 1)) {
    const stop = `stop:${member}@${action.node}`;
    const isActive = mayRunIn(seenState(view, member, action.node));
    if (isActive && !before.has(stop)) found.push(`"${action.id}" stops before ${member}`);
  }
  const probe = `probe:${resource}@${action.node}`;
  if (view.actions.has(probe) && !before.has(probe)) found.push(`"${action.id}" does not follow "${probe}"`);
  for (const dependent of view.spec.groups) {
    if (!dependent.after.some((use) => use.id === group.id) || dependsOn(view, group.id, dependent.id)) continue;
    found.push(...lintReverse({ view, action, before, dependent }));
  }
  return found;
}

/** What depends on a group stops first, where both holders stop. */
function lintReverse(options: Omit<Step, 'group'> & { readonly dependent: GroupSpec }): string[] {
  const { view, action, before, dependent } = options;
  if (!heldLeases(view, action.group).some((lease) => lease.node === action.node)) return [];
  const found: string[] = [];
  for (const other of view.actionsOf.get(dependent.id) ?? []) {
    const isHeld = heldLeases(view, dependent.id).some((lease) => lease.node === other.node);
    if (other.kind === 'stop' && isHeld && !before.has(other.id))
      found.push(`"${action.id}" does not follow "${other.id}"`);
  }
  return found;
}

function lintRelease({ view, group, action, before }: Step): string[] {
  const held = heldLeases(view, group.id).some((lease) => lease.node === action.node);
  if (!held) return [];
  return group.members
    .filter(
      (member) => seenState(view, member, action.node) !== 'stopped' && !before.has(`stop:${member}@${action.node}`),
    )
    .map((member) => `"${action.id}" releases before ${member} is stopped`);
}
