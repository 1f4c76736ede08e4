/**
 * `builtin:aws-eip`: an Elastic IP that is associated with a network interface of this node's instance.
 *
 * It is taken over by compare and set: the association that was seen is removed by its id, and then a new one is made that EC2 refuses while there is another. So two nodes that both want
 * it never take it from each other without having looked, and a stop removes what is on this instance and nothing else. EC2 is asked and answers late at times: what cannot be found out is unknown, and what a
 * read says against a change that this node made a moment ago is not believed.
 *
 * Source: Amazon EC2 API Reference, AssociateAddress, DisassociateAddress, "Eventual consistency".
 */
import { invariant } from '../../base/invariant.js';
import type { Outcome } from '../../model/operation.js';
import type { Agent } from '../agent.js';
import { DONE, failed, RUNNING, STOPPED } from '../outcome.js';
import type { Found } from './aws-node.js';
import type { CloudCall, CloudOptions } from './cloud-agent.js';
import { cloudAgent } from './cloud-agent.js';
import type { AddressAssociation, AddressKey, Ec2Request, ElasticAddress } from './ec2-call.js';
import { outcomeOfLook } from './ec2-tries.js';
import type { EipParameters } from './eip-parameters.js';
import { readEipParameters } from './eip-parameters.js';
import type { Removed, Round } from './in-rounds.js';
import { inRounds, removeAll, removedBy, roundOfFault } from './in-rounds.js';
import { OwnChanges, readSettled } from './own-changes.js';
import { ReadAhead } from './read-ahead.js';

/** What the agent remembers, by address: the association that it made, its last change, and what was read ahead for a start. */
interface Memory {
  readonly made: Map<string, string>;
  readonly changes: OwnChanges;
  readonly readAhead: ReadAhead<ElasticAddress>;
}

/** One call on one address. */
type EipCall = CloudCall<EipParameters, Memory>;

/** Makes the agent. */
export function eipAgent(options: CloudOptions): Agent {
  const memory: Memory = { made: new Map(), changes: new OwnChanges(), readAhead: new ReadAhead() };
  const prepare = async (eip: EipCall): Promise<void> => {
    // Where it would belong is learned as well.
    memory.readAhead.begin(keyOf(eip), () => targetOf(eip).then(() => describe(eip)));
  };
  return cloudAgent(options, { read: readEipParameters, memory, look, start, stop, prepare });
}

async function look(eip: EipCall): Promise<Outcome> {
  const here = await associationHere(eip);
  if (here.kind === 'none') return here.outcome;
  const isProbe = eip.action === 'probe';
  if (here.value === null && !isProbe) return STOPPED;
  // A first look also learns where it would belong, so that a start does not wait for the metadata service.
  const target = await targetOf(eip);
  if (here.value === null) return STOPPED;
  if (target.kind === 'none') return target.outcome;
  return isAt(here.value, target.value)
    ? RUNNING
    : failed('soft', `it is on ${placeName(here.value)}, and belongs on ${placeName(target.value)}`);
}

async function start(eip: EipCall): Promise<Outcome> {
  const target = await targetOf(eip);
  if (target.kind === 'none') return target.outcome;
  return inRounds(eip.asking, async (isFirst) => {
    const ahead = isFirst ? await eip.memory.readAhead.take(keyOf(eip), eip.asking) : null;
    const read = ahead ?? (await describe(eip));
    return read.kind === 'none'
      ? { kind: 'over', outcome: read.outcome }
      : take(eip, { address: read.value, target: target.value });
  });
}

/** Removes the association that was seen, and makes one here that EC2 refuses if there is another by now. */
async function take(
  eip: EipCall,
  { address, target }: { readonly address: ElasticAddress; readonly target: Target },
): Promise<Round> {
  const { association, allocationId, publicIp } = address;
  const isElsewhere = association !== null && !isAt(association, target);
  if (isElsewhere) {
    const removal: Ec2Request = { kind: 'disassociate-address', associationId: association.id };
    const removed = await eip.change(removal);
    if (removed.kind === 'ended' || removed.kind === 'fault') return roundOfFault(removal, removed, ['not-found']);
    eip.asking.log.event('info', `${publicIp} was taken from ${placeName(association)} of ${association.instanceId}`);
  }
  // Also where it seems to be here already: EC2 then changes nothing, and says so if the read was an old one.
  const wanted: Ec2Request = { kind: 'associate-address', allocationId, ...target };
  const made = await eip.change(wanted);
  if (made.kind === 'ended' || made.kind === 'fault') return roundOfFault(wanted, made, ['conflict']);
  invariant(made.kind === 'associated', 'an association is answered by nothing else');
  eip.memory.made.set(keyOf(eip), made.associationId);
  eip.memory.changes.made(keyOf(eip), isElsewhere ? [association.id, null] : [null]);
  return { kind: 'over', outcome: await confirmStart(eip, made.associationId) };
}

/** EC2's word for the association is enough, unless a newer one has been made by somebody else since. */
async function confirmStart(eip: EipCall, associationId: string): Promise<Outcome> {
  const read = await describe(eip);
  if (read.kind === 'none') return DONE;
  const { association, publicIp } = read.value;
  return association === null || association.id === associationId
    ? DONE
    : failed('soft', `${publicIp} was taken by ${association.instanceId} right after its start`);
}

async function stop(eip: EipCall): Promise<Outcome> {
  const own = eip.memory.made.get(keyOf(eip));
  return removeAll(eip.asking, {
    own: own === undefined ? [] : [own],
    find: async () => {
      const here = await associationHere(eip);
      return here.kind === 'none' ? here : { kind: 'found', value: here.value === null ? [] : [here.value.id] };
    },
    remove: (associationId) => remove(eip, associationId),
  });
}

async function remove(eip: EipCall, associationId: string): Promise<Removed> {
  const removal: Ec2Request = { kind: 'disassociate-address', associationId };
  const removed = removedBy(removal, await eip.change(removal));
  if (removed.kind === 'failed') return removed;
  eip.memory.made.delete(keyOf(eip));
  eip.memory.changes.made(keyOf(eip), [associationId]);
  return removed;
}

/** The association with this instance; null when there is none. */
async function associationHere(eip: EipCall): Promise<Found<AddressAssociation | null>> {
  const instance = await eip.node.instanceId(eip.asking);
  if (instance.kind === 'none') return instance;
  const read = await describe(eip);
  if (read.kind === 'none') return read;
  const { association } = read.value;
  return { kind: 'found', value: association?.instanceId === instance.value ? association : null };
}

/** Reads the address as it is after this node's own changes. */
async function describe(eip: EipCall): Promise<Found<ElasticAddress>> {
  return readSettled(eip.asking, {
    read: () => describeOnce(eip),
    isBefore: ({ association }) => eip.memory.changes.isBefore(keyOf(eip), association?.id ?? null),
    what: ({ publicIp }) => publicIp,
  });
}

async function describeOnce(eip: EipCall): Promise<Found<ElasticAddress>> {
  const { parameters, action, region } = eip;
  const request: Ec2Request = { kind: 'describe-address', address: parameters.address };
  const answer = await eip.look(request);
  if (answer.kind === 'address') return { kind: 'found', value: answer.address };
  invariant(answer.kind === 'fault' || answer.kind === 'ended', 'a description is answered by nothing else');
  const isFact = answer.kind === 'fault' && answer.fault === 'not-found' && action === 'start';
  const outcome = isFact
    ? failed('fatal', `this account has no Elastic IP ${nameOf(parameters.address)} in ${region}`)
    : outcomeOfLook(request, answer);
  return { kind: 'none', outcome };
}

/** Where the address belongs. Shape: `privateIp` null is the primary address of the interface. */
interface Target {
  readonly interfaceId: string;
  readonly privateIp: string | null;
}

async function targetOf({ node, parameters, asking }: EipCall): Promise<Found<Target>> {
  const at = await node.interfaceId(parameters.at, asking);
  return at.kind === 'none' ? at : { kind: 'found', value: { interfaceId: at.value, privateIp: parameters.privateIp } };
}

function isAt({ interfaceId, privateIp }: AddressAssociation, target: Target): boolean {
  return interfaceId === target.interfaceId && (target.privateIp === null || target.privateIp === privateIp);
}

function placeName({ interfaceId, privateIp }: Pick<AddressAssociation, 'interfaceId' | 'privateIp'>): string {
  return privateIp === null ? (interfaceId ?? 'no interface') : `${interfaceId ?? 'no interface'} (${privateIp})`;
}

function keyOf({ region, parameters }: EipCall): string {
  return `${region} ${nameOf(parameters.address)}`;
}

function nameOf(address: AddressKey): string {
  return 'allocationId' in address ? address.allocationId : address.publicIp;
}
