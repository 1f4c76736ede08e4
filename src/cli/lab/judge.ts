/** What a lab knows better than its nodes: who is there and who can hear whom. With it, it judges whether the cluster is at rest. Pure. */
import type { ClusterSpec } from '../../model/cluster-spec.js';
import { shortHash } from '../../model/revision.js';
import type { Status } from '../../model/status.js';
import { whatIsLeft } from '../converged.js';
import type { Cuts } from './cuts.js';
import type { Expected } from './script.js';

/** One node as the lab sees it. Shape: `status` is what this life of its daemon said last, null before its first answer; `isFresh` whether it answered at the last look. */
export interface Sighting {
  readonly node: string;
  readonly state: 'up' | 'down' | 'paused';
  readonly status: Status | null;
  readonly isFresh: boolean;
}

/** The whole lab at one moment. */
export interface LabView {
  readonly spec: ClusterSpec;
  readonly sightings: readonly Sighting[];
  readonly cuts: Cuts;
}

/** Whether a node says that it runs every member of a group itself. */
export function runsGroup(status: Status, group: string): boolean {
  const found = status.groups.find((each) => each.group === group);
  return (
    found !== undefined &&
    found.members.length > 0 &&
    found.members.every(({ resource }) => runsMember(status, resource))
  );
}

/** Where a group runs by the word of the nodes themselves. */
export function ownersOf({ sightings }: LabView, group: string): string[] {
  return sightings.flatMap(({ node, state, status }) =>
    state === 'up' && status !== null && runsGroup(status, group) ? [node] : [],
  );
}

/** Whether a group is where it is expected. */
export function isAsExpected(view: LabView, group: string, where: Expected): boolean {
  const owners = ownersOf(view, group);
  return where.kind === 'nowhere' ? owners.length === 0 : owners.length === 1 && owners[0] === where.node;
}

/** Why the cluster is not at rest, in words; null when it is. */
export function whyNotAtRest(view: LabView): string | null {
  const up = view.sightings.filter(({ state }) => state === 'up');
  if (up.length === 0) return 'no node is up';
  const statuses: Status[] = [];
  for (const { node, status, isFresh } of up) {
    if (status === null || !isFresh) return `${node} does not answer`;
    statuses.push(status);
  }
  const withMajority = statuses.filter(({ node }) => canHaveMajority(view, node));
  if (withMajority.length === 0) return 'no node can reach a majority of the voters';
  for (const status of statuses) {
    const left = withMajority.includes(status) ? leftOnMajoritySide(view, status) : leftAlone(status);
    if (left !== null) return left;
  }
  return disagreement(withMajority);
}

/** Whether two nodes hear each other, or have one in between that hears both. */
export function canReach(view: LabView, from: string, to: string): boolean {
  const isUp = (node: string) => view.sightings.some((each) => each.node === node && each.state === 'up');
  if (!isUp(from) || !isUp(to)) return false;
  if (from === to || !view.cuts.isCut(from, to)) return true;
  return view.sightings.some(
    ({ node }) =>
      isUp(node) && !view.cuts.isCut(from, node) && !view.cuts.isCut(node, to) && node !== from && node !== to,
  );
}

function canHaveMajority(view: LabView, node: string): boolean {
  const voters = view.spec.nodes.filter(({ votes }) => votes);
  const heard = voters.filter(
    ({ id }) =>
      view.sightings.some((each) => each.node === id && each.state === 'up') &&
      (id === node || !view.cuts.isCut(node, id)),
  );
  return heard.length * 2 > voters.length;
}

function leftOnMajoritySide(view: LabView, status: Status): string | null {
  for (const { node, liveness } of status.nodes) {
    const isThere = canReach(view, status.node, node);
    if (isThere && liveness !== 'online') return `${status.node} does not hear ${node} yet`;
    if (!isThere && liveness === 'online') return `${status.node} has not noticed yet that ${node} is gone`;
  }
  const left = whatIsLeft(status);
  if (left !== null) return left;
  const ghost = status.groups.find(
    ({ node }) => node !== null && !view.sightings.some((each) => each.node === node && each.state === 'up'),
  );
  return ghost === undefined ? null : `${status.node} still takes ${ghost.group} to be on ${ghost.node}`;
}

/** A node that no majority answers has to have stopped what it held. */
function leftAlone(status: Status): string | null {
  if (status.quorum.onLoss !== 'stop') return null;
  const held = status.groups
    .flatMap(({ members }) => members)
    .find(({ resource }) =>
      status.observed.resources.some(
        (each) =>
          each.node === status.node &&
          each.resource === resource &&
          each.state !== 'stopped' &&
          each.state !== 'unknown',
      ),
    );
  if (held !== undefined) return `${status.node} has no majority and has not stopped ${held.resource} yet`;
  return status.quorum.quorate ? `${status.node} has not noticed yet that it has no majority` : null;
}

function disagreement(statuses: readonly Status[]): string | null {
  const [first, ...others] = statuses;
  if (first === undefined) return null;
  for (const other of others) {
    if (other.revision?.hash !== first.revision?.hash) {
      return `${other.node} has revision ${shortHash(other.revision?.hash ?? 'none')}, ${first.node} has ${shortHash(first.revision?.hash ?? 'none')}`;
    }
    for (const group of first.groups) {
      const there = other.groups.find((each) => each.group === group.group);
      if (there !== undefined && there.node !== group.node) {
        return `${first.node} sees ${group.group} on ${group.node ?? 'no node'}, ${other.node} on ${there.node ?? 'no node'}`;
      }
    }
  }
  return null;
}

function runsMember(status: Status, resource: string): boolean {
  return status.observed.resources.some(
    (each) => each.node === status.node && each.resource === resource && each.state === 'running',
  );
}
