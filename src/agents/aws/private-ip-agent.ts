/**
 * `builtin:aws-private-ip`: a secondary private address of a network interface of this node's instance.
 *
 * A free address is taken by a request that EC2 refuses when somebody has it by now; one that another interface was seen to have is moved from there, in one request, with the Elastic IP that may be on it. EC2 does not let
 * be said from whom: so it is read right before each try, and again after it. It is removed from an interface by name, which hits nobody else.
 *
 * Source: Amazon EC2 API Reference, AssignPrivateIpAddresses, UnassignPrivateIpAddresses, DescribeNetworkInterfaces.
 */
import { invariant } from '../../base/invariant.js';
import type { Outcome } from '../../model/operation.js';
import type { Agent } from '../agent.js';
import { delay } from '../delay.js';
import { DONE, failed, RUNNING, STOPPED, unknown } from '../outcome.js';
import type { Found } from './aws-node.js';
import type { CloudCall, CloudOptions } from './cloud-agent.js';
import { cloudAgent } from './cloud-agent.js';
import type { Ec2Request, PrivateIpHolder } from './ec2-call.js';
import { backOffMs, LOOK_MS, outcomeOfLook } from './ec2-tries.js';
import type { Removed, Round } from './in-rounds.js';
import { inRounds, removeAll, removedBy, roundOfFault } from './in-rounds.js';
import { OwnChanges, readSettled } from './own-changes.js';
import type { PrivateIpParameters } from './private-ip-parameters.js';
import { readPrivateIpParameters } from './private-ip-parameters.js';

/** How long a start waits until the instance itself is told of its new address. Ours: "remapping is asynchronous", and mostly it takes less than a second. */
const ARRIVAL_MS = 5000;

/** What the agent remembers, by address: the interface to which it assigned it, and its last change. */
interface Memory {
  readonly assigned: Map<string, string>;
  readonly changes: OwnChanges;
}

type PrivateIpCall = CloudCall<PrivateIpParameters, Memory>;

/** Makes the agent. */
export function privateIpAgent(options: CloudOptions): Agent {
  const memory: Memory = { assigned: new Map(), changes: new OwnChanges() };
  const prepare = async ({ node, parameters, asking }: PrivateIpCall): Promise<void> => {
    await node.interfaceId(parameters.at, asking);
    await node.subnetOf(parameters.at, asking);
  };
  return cloudAgent(options, { read: readPrivateIpParameters, memory, look, start, stop, prepare });
}

async function look(call: PrivateIpCall): Promise<Outcome> {
  const here = await holderHere(call);
  if (here.kind === 'none') return here.outcome;
  if (here.value === null) return STOPPED;
  const target = await call.node.interfaceId(call.parameters.at, call.asking);
  if (target.kind === 'none') return target.outcome;
  return here.value.interfaceId === target.value
    ? RUNNING
    : failed('soft', `it is on ${here.value.interfaceId}, and belongs on ${target.value}`);
}

async function start(call: PrivateIpCall): Promise<Outcome> {
  const target = await call.node.interfaceId(call.parameters.at, call.asking);
  if (target.kind === 'none') return target.outcome;
  let wasRefused = false;
  const outcome = await inRounds(call.asking, async () => {
    // It is asked for whatever is read, so a read that is behind costs nothing.
    const read = await describeOnce(call);
    if (read.kind === 'none') return { kind: 'over', outcome: read.outcome };
    // Whether EC2 assigns once more what an interface has is nowhere said; so a refusal and a look that follows it are as good.
    if (wasRefused && isAt(read.value, target.value)) return { kind: 'over', outcome: DONE };
    const round = await take(call, { holder: read.value, interfaceId: target.value });
    wasRefused = round.kind === 'again';
    return round;
  });
  if (outcome.kind !== 'done') return outcome;
  call.memory.assigned.set(keyOf(call), target.value);
  await untilArrived(call);
  return confirmStart(call, target.value);
}

/** Assigns it: moved only from the interface that was seen to have it. */
async function take(
  call: PrivateIpCall,
  { holder, interfaceId }: { readonly holder: PrivateIpHolder | null; readonly interfaceId: string },
): Promise<Round> {
  const { privateIp } = call.parameters;
  if (holder?.isPrimary === true) {
    const sentence = `${privateIp} is the primary address of ${wordsOf(holder)}, which EC2 never moves; choose another`;
    return { kind: 'over', outcome: failed('fatal', sentence) };
  }
  const mayMove = holder !== null && holder.interfaceId !== interfaceId;
  const wish: Ec2Request = { kind: 'assign-private-ip', interfaceId, privateIp, mayMove };
  const answer = await call.changeOnce(wish);
  if (answer.kind === 'fault' || answer.kind === 'ended') return roundOfFault(wish, answer, ['conflict']);
  if (!isAt(holder, interfaceId)) call.memory.changes.made(keyOf(call), [holder?.interfaceId ?? null]);
  if (mayMove) call.asking.log.event('info', `${privateIp} was taken from ${wordsOf(holder)}`);
  return { kind: 'over', outcome: DONE };
}

/** Waits until the instance is told of it, since EC2 moves an address after it has said that it did. */
async function untilArrived({ node, parameters, asking }: PrivateIpCall): Promise<void> {
  const untilMs = performance.now() + Math.min(ARRIVAL_MS, asking.leftMs() - LOOK_MS);
  for (let looks = 1; !asking.signal.aborted; looks += 1) {
    const here = await node.hasAddress(parameters.at, parameters.privateIp, asking);
    if (here.kind === 'found' && here.value) return;
    // Who cannot be asked says nothing however long it is waited.
    if (here.kind === 'none') break;
    const pauseMs = backOffMs(looks);
    if (performance.now() + pauseMs > untilMs) break;
    await delay(pauseMs, asking.signal);
  }
  asking.log.event('warn', `EC2 assigned ${parameters.privateIp}, and the instance is not told of it yet`);
}

/** EC2's word is enough, unless a read shows that somebody else has changed it since. */
async function confirmStart(call: PrivateIpCall, interfaceId: string): Promise<Outcome> {
  const read = await describe(call);
  if (read.kind === 'none' || isAt(read.value, interfaceId)) return DONE;
  const { privateIp } = call.parameters;
  const where = read.value === null ? 'is assigned to nothing' : `is on ${wordsOf(read.value)}`;
  return failed('soft', `${privateIp} ${where}: it was changed by somebody else right after its start`);
}

async function stop(call: PrivateIpCall): Promise<Outcome> {
  const own = call.memory.assigned.get(keyOf(call));
  return removeAll(call.asking, {
    own: own === undefined ? [] : [own],
    find: async () => {
      const here = await holderHere(call);
      return here.kind === 'none'
        ? here
        : { kind: 'found', value: here.value === null ? [] : [here.value.interfaceId] };
    },
    remove: (interfaceId) => remove(call, interfaceId),
  });
}

async function remove(call: PrivateIpCall, interfaceId: string): Promise<Removed> {
  const { privateIp } = call.parameters;
  const request: Ec2Request = { kind: 'unassign-private-ip', interfaceId, privateIp };
  const removed = removedBy(request, await call.change(request));
  if (removed.kind === 'failed') return removed;
  call.memory.assigned.delete(keyOf(call));
  call.memory.changes.made(keyOf(call), [interfaceId]);
  return removed;
}

/** Who on this instance has it as a secondary address; null when nobody has. */
async function holderHere(call: PrivateIpCall): Promise<Found<PrivateIpHolder | null>> {
  const instance = await call.node.instanceId(call.asking);
  if (instance.kind === 'none') return instance;
  const read = await describe(call);
  if (read.kind === 'none') return read;
  const isHere = read.value?.instanceId === instance.value && !read.value.isPrimary;
  return { kind: 'found', value: isHere ? read.value : null };
}

/** Reads who has it after this node's own changes. */
async function describe(call: PrivateIpCall): Promise<Found<PrivateIpHolder | null>> {
  return readSettled(call.asking, {
    read: () => describeOnce(call),
    isBefore: (holder) => call.memory.changes.isBefore(keyOf(call), holder?.interfaceId ?? null),
    what: () => call.parameters.privateIp,
  });
}

async function describeOnce(call: PrivateIpCall): Promise<Found<PrivateIpHolder | null>> {
  const { node, parameters, asking } = call;
  // The same address may be in another VPC of the account, so it is looked for where it can be.
  const subnet = await node.subnetOf(parameters.at, asking);
  if (subnet.kind === 'none') return subnet;
  const request: Ec2Request = { kind: 'describe-holder', subnetId: subnet.value.id, privateIp: parameters.privateIp };
  const answer = await call.look(request);
  if (answer.kind === 'fault' || answer.kind === 'ended') {
    return { kind: 'none', outcome: outcomeOfLook(request, answer) };
  }
  invariant(answer.kind === 'holders', 'a description is answered by nothing else');
  const [first = null, ...others] = answer.holders;
  if (others.length === 0) return { kind: 'found', value: first };
  return { kind: 'none', outcome: unknown(`EC2 shows ${parameters.privateIp} on several interfaces at once`) };
}

function isAt(holder: PrivateIpHolder | null, interfaceId: string): boolean {
  return holder?.interfaceId === interfaceId && !holder.isPrimary;
}

function wordsOf({ interfaceId, instanceId }: PrivateIpHolder): string {
  return instanceId === null ? interfaceId : `${interfaceId} of ${instanceId}`;
}

function keyOf({ region, parameters }: PrivateIpCall): string {
  return `${region} ${parameters.privateIp}`;
}
