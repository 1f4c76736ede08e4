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
import type { ResourceSpec } from '../../model/cluster-spec.js';
import type { OperationAction, Outcome } from '../../model/operation.js';
import type { Agent, AgentCall } from '../agent.js';
import { delay } from '../delay.js';
import { CANCELLED, DONE, failed, RUNNING, STOPPED, unknown } from '../outcome.js';
import type { Asking, AwsNode, Found } from './aws-node.js';
import type { AddressAssociation, AddressKey, CallEc2, Ec2Request, ElasticAddress } from './ec2-call.js';
import { backOffMs, outcomeOfChange, outcomeOfLook, tryEc2 } from './ec2-tries.js';
import type { TriedAnswer, Trying } from './ec2-tries.js';
import type { EipParameters } from './eip-parameters.js';
import { readEipParameters } from './eip-parameters.js';

/** How long reads may still show what was before a change. Ours: mostly it is below a second; EC2 promises nothing. */
const SETTLING_MS = 30_000;
/** How long a read that contradicts such a change is repeated within one call. Ours. */
const LOOK_AGAIN_MS = 3000;
/** How long it is read ahead of a start, how old what was read may be, and how soon it is not read again. Ours: what is old costs a request more, and nothing else. */
const READ_AHEAD_MS = 10_000;
const READ_AHEAD_VALID_MS = 30_000;
const READ_AGAIN_MS = 2000;
/** Time that another look needs; with less of an operation's left, it ends with what is known. Ours. */
const LOOK_MS = 300;
/** How often a start or a stop looks anew because the address had moved meanwhile. */
const ROUNDS_MAX = 6;

/** The last change that this node made to an address. Shape: `before` is the association that it removed for it. */
interface OwnChange {
  readonly kind: 'made' | 'removed';
  readonly associationId: string;
  readonly before: string | null;
  readonly atMs: number;
}

/** One call on one address. */
interface EipCall {
  readonly action: OperationAction | 'prepare';
  readonly parameters: EipParameters;
  readonly asking: Asking;
  readonly trying: Trying;
  readonly ask: (request: Ec2Request, isChange?: boolean) => Promise<TriedAnswer>;
  readonly node: AwsNode;
  readonly memory: Memory;
  readonly key: string;
}

/** What the agent remembers, by address: the last change of its own, and what was read ahead for a start. */
interface Memory {
  readonly changes: Map<string, OwnChange>;
  readonly readAhead: Map<string, { readonly beganAtMs: number; readonly read: Promise<Found<ElasticAddress>> }>;
}

/** What a call begins with. */
type Beginning = Pick<AgentCall, 'leftMs' | 'signal' | 'isPermitted' | 'log'> & {
  readonly action: OperationAction | 'prepare';
  readonly resource: ResourceSpec;
};

/** Makes the agent. */
export function eipAgent(options: { readonly call: CallEc2; readonly node: AwsNode }): Agent {
  const memory: Memory = { changes: new Map(), readAhead: new Map() };
  const begin = async (from: Beginning): Promise<Found<EipCall>> => {
    const { action, resource, leftMs, signal, isPermitted, log } = from;
    const parameters = readEipParameters(resource);
    if (typeof parameters === 'string') return { kind: 'none', outcome: failed('fatal', parameters) };
    const asking = { leftMs, signal, log };
    const region: Found<string> =
      parameters.region === null ? await options.node.region(asking) : { kind: 'found', value: parameters.region };
    if (region.kind === 'none') return region;
    const trying = { place: { region: region.value, endpoint: parameters.endpoint }, leftMs, signal };
    const ask: EipCall['ask'] = (request, isChange = false) =>
      tryEc2(options.call, request, isChange ? { ...trying, isPermitted } : trying);
    const key = `${region.value} ${nameOf(parameters.address)}`;
    return { kind: 'found', value: { action, parameters, asking, trying, ask, node: options.node, memory, key } };
  };
  const act =
    (action: (eip: EipCall) => Promise<Outcome>) =>
    async (call: AgentCall): Promise<Outcome> => {
      const begun = await begin({ ...call, action: call.operation.action, resource: call.operation.resource });
      return begun.kind === 'none' ? begun.outcome : action(begun.value);
    };
  const prepare: Agent['prepare'] = (resource, how) => {
    const untilMs = performance.now() + READ_AHEAD_MS;
    void begin({ ...how, action: 'prepare', resource, leftMs: () => untilMs - performance.now() }).then((begun) => {
      if (begun.kind === 'found') readAhead(begun.value);
    });
  };
  return { probe: act(look), monitor: act(look), start: act(start), stop: act(stop), kill: act(stop), prepare };
}

/** Reads the address for a start that may come soon, unless that was just done. */
function readAhead(eip: EipCall): void {
  const nowMs = performance.now();
  const known = eip.memory.readAhead.get(eip.key);
  if (known !== undefined && nowMs - known.beganAtMs < READ_AGAIN_MS) return;
  // Where it would belong is learned as well.
  const read = targetOf(eip).then(() => describe(eip));
  eip.memory.readAhead.set(eip.key, { beganAtMs: nowMs, read });
}

/** What was read ahead; null when nothing was, or nothing came of it. It serves once. */
async function takeReadAhead(eip: EipCall): Promise<Found<ElasticAddress> | null> {
  const known = eip.memory.readAhead.get(eip.key);
  eip.memory.readAhead.delete(eip.key);
  if (known === undefined || performance.now() - known.beganAtMs > READ_AHEAD_VALID_MS) return null;
  const { leftMs, signal } = eip.asking;
  const read = await Promise.race([known.read, delay(leftMs() - LOOK_MS, signal)]);
  return read?.kind === 'found' ? read : null;
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
  let last: Outcome = CANCELLED;
  for (let round = 1; round <= ROUNDS_MAX && !eip.asking.signal.aborted; round += 1) {
    if (round > 1) {
      const pauseMs = backOffMs(round);
      if (eip.asking.leftMs() <= pauseMs + LOOK_MS) return last;
      await delay(pauseMs, eip.asking.signal);
    }
    const read = (round === 1 ? await takeReadAhead(eip) : null) ?? (await describe(eip));
    if (read.kind === 'none') return read.outcome;
    const taken = await take(eip, { address: read.value, target: target.value });
    if (taken.kind === 'over') return taken.outcome;
    last = taken.outcome;
  }
  return last;
}

/** What one round of a start came to. again: things were not as they had been read. */
type Taken = { readonly kind: 'over' | 'again'; readonly outcome: Outcome };

/** Removes the association that was seen, and makes one here that EC2 refuses if there is another by now. */
async function take(
  eip: EipCall,
  { address, target }: { readonly address: ElasticAddress; readonly target: Target },
): Promise<Taken> {
  const { association, allocationId, publicIp } = address;
  const isElsewhere = association !== null && !isAt(association, target);
  if (isElsewhere) {
    const removal: Ec2Request = { kind: 'disassociate-address', associationId: association.id };
    const removed = await eip.ask(removal, true);
    if (removed.kind === 'ended') return { kind: 'over', outcome: CANCELLED };
    if (removed.kind === 'fault') {
      const kind = removed.fault === 'not-found' ? 'again' : 'over';
      return { kind, outcome: outcomeOfChange(removal, removed) };
    }
    eip.asking.log.event('info', `${publicIp} was taken from ${placeName(association)} of ${association.instanceId}`);
  }
  // Also where it seems to be here already: EC2 then changes nothing, and says so if the read was an old one.
  const wanted: Ec2Request = { kind: 'associate-address', allocationId, ...target };
  const made = await eip.ask(wanted, true);
  if (made.kind === 'associated') {
    const before = isElsewhere ? association.id : null;
    eip.memory.changes.set(eip.key, {
      kind: 'made',
      associationId: made.associationId,
      before,
      atMs: performance.now(),
    });
    return { kind: 'over', outcome: await confirmStart(eip, made.associationId) };
  }
  if (made.kind === 'ended') return { kind: 'over', outcome: CANCELLED };
  invariant(made.kind === 'fault', 'an association is answered by nothing else');
  return { kind: made.fault === 'conflict' ? 'again' : 'over', outcome: outcomeOfChange(wanted, made) };
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
  const own = eip.memory.changes.get(eip.key);
  // What this node made is removed without a look before, so that an old read hides nothing.
  let associationId = own?.kind === 'made' ? own.associationId : null;
  let isRemoved = false;
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    if (associationId !== null) {
      const removed = await remove(eip, associationId);
      if (removed.kind === 'failed') return removed.outcome;
      isRemoved = removed.kind === 'removed';
    }
    const here = await associationHere(eip);
    // EC2 said itself that it is removed; the look is for what else there may be.
    if (here.kind === 'none') return isRemoved ? DONE : here.outcome;
    if (here.value === null) return DONE;
    associationId = here.value.id;
  }
  return failed(
    'soft',
    'it was associated with this instance again as often as it was removed; see who else does that',
  );
}

/** What came of removing an association. absent: it was not there any more. */
type Removed = { readonly kind: 'removed' | 'absent' } | { readonly kind: 'failed'; readonly outcome: Outcome };

async function remove(eip: EipCall, associationId: string): Promise<Removed> {
  const removal: Ec2Request = { kind: 'disassociate-address', associationId };
  const answer = await eip.ask(removal);
  const isAbsent = answer.kind === 'fault' && answer.fault === 'not-found';
  if (answer.kind === 'disassociated' || isAbsent) {
    eip.memory.changes.set(eip.key, { kind: 'removed', associationId, before: null, atMs: performance.now() });
    return { kind: isAbsent ? 'absent' : 'removed' };
  }
  invariant(answer.kind === 'fault' || answer.kind === 'ended', 'a removal is answered by nothing else');
  return { kind: 'failed', outcome: outcomeOfChange(removal, answer) };
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

/** Reads the address; a read that shows what was before a change of this node's own is repeated, and then taken for nothing. */
async function describe(eip: EipCall): Promise<Found<ElasticAddress>> {
  const request: Ec2Request = { kind: 'describe-address', address: eip.parameters.address };
  const untilMs = performance.now() + LOOK_AGAIN_MS;
  for (let looks = 1; ; looks += 1) {
    const answer = await eip.ask(request);
    if (answer.kind === 'fault' || answer.kind === 'ended') {
      const isFact = answer.kind === 'fault' && answer.fault === 'not-found' && eip.action === 'start';
      const outcome = isFact
        ? failed(
            'fatal',
            `this account has no Elastic IP ${nameOf(eip.parameters.address)} in ${eip.trying.place.region}`,
          )
        : outcomeOfLook(request, answer);
      return { kind: 'none', outcome };
    }
    invariant(answer.kind === 'address', 'a description is answered by nothing else');
    const { address } = answer;
    const change = eip.memory.changes.get(eip.key);
    if (change === undefined || !contradicts(address.association, change)) return { kind: 'found', value: address };
    const pauseMs = backOffMs(looks);
    const isLast = performance.now() + pauseMs > untilMs || eip.asking.leftMs() <= pauseMs + LOOK_MS;
    if (isLast || eip.asking.signal.aborted) {
      const reason = `EC2 still shows ${address.publicIp} as it was before this node changed it`;
      return { kind: 'none', outcome: unknown(reason) };
    }
    await delay(pauseMs, eip.asking.signal);
  }
}

/** Whether a read is older than a change that this node made a moment ago. */
function contradicts(association: AddressAssociation | null, change: OwnChange): boolean {
  if (performance.now() - change.atMs > SETTLING_MS) return false;
  const id = association?.id ?? null;
  return change.kind === 'removed' ? id === change.associationId : id === null || id === change.before;
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

function nameOf(address: AddressKey): string {
  return 'allocationId' in address ? address.allocationId : address.publicIp;
}
