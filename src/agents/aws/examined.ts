/**
 * What is found out before the day it matters of what a node could take over: who the node is, what EC2 says of it, and by dry runs which permissions are missing. Changes nothing.
 *
 * Source: Amazon EC2 API Reference, "DryRun": EC2 answers `DryRunOperation` where the request would be allowed, and `UnauthorizedOperation` where not.
 */
import type { Outcome } from '../../model/operation.js';
import { reasonOf } from '../outcome.js';
import type { Asking, AwsNode, Found, InterfaceWish } from './aws-node.js';
import type { PlaceParameters } from './aws-parameters.js';
import { regionOf } from './cloud-agent.js';
import type { CallEc2, Ec2Request } from './ec2-call.js';
import { ACTIONS } from './ec2-call.js';
import { sentenceOf, tryEc2 } from './ec2-tries.js';
import type { TriedAnswer } from './ec2-tries.js';

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

/** What every examination begins with. Shape: `ask` is null where it is not known where EC2 is to be asked. */
export interface BegunExamination {
  readonly found: Examined[];
  readonly interfaceId: string | null;
  readonly ask: { readonly look: Ask; readonly dryRun: Ask } | null;
}

/** Asks EC2. */
export type Ask = (request: Ec2Request) => Promise<TriedAnswer>;

/** Finds out who the node is and where a resource belongs on it. */
export async function beginExamination(
  parameters: PlaceParameters & { readonly at: InterfaceWish },
  { call, node, asking }: ExamineOptions,
): Promise<BegunExamination> {
  const instance = await node.instanceId(asking);
  const region = await regionOf(parameters, { node, asking });
  const at = await node.interfaceId(parameters.at, asking);
  const found = [
    ofFound('instance', instance, (id) => `this node is ${id}`),
    ofFound('region', region, (name) => `EC2 is asked in ${name}`),
    ofFound('interface', at, (id) => `it belongs on ${id}`),
  ];
  const interfaceId = at.kind === 'found' ? at.value : null;
  if (region.kind === 'none') return { found, interfaceId, ask: null };
  const trying = { place: { region: region.value, endpoint: parameters.endpoint }, ...asking };
  const ask = {
    look: (request: Ec2Request) => tryEc2(call, request, trying),
    dryRun: (request: Ec2Request) => tryEc2(call, request, { ...trying, isDryRun: true }),
  };
  return { found, interfaceId, ask };
}

/** What an answer says of the permission to ask for it. Shape: `sentence` is for one that is granted. */
export function ofAnswer(request: Ec2Request, answer: TriedAnswer, sentence = 'granted'): Examined {
  const what = permissionOf(request);
  if (answer.kind === 'ended') return { what, state: 'unknown', sentence: 'there was no time left to ask EC2' };
  // Who may not do it is not told that it is in use.
  if (answer.kind !== 'fault' || answer.fault === 'conflict') return { what, state: 'ok', sentence };
  const isMissing = !['throttled', 'unreachable', 'broken'].includes(answer.fault);
  return { what, state: isMissing ? 'missing' : 'unknown', sentence: sentenceOf(request, answer) };
}

/** A permission that cannot be tried now. */
export function untried(kind: Ec2Request['kind'], sentence: string): Examined {
  return { what: permissionOf({ kind }), state: 'untried', sentence };
}

function permissionOf({ kind }: Pick<Ec2Request, 'kind'>): string {
  return `ec2:${ACTIONS[kind]}`;
}

function ofFound(what: string, found: Found<string>, say: (value: string) => string): Examined {
  return found.kind === 'found' ? { what, state: 'ok', sentence: say(found.value) } : notFound(what, found.outcome);
}

/** Something that this node does not have, or could not find out. */
export function notFound(what: string, outcome: Outcome): Examined {
  return { what, state: outcome.kind === 'failed' ? 'missing' : 'unknown', sentence: reasonOf(outcome) };
}
