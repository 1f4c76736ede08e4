/**
 * What EC2 does with the routes of a VPC.
 *
 * Source: Amazon EC2 API Reference, version 2016-11-15: DescribeRouteTables, CreateRoute, ReplaceRoute, DeleteRoute, Route, and "Error codes". That ReplaceRoute refuses a route that is not there as an invalid value is
 * told in getmoto/moto#6425, against the code that the reference suggests.
 */
import type { Action, Answer, CloudRoute, CloudRouteTable, Query, State } from './ec2-state.js';
import { ApiError, DONE, interfaceOf, listOf } from './ec2-state.js';

/** By name. */
export const ROUTE_ACTIONS: Readonly<Record<string, Action>> = {
  DescribeRouteTables: (query, { seen }) => ({
    routeTableSet: listOf(query, 'RouteTableId').map((id) => {
      const { routes } = tableOf(id, seen);
      return { routeTableId: id, vpcId: 'vpc-00000000', routeSet: routes.map((route) => describe(route, seen)) };
    }),
  }),

  CreateRoute: (query, { now, change }) => {
    const { id, cidr, targetId } = wishOf(query, now);
    if (ownRoute(id, cidr, now) !== undefined) {
      throw new ApiError('RouteAlreadyExists', `The route identified by ${cidr} already exists.`);
    }
    change((state) => tableOf(id, state).routes.push({ cidr, targetId, origin: 'CreateRoute' }));
    return DONE;
  },

  ReplaceRoute: (query, { now, change }) => {
    const { id, cidr, targetId } = wishOf(query, now);
    const before = ownRoute(id, cidr, now);
    if (before === undefined) {
      throw new ApiError(
        'InvalidParameterValue',
        `There is no route defined for '${cidr}' in the route table. Use CreateRoute instead.`,
      );
    }
    change((state) => {
      const table = tableOf(id, state);
      table.routes = table.routes.map((each) => (isSame(each, before) ? { ...before, targetId } : each));
    });
    return DONE;
  },

  DeleteRoute: (query, { now, change }) => {
    const { id } = tableOf(query.RouteTableId ?? '', now);
    const cidr = cidrOf(query);
    const before = ownRoute(id, cidr, now);
    if (before === undefined) {
      throw new ApiError('InvalidRoute.NotFound', `no route with destination-cidr-block ${cidr} in route table ${id}`);
    }
    change((state) => {
      const table = tableOf(id, state);
      table.routes = table.routes.filter((each) => !isSame(each, before));
    });
    return DONE;
  },
};

/** The route that a table has of its own for a destination. */
export function ownRoute(tableId: string, cidr: string, state: State): CloudRoute | undefined {
  return tableOf(tableId, state).routes.find((each) => each.cidr === cidr && each.origin === 'CreateRoute');
}

function wishOf(query: Query, state: State): { readonly id: string; readonly cidr: string; readonly targetId: string } {
  const { id } = tableOf(query.RouteTableId ?? '', state);
  const { NetworkInterfaceId, NatGatewayId, GatewayId } = query;
  if (NetworkInterfaceId !== undefined) interfaceOf(NetworkInterfaceId, state);
  const targetId = NetworkInterfaceId ?? NatGatewayId ?? GatewayId;
  if (targetId === undefined) throw new ApiError('MissingParameter', 'The request must contain exactly one target');
  return { id, cidr: cidrOf(query), targetId };
}

function cidrOf({ DestinationCidrBlock, DestinationIpv6CidrBlock }: Query): string {
  const cidr = DestinationCidrBlock ?? DestinationIpv6CidrBlock;
  if (cidr === undefined) throw new ApiError('MissingParameter', 'The request must contain a destination');
  return cidr;
}

function tableOf(id: string, { tables }: State): CloudRouteTable {
  const found = tables.find((each) => each.id === id);
  if (found === undefined) {
    throw new ApiError('InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`);
  }
  return found;
}

function isSame(one: CloudRoute, other: CloudRoute): boolean {
  return one.cidr === other.cidr && one.origin === other.origin;
}

function describe({ cidr, targetId, origin }: CloudRoute, { interfaces }: State): Answer {
  const isInterface = targetId.startsWith('eni-');
  const at = interfaces.find(({ id }) => id === targetId);
  const name = isInterface ? 'networkInterfaceId' : targetId.startsWith('nat-') ? 'natGatewayId' : 'gatewayId';
  return {
    [cidr.includes(':') ? 'destinationIpv6CidrBlock' : 'destinationCidrBlock']: cidr,
    ...(at === undefined ? {} : { instanceId: at.instanceId, instanceOwnerId: '123456789012' }),
    [name]: targetId,
    state: isInterface && at === undefined ? 'blackhole' : 'active',
    origin,
  };
}
