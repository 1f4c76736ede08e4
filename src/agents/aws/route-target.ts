/** What may be done with, and is said of, where a route leads. */
import type { RouteTable, RouteTarget } from './ec2-call.js';

/** Whether a route is this interface's already, leads to nothing, or to something from which it may be taken. */
export function mayBeTaken(
  target: RouteTarget | null,
  how: { readonly interfaceId: string | null; readonly takeFrom: readonly string[] },
): boolean {
  if (target === null || target.isBlackhole || target.id === how.interfaceId) return true;
  const names = ['anything', target.id, target.instanceId, target.id.startsWith('eni-') ? 'interfaces' : null];
  return how.takeFrom.some((from) => names.includes(from));
}

/** How a route is, as the beginning of a sentence. */
export function routeWords({ id, target }: RouteTable, cidr: string): string {
  if (target === null) return `${id} has no route to ${cidr}`;
  const of = target.instanceId === null ? '' : ` of ${target.instanceId}`;
  return `${id} leads ${cidr} to ${target.id}${of}${target.isBlackhole ? ' (blackhole)' : ''}`;
}

/** Why a route is left where it is, as the end of the sentence. */
export const NOT_TO_BE_TAKEN =
  'from which `takeFrom` does not let it be taken; name that there, or change the route by hand';
