/**
 * The check of an interface that drops packets which are neither from nor for its own addresses, and with it everything that a route sends there.
 *
 * Source: Amazon VPC User Guide, "NAT instances", "Disable source/destination checks".
 */
import { invariant } from '../../base/invariant.js';
import type { Outcome } from '../../model/operation.js';
import { failed, reasonOf } from '../outcome.js';
import type { Found } from './aws-node.js';
import type { Ec2Request } from './ec2-call.js';
import { outcomeOfChange, outcomeOfLook } from './ec2-tries.js';
import type { RouteCall } from './route-call.js';

/** How long it is asked for: a start does without the answer. Ours. */
const READ_MS = 3000;

/** Reads it for a start that may come soon. */
export async function readCheckAhead(route: RouteCall): Promise<void> {
  if (route.parameters.sourceDestCheck === 'ignore') return;
  const at = await route.node.interfaceId(route.parameters.at, route.asking);
  if (at.kind === 'found') route.memory.checks.begin(keyOf(route, at.value), () => readCheck(route, at.value));
}

/** What a start comes to by the check; null where it may go on. What cannot be found out stops nobody. */
export async function passCheck(route: RouteCall, interfaceId: string): Promise<Outcome | null> {
  const { parameters, memory, asking } = route;
  if (parameters.sourceDestCheck === 'ignore') return null;
  const ahead = await memory.checks.take(keyOf(route, interfaceId), asking);
  const read = ahead ?? (await readCheck(route, interfaceId));
  if (read.kind === 'found' && !read.value) return null;
  if (parameters.sourceDestCheck === 'disable') return disableCheck(route, interfaceId);
  if (read.kind === 'found') return failed('node', sentenceOfCheck(interfaceId));
  asking.log.event(
    'warn',
    `whether ${interfaceId} checks source and destination could not be found out: ${reasonOf(read.outcome)}`,
  );
  return null;
}

/** Why a route to an interface that checks is of no use, and what to do. */
export function sentenceOfCheck(interfaceId: string): string {
  return `${interfaceId} checks source and destination, so it drops what the route sends there; switch its source/destination check off, or write \`sourceDestCheck: disable\``;
}

async function readCheck(route: RouteCall, interfaceId: string): Promise<Found<boolean>> {
  const request: Ec2Request = { kind: 'describe-interface', interfaceId };
  const answer = await route.look(request, READ_MS);
  if (answer.kind === 'interface') return { kind: 'found', value: answer.interface.isChecked };
  invariant(answer.kind === 'fault' || answer.kind === 'ended', 'a description is answered by nothing else');
  return { kind: 'none', outcome: outcomeOfLook(request, answer) };
}

async function disableCheck(route: RouteCall, interfaceId: string): Promise<Outcome | null> {
  const request: Ec2Request = { kind: 'disable-check', interfaceId };
  const answer = await route.change(request);
  if (answer.kind === 'fault' || answer.kind === 'ended') return outcomeOfChange(request, answer);
  route.asking.log.event('info', `the source/destination check of ${interfaceId} was switched off`);
  return null;
}

function keyOf({ region }: RouteCall, interfaceId: string): string {
  return `${region} ${interfaceId}`;
}
