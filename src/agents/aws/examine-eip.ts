/**
 * Examines before the day it matters whether a node can take an Elastic IP: it learns who the node is, reads the address, and asks EC2 by dry runs which permissions are missing. Changes nothing.
 *
 * Source: Amazon EC2 API Reference, "DryRun": EC2 answers `DryRunOperation` where the request would be allowed, and `UnauthorizedOperation` where not.
 */
import type { ResourceSpec } from '../../model/cluster-spec.js';
import type { Outcome } from '../../model/operation.js';
import type { Asking, AwsNode, Found } from './aws-node.js';
import type { AddressAssociation, CallEc2, Ec2Request } from './ec2-call.js';
import { ACTIONS } from './ec2-call.js';
import { sentenceOf, tryEc2 } from './ec2-tries.js';
import type { TriedAnswer } from './ec2-tries.js';
import { readEipParameters } from './eip-parameters.js';

/**
 * One thing that a start or a stop needs.
 *
 * missing: it is not there, and a failover would fail. unknown: it could not be found out. untried: it can be found out at another time only.
 */
export interface Examined {
  readonly what: string;
  readonly state: 'ok' | 'missing' | 'unknown' | 'untried';
  readonly sentence: string;
}

/** What an examination needs. */
export interface ExamineOptions {
  readonly call: CallEc2;
  readonly node: AwsNode;
  readonly asking: Asking;
}

/** Examines a `builtin:aws-eip` resource on this node. */
export async function examineEip(resource: ResourceSpec, options: ExamineOptions): Promise<Examined[]> {
  const { call, node, asking } = options;
  const parameters = readEipParameters(resource);
  if (typeof parameters === 'string') return [{ what: 'parameters', state: 'missing', sentence: parameters }];
  const instance = await node.instanceId(asking);
  const region: Found<string> =
    parameters.region === null ? await node.region(asking) : { kind: 'found', value: parameters.region };
  const at = await node.interfaceId(parameters.at, asking);
  const found: Examined[] = [
    ofFound('instance', instance, (id) => `this node is ${id}`),
    ofFound('region', region, (name) => `EC2 is asked in ${name}`),
    ofFound('interface', at, (id) => `it belongs on ${id}`),
  ];
  if (region.kind === 'none') return found;
  const trying = { place: { region: region.value, endpoint: parameters.endpoint }, ...asking };
  const ask = (request: Ec2Request, isDryRun: boolean): Promise<TriedAnswer> =>
    tryEc2(call, request, { ...trying, isDryRun });

  const look: Ec2Request = { kind: 'describe-address', address: parameters.address };
  const read = await ask(look, false);
  const address = read.kind === 'address' ? read.address : null;
  const said = address === null ? '' : `${address.publicIp} is ${placeOf(address.association)}`;
  found.push(ofAnswer(look, read, said));
  const allocationId =
    'allocationId' in parameters.address ? parameters.address.allocationId : (address?.allocationId ?? null);
  const what = permissionOf({ kind: 'associate-address' });
  if (allocationId === null || at.kind === 'none') {
    found.push({ what, state: 'untried', sentence: 'it can be tried when address and interface are known' });
  } else {
    const { privateIp } = parameters;
    const wish: Ec2Request = { kind: 'associate-address', allocationId, interfaceId: at.value, privateIp };
    found.push(ofAnswer(wish, await ask(wish, true), 'granted'));
  }
  found.push(await examineRemoval(address?.association ?? null, ask));
  return found;
}

/** Permissions may hold for some associations only, so one that there is must be named. */
async function examineRemoval(
  association: AddressAssociation | null,
  ask: (request: Ec2Request, isDryRun: boolean) => Promise<TriedAnswer>,
): Promise<Examined> {
  if (association === null) {
    const what = permissionOf({ kind: 'disassociate-address' });
    return { what, state: 'untried', sentence: 'it can be tried while the address is associated' };
  }
  const removal: Ec2Request = { kind: 'disassociate-address', associationId: association.id };
  return ofAnswer(removal, await ask(removal, true), 'granted');
}

function ofFound(what: string, found: Found<string>, say: (value: string) => string): Examined {
  return found.kind === 'found'
    ? { what, state: 'ok', sentence: say(found.value) }
    : { what, state: found.outcome.kind === 'failed' ? 'missing' : 'unknown', sentence: reasonOf(found.outcome) };
}

function ofAnswer(request: Ec2Request, answer: TriedAnswer, sentence: string): Examined {
  const what = permissionOf(request);
  if (answer.kind === 'ended') return { what, state: 'unknown', sentence: 'there was no time left to ask EC2' };
  // Who may not do it is not told that it is in use.
  if (answer.kind !== 'fault' || answer.fault === 'conflict') return { what, state: 'ok', sentence };
  const isMissing = !['throttled', 'unreachable', 'broken'].includes(answer.fault);
  return { what, state: isMissing ? 'missing' : 'unknown', sentence: sentenceOf(request, answer) };
}

function permissionOf({ kind }: Pick<Ec2Request, 'kind'>): string {
  return `ec2:${ACTIONS[kind]}`;
}

function placeOf(association: AddressAssociation | null): string {
  if (association === null) return 'associated with nothing';
  return `on ${association.interfaceId ?? 'no interface'} of ${association.instanceId ?? 'no instance'}`;
}

function reasonOf(outcome: Outcome): string {
  return 'reason' in outcome ? outcome.reason : outcome.kind;
}
