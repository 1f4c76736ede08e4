import type { ClusterSpec, GroupSpec } from '../model/cluster-spec.js';
import { isSameDefinition } from '../model/same-definition.js';
import type { Action } from '../model/plan.js';
import type { Mind } from '../reconciler/mind.js';
import { configurationOfLine, newestSet } from '../ownership/line.js';
import { isSameConfiguration } from '../ownership/quorum.js';
import type { LeasePromise } from '../ownership/lease-promise.js';
import type { JudgedHost } from './judged.js';

/** What keeps a cluster from being at rest. Shape: `rule` is the one that is broken if it stays so. */
export interface Unrest {
  readonly rule: 'L1' | 'L2';
  readonly sentence: string;
}

/**
 * L1 and L2: every group that may run somewhere runs, whole, once and with the parameters of the spec, and no node plans anything more. Null when that is so.
 *
 * Shape: all machines are up and nothing bad happens any more. `excused` collects groups that wait for a person or for a node that no failure bans.
 */
export function unrestOf(hosts: readonly JudgedHost[], excused: Set<string>): Unrest | null {
  const all: { readonly host: JudgedHost; readonly mind: Mind }[] = [];
  for (const host of hosts) {
    const { mind } = host;
    if (mind === null || mind.hasLeft) return { rule: 'L1', sentence: `${host.id} runs no daemon` };
    all.push({ host, mind });
  }
  const first = newestOf(all);
  // A text that some took and others refuse waits for a person.
  const isRefused = ({ mind }: Scene['minds'][number]): boolean =>
    all.some((other) => other.mind.revisions.refused.has(mind.revisions.inForce.hash));
  if (first === undefined || all.some(isRefused)) return null;
  const ids = new Set(first.mind.spec.nodes.map(({ id }) => id));
  const minds = all.filter(({ host }) => ids.has(host.id));
  const revision = first.mind.revisions.inForce;
  for (const { host, mind } of all) {
    if (ids.has(host.id)) continue;
    const [running] = host.services.active();
    if (running !== undefined)
      return { rule: 'L2', sentence: `${running} runs on ${host.id}, which is not in the cluster` };
    const [held] = mind.holder.held.keys();
    if (held !== undefined) return { rule: 'L2', sentence: `${host.id}, which is not in the cluster, holds ${held}` };
  }
  for (const { host, mind } of minds) {
    const other = mind.revisions.inForce;
    if (other.hash !== revision.hash || other.generation !== revision.generation)
      return { rule: 'L1', sentence: `${host.id} has another revision than ${first.host.id}` };
  }
  const voters = unrestOfVoters({ spec: first.mind.spec, minds });
  if (voters !== null) return { rule: 'L1', sentence: voters };
  const { spec } = first.mind;
  const scene: Scene = { spec, minds, excused };
  for (const group of spec.groups) {
    const sentence = unrestOfGroup(group, scene);
    if (sentence !== null) return { rule: 'L1', sentence };
  }
  const lingering = minds.find(({ mind }) => mind.isLeaving && !isHeldBack(mind, excused));
  if (lingering !== undefined)
    return { rule: 'L1', sentence: `${lingering.host.id} was told to leave and does not go` };
  for (const { host, mind } of minds) {
    // After everything healed each voter lives and is heard.
    if (mind.holder.isRivalDead)
      return { rule: 'L2', sentence: `${host.id} still counts ${mind.holder.rival} as dead` };
    const action = mind.plan?.actions.find((each) => !excused.has(each.group) && !isHeldReleaseOf(each, scene));
    if (action !== undefined) return { rule: 'L2', sentence: `${host.id} plans ${action.id}: ${action.reason.text}` };
    const left = [...mind.lives.values()].find(
      (life) => life.operation !== null && life.operation.action !== 'monitor',
    );
    if (left !== undefined) return { rule: 'L2', sentence: `${host.id} is busy with ${left.resource.id}` };
  }
  return null;
}

/** The voter with the newest revision: what is written on a node that was taken out of the spec reaches nobody. */
function newestOf(all: Scene['minds']): Scene['minds'][number] | undefined {
  const voters = all.filter(({ mind }) => newestSet(mind.voters.kept.line).includes(mind.node));
  const generationOf = ({ mind }: Scene['minds'][number]): number => mind.revisions.inForce.generation;
  return voters.toSorted((a, b) => generationOf(b) - generationOf(a))[0] ?? all[0];
}

/** All count the same voters, and those that the spec wants, unless none of the present ones is among them. */
function unrestOfVoters(scene: Pick<Scene, 'spec' | 'minds'>): string | null {
  const { minds } = scene;
  const [first] = minds;
  if (first === undefined) return null;
  const { line } = first.mind.voters.kept;
  if (!line.isFounded) return `${first.host.id} has no voters yet`;
  // An older set ends with the last of its promises.
  if (line.sets.length > 1 && promisedForGood(scene).length > 0) return null;
  if (line.sets.length > 1) return `the voters are still changing on ${first.host.id}`;
  const here = configurationOfLine(line);
  const other = minds.find(({ mind }) => !isSameConfiguration(configurationOfLine(mind.voters.kept.line), here));
  if (other !== undefined) return `${other.host.id} counts other voters than ${first.host.id}`;
  const wanted = first.mind.index.voters;
  const present = newestSet(line);
  if (!wanted.some((voter) => present.includes(voter)) || wanted.join() === present.join()) return null;
  return `${present.join(', ')} vote, and the spec wants ${wanted.join(', ')}`;
}

interface Scene {
  readonly spec: ClusterSpec;
  readonly minds: readonly { readonly host: JudgedHost; readonly mind: Mind }[];
  readonly excused: Set<string>;
}

function unrestOfGroup(group: GroupSpec, scene: Scene): string | null {
  const { spec, minds, excused } = scene;
  const running = minds.filter(({ host }) => group.members.some((member) => host.services.stateOf(member) !== 'down'));
  if (isExcused(group, scene)) {
    excused.add(group.id);
    return null;
  }
  if (group.desired === 'stopped') {
    const [first] = running;
    return first === undefined ? null : `${group.id} is to be stopped and runs on ${first.host.id}`;
  }
  const [only] = running;
  if (only === undefined) return `${group.id} runs nowhere`;
  if (running.length > 1) return `${group.id} runs on ${running.map(({ host }) => host.id).join(' and ')}`;
  const down = group.members.find((member) => only.host.services.stateOf(member) !== 'up');
  if (down !== undefined) return `${down} of ${group.id} is ${only.host.services.stateOf(down)} on ${only.host.id}`;
  if (isInMaintenance(only.mind)) return null;
  const other = group.members.find((member) => !isAsWanted(member, only.host, spec));
  if (other !== undefined) return `${other} of ${group.id} does not run with what the spec has on ${only.host.id}`;
  return only.mind.holder.held.get(group.id)?.state === 'own'
    ? null
    : `${group.id} runs on ${only.host.id} without a lease`;
}

function isAsWanted(member: string, host: JudgedHost, spec: ClusterSpec): boolean {
  const wanted = spec.resources.find((each) => each.id === member);
  const running = host.services.definitionOf(member);
  return wanted !== undefined && running !== null && isSameDefinition(running, wanted);
}

/** Whether a group rightly does not run, or runs on without being looked after: nowhere allowed, in a person's hands, or dependent on such a group. */
function isExcused(group: GroupSpec, scene: Scene): boolean {
  const { spec, minds, excused } = scene;
  const lives = (member: string) => minds.flatMap(({ mind }) => mind.lives.get(member) ?? []);
  if (group.members.some((member) => lives(member).some((life) => (life.blocked && !life.wantsFence) || life.halted)))
    return true;
  const isHeldInMaintenance = minds.some(
    ({ host, mind }) =>
      isInMaintenance(mind) &&
      (mind.holder.held.has(group.id) ||
        group.members.some((member) => host.services.stateOf(member) !== 'down' || isListed(mind, member))),
  );
  if (isHeldInMaintenance) return true;
  if (isHeldByBlocked(group.id, scene)) return true;
  const isOf = ({ key, resources }: LeasePromise): boolean =>
    key === group.id || group.members.some((member) => resources.includes(member));
  if (promisedForGood(scene).some(isOf)) return true;
  const open = minds.filter(({ mind }) => mayRun(group, spec, mind));
  if (open.length === 0) return true;
  for (const use of [...group.after, ...group.with]) {
    const other = spec.groups.find((each) => each.id === use.id);
    if (other === undefined || other.desired === 'stopped' || excused.has(other.id) || isExcused(other, scene))
      return true;
  }
  // What stays where it is may leave no place for a group that must be beside one and apart from another.
  const isBound = group.with.length + group.apart.length > 0 || spec.groups.some((each) => isApartFrom(each, group));
  return isBound && minds[0]?.mind.plan?.placements.find((each) => each.group === group.id)?.node === null;
}

/** Whether a group's lease cannot be released without a person: a resource that it lists could not be stopped, even if an edit moved that to another group since, or is of another group now, nothing of which is touched for such a resource. */
function isHeldByBlocked(group: string, { spec, minds }: Scene): boolean {
  const isBlocked = (resource: string) => minds.some(({ mind }) => mind.lives.get(resource)?.blocked === true);
  return minds.some(({ mind }) =>
    (mind.holder.held.has(group) ? inLease(mind, group) : []).some((resource) => {
      const now = spec.groups.find(({ members }) => members.includes(resource));
      return (
        mind.lives.get(resource)?.blocked === true ||
        (now !== undefined && now.id !== group && now.members.some(isBlocked))
      );
    }),
  );
}

/** What a lease lists, and what no lease lists that may have begun under it. */
function inLease(mind: Mind, key: string): readonly string[] {
  return [...(mind.holder.held.get(key)?.resources ?? []), ...mind.moved];
}

/** Promises which no time ends, to nodes that were taken out of the spec: only a person can say that such a one is dead (R14). */
function promisedForGood({ spec, minds }: Pick<Scene, 'spec' | 'minds'>): LeasePromise[] {
  const isIn = (node: string): boolean => spec.nodes.some(({ id }) => id === node);
  return minds
    .flatMap(({ mind }) => (mind.voter.isVoting ? [...mind.voter.promises.values()] : []))
    .filter(({ node, needsFencing }) => needsFencing && !isIn(node));
}

/** Whether an action is the release of such a lease whose group is not in the spec any more. */
function isHeldReleaseOf(action: Action, scene: Scene): boolean {
  return action.kind === 'release' && isHeldByBlocked(action.group, scene);
}

/** Whether a lease that is held here lists a resource, its group's or, after a move, another one's. */
function isListed(mind: Mind, resource: string): boolean {
  return [...mind.holder.held.values()].some((held) => held.resources.includes(resource));
}

function isApartFrom(group: GroupSpec, other: GroupSpec): boolean {
  return group.apart.some((use) => use.id === other.id);
}

function mayRun(group: GroupSpec, spec: ClusterSpec, mind: Mind): boolean {
  const node = spec.nodes.find((each) => each.id === mind.node);
  if (node === undefined || node.role === 'witness' || node.state !== 'active' || mind.isLeaving) return false;
  if (group.avoid.some((selector) => selector.kind === 'node' && selector.node === node.id) && group.avoid.length > 1)
    return false;
  return group.members.every((member) => mind.lives.get(member)?.banned !== true);
}

/** Whether a node rightly stays although it was told to leave: what it holds cannot be stopped without a person, whether its group is still in the spec or not, or is not to be stopped at all. */
function isHeldBack(mind: Mind, excused: ReadonlySet<string>): boolean {
  if (isInMaintenance(mind) && mind.holder.held.size > 0) return true;
  if ([...mind.holder.held.keys()].some((group) => excused.has(group))) return true;
  const isThere = (group: string): boolean => mind.spec.groups.some((each) => each.id === group);
  return [...mind.lives.values()].some(
    ({ blocked, wantsFence, resource: { group } }) => blocked && (isThere(group) ? excused.has(group) : !wantsFence),
  );
}

function isInMaintenance(mind: Mind): boolean {
  return mind.spec.nodes.find((node) => node.id === mind.node)?.state === 'maintenance';
}
