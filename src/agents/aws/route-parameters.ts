/** Reads the parameters of a `builtin:aws-route` resource. */
import type { ParameterValue, ResourceSpec } from '../../model/cluster-spec.js';
import { firstOfSubnet } from '../../spec/ip-address.js';
import { parseIpInterfaceAddress } from '../ip-address.js';
import type { InterfaceWish } from './aws-node.js';
import type { PlaceParameters } from './aws-parameters.js';
import { readInterface, readPlace } from './aws-parameters.js';
import type { Destination } from './ec2-call.js';

/** Which routes, and to which interface of a node they lead. */
export interface RouteParameters extends PlaceParameters {
  readonly tableIds: readonly string[];
  readonly destination: Destination;
  readonly at: InterfaceWish;
  /** From whom a route may be taken: ids, `interfaces` for every network interface, `anything`. */
  readonly takeFrom: readonly string[];
  readonly onStop: OnStop;
  readonly sourceDestCheck: OnCheck;
}

/** What a stop does to a route that leads here. */
export type OnStop = (typeof ON_STOP)[number];
/** What a start does about an interface that checks source and destination. */
export type OnCheck = (typeof ON_CHECK)[number];

const ON_STOP = ['leave', 'delete'] as const;
const ON_CHECK = ['refuse', 'disable', 'ignore'] as const;

const TABLE = /^rtb-[0-9a-f]{8,17}$/;
const TAKE_FROM = /^(interfaces|anything|[a-z]{1,6}-[0-9a-f]{8,17})$/;

/** Returns the parameters, or a sentence that says what is wrong with them. */
export function readRouteParameters({ params }: Pick<ResourceSpec, 'params'>): RouteParameters | string {
  const tableIds = listOf(params.routeTableIds);
  if (tableIds.length === 0 || !tableIds.every((id) => TABLE.test(id))) {
    return `"routeTableIds" must be the id of a route table, such as rtb-0123456789abcdef0, or a list of them, not "${tableIds.join(' ')}"`;
  }
  const destination = readDestination(params.destinationCidr);
  if (typeof destination === 'string') return destination;
  const place = readPlace(params);
  if (typeof place === 'string') return place;
  const at = readInterface(params);
  if (typeof at === 'string') return at;
  const takeFrom = params.takeFrom === undefined ? ['interfaces'] : listOf(params.takeFrom);
  if (!takeFrom.every((from) => TAKE_FROM.test(from))) {
    return `"takeFrom" must be "interfaces", "anything", or ids such as i-0123456789abcdef0, not "${takeFrom.join(' ')}"`;
  }
  const onStop = ON_STOP.find((each) => each === (params.onStop ?? 'leave'));
  if (onStop === undefined) return `"onStop" must be leave or delete, not "${params.onStop}"`;
  const sourceDestCheck = ON_CHECK.find((each) => each === (params.sourceDestCheck ?? 'refuse'));
  if (sourceDestCheck === undefined) {
    return `"sourceDestCheck" must be refuse, disable or ignore, not "${params.sourceDestCheck}"`;
  }
  return { ...place, tableIds: [...new Set(tableIds)], destination, at, takeFrom, onStop, sourceDestCheck };
}

function readDestination(written: ParameterValue | undefined): Destination | string {
  const parsed = typeof written === 'string' ? parseIpInterfaceAddress(written) : null;
  if (typeof written !== 'string' || parsed === null || parsed.prefixLength === null) {
    return `"destinationCidr" must be a subnet, such as 192.168.10.50/32 or 0.0.0.0/0, not "${written}"`;
  }
  const first = firstOfSubnet(written);
  if (first !== null)
    return `"destinationCidr" must begin with the first address of its subnet, as in ${first}, not be "${written}"`;
  const { address, prefixLength } = parsed;
  return { family: address.family, cidr: `${address.text}/${prefixLength}` };
}

function listOf(value: ParameterValue | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
