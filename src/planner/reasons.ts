/**
 * The sentences of the criteria, in one place so that they sound alike. Each is one sentence without a full stop, with the line of the spec that makes it so.
 */
import type { AttributesOfNode } from '../model/attribute-probe.js';
import { describeAttributes, isAsWished, isOfAttributes } from '../model/attribute-probe.js';
import type {
  GroupSpec,
  NameUse,
  NodeCheckSpec,
  NodeSelector,
  NodeSpec,
  PingSpec,
  Requirement,
} from '../model/cluster-spec.js';
import type { ResourceObservation } from '../model/observation.js';
import type { Place, Reason } from '../model/source.js';
import type { Present } from './present.js';

/** A reason with its place, where there is one. */
export function reason(text: string, place?: Place): Reason {
  return place === undefined ? { text } : { text, place };
}

/** Why a witness runs nothing. */
export function witnessReason(node: NodeSpec): Reason {
  return reason(`${node.id} is a witness: it votes and runs nothing`, node.place);
}

/** The node's state by the spec. */
export function nodeStateReason(node: NodeSpec): Reason {
  return reason(`${node.id} is ${node.state === 'maintenance' ? 'in maintenance' : node.state}`, node.statePlace);
}

/** Why a node that leaves takes nothing on. */
export function leavingReason(node: NodeSpec): Reason {
  return reason(`${node.id} is leaving the cluster`);
}

/** Why one that has gone takes nothing on. */
export function leftReason(node: NodeSpec): Reason {
  return reason(`${node.id} left the cluster in order`);
}

/** Why a node that cannot be heard takes nothing on. */
export function livenessReason(node: NodeSpec, liveness: 'offline' | 'unknown'): Reason {
  return reason(liveness === 'offline' ? `${node.id} is offline` : `${node.id} has not been heard of yet`);
}

/** Why a node on the losing side of a split takes nothing on. */
export function noQuorumReason(node: NodeSpec): Reason {
  return reason(`${node.id} does not reach a majority of the voters`);
}

/** Why a node outside `require` is none for the group. */
export function requireReason(group: GroupSpec): Reason {
  const selectors = group.require.map(describeSelector).join(', ');
  return reason(`${group.id} requires ${selectors}`, group.require[0]?.place);
}

/** Why a node is avoided. */
export function avoidReason(group: GroupSpec, selector: NodeSelector): Reason {
  return reason(`${group.id} avoids ${describeSelector(selector)}`, selector.place);
}

/** Why a node is preferred. Shape: `rank` counts from 0. */
export function preferReason(options: {
  readonly group: GroupSpec;
  readonly selector: NodeSelector;
  readonly rank: number;
}): Reason {
  const { group, selector, rank } = options;
  const which = group.prefer.length === 1 ? '' : `, choice ${rank + 1} of ${group.prefer.length}`;
  return reason(`${group.id} prefers ${describeSelector(selector)}${which}`, selector.place);
}

/** Why failures keep a group off a node. */
export function bannedReason(options: { readonly group: GroupSpec; readonly seen: ResourceObservation }): Reason {
  const { group, seen } = options;
  return reason(describeFailure(seen), group.place);
}

/** A resource's failures on a node, in words. */
export function describeFailure(seen: ResourceObservation): string {
  const times = seen.failures === 1 ? '' : ` ${seen.failures} times`;
  const why = seen.reason === undefined ? '' : ` (${seen.reason})`;
  return `${seen.resource} failed${times} on ${seen.node}${why}`;
}

/** Why only the node of another group will do. */
export function besideReason(options: {
  readonly group: GroupSpec;
  readonly other: string;
  readonly node: string | null;
}): Reason {
  const { group, other, node } = options;
  const where = node === null ? `${other} runs nowhere` : `${other} belongs on ${node}`;
  return reason(`${group.id} must run beside ${other}, and ${where}`, placeOfUse(group.with, other) ?? group.place);
}

/** Why the node of another group will not do. */
export function apartReason(options: {
  readonly group: GroupSpec;
  readonly other: GroupSpec;
  readonly node: string;
}): Reason {
  const { group, other, node } = options;
  const place = placeOfUse(group.apart, other.id) ?? placeOfUse(other.apart, group.id) ?? group.place;
  return reason(`${group.id} must run apart from ${other.id}, which belongs on ${node}`, place);
}

/** Why a node is poor for what must run beside the group. */
export function dependentShutReason(options: {
  readonly dependent: GroupSpec;
  readonly group: GroupSpec;
  readonly node: string;
}): Reason {
  const { dependent, group, node } = options;
  const place = placeOfUse(dependent.with, group.id) ?? dependent.place;
  return reason(`${dependent.id} must run beside ${group.id} and may not run on ${node}`, place);
}

/** Why a node is good for what must run beside the group. */
export function dependentHereReason(options: {
  readonly dependent: GroupSpec;
  readonly group: GroupSpec;
  readonly node: string;
}): Reason {
  const { dependent, group, node } = options;
  const place = placeOfUse(dependent.with, group.id) ?? dependent.place;
  return reason(`${dependent.id} is on ${node} and must run beside ${group.id}`, place);
}

/** Why a node is good for what must run beside the group and another one. */
export function mateHereReason(options: {
  readonly dependent: GroupSpec;
  readonly group: GroupSpec;
  readonly mate: string;
  readonly node: string;
}): Reason {
  const { dependent, group, mate, node } = options;
  const place = placeOfUse(dependent.with, group.id) ?? dependent.place;
  return reason(`${dependent.id} must run beside ${group.id} and ${mate}, and ${mate} belongs on ${node}`, place);
}

/** What a node sees of a ping, and what follows. */
export function pingReason(options: {
  readonly group: GroupSpec;
  readonly ping: Requirement;
  readonly node: string;
  readonly reachable: number;
  /** Of the node. */
  readonly attributes: AttributesOfNode;
  readonly why: string;
}): Reason {
  const { group, ping, node, reachable, why } = options;
  const sees = isPing(ping) ? describeReach({ ping, node, reachable }) : describeCheck(options);
  return reason(why === '' ? sees : `${sees}, ${why}`, placeOfUse(group.requires, ping.id) ?? ping.place);
}

/** Whether it is a ping; otherwise it is a check of the node. */
export function isPing(requirement: Requirement | undefined): requirement is PingSpec {
  return requirement !== undefined && 'hosts' in requirement;
}

function describeReach(seen: { readonly ping: PingSpec; readonly node: string; readonly reachable: number }): string {
  const { ping, node, reachable } = seen;
  return reachable < 0
    ? `${node} does not know yet whether it reaches ${ping.id}`
    : `${node} reaches ${reachable} of ${ping.hosts.length} hosts of ${ping.id}, ${ping.need} needed`;
}

function isCheck(requirement: Requirement): requirement is NodeCheckSpec {
  return 'probe' in requirement;
}

/** Of an attribute what is seen of it stands there too: it may be as wished already, while rounds have to tell. */
function describeCheck(seen: {
  readonly ping: Requirement;
  readonly node: string;
  readonly reachable: number;
  readonly attributes: AttributesOfNode;
}): string {
  const { ping, node, reachable, attributes } = seen;
  const counts =
    reachable < 0 ? `whether ${ping.id} passes on ${node} is not known yet` : `${ping.id} fails on ${node}`;
  if (!isCheck(ping) || !isOfAttributes(ping.probe) || reachable < 0) return counts;
  const words = describeAttributes(ping.probe, attributes);
  return isAsWished(ping.probe, attributes) ? `${counts}, though ${words} by now` : `${counts}: ${words}`;
}

/** A selector as the spec's author thinks of it. */
export function describeSelector(selector: NodeSelector): string {
  return selector.kind === 'node' ? selector.node : `nodes with ${selector.label}: ${selector.value}`;
}

/** Names in one phrase, the rest counted: `lb1, lb2 and 3 more`. */
export function nameSome(names: readonly string[], most = 4): string {
  if (names.length <= most) return listNames(names);
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** Names in one phrase: `lb1, lb2 and lb3`. */
export function listNames(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Where a name is used in a list of the spec. */
export function placeOfUse(uses: readonly NameUse[], id: string): Place | undefined {
  return uses.find((use) => use.id === id)?.place;
}

/** Why a group is to be down: the spec says so, or a member failed in a way that keeps it down. */
export function toBeStoppedReason(present: Present, group: number): Reason {
  const spec = present.groups[group];
  const halted = present.haltedBy.get(group);
  if (halted === undefined) return reason(`${spec?.id ?? ''} is to be stopped`, spec?.place);
  const why = halted.reason === undefined ? '' : ` (${halted.reason})`;
  const text = `${halted.resource} failed on ${halted.node}${why} and stays down everywhere`;
  return reason(text, spec?.place);
}
