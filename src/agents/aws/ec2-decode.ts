/** What EC2 describes, as the agents see it. */
import type { Address, NetworkInterface, Route, RouteTable as DescribedTable } from '@aws-sdk/client-ec2';
import { parseIpInterfaceAddress } from '../ip-address.js';
import type { Destination, Ec2Answer, PrivateIpHolder, RouteTable, RouteTarget } from './ec2-call.js';

/** An Elastic IP. */
export function decodeAddress(address: Address | undefined): Ec2Answer {
  if (address === undefined) return absent('EC2 describes no such address');
  const { AllocationId, PublicIp, AssociationId, NetworkInterfaceId, InstanceId, PrivateIpAddress } = address;
  if (AllocationId === undefined || PublicIp === undefined) {
    return incomplete('EC2 describes an address without an allocation id');
  }
  const association =
    AssociationId === undefined
      ? null
      : {
          id: AssociationId,
          interfaceId: NetworkInterfaceId ?? null,
          instanceId: InstanceId ?? null,
          privateIp: PrivateIpAddress ?? null,
        };
  return { kind: 'address', address: { allocationId: AllocationId, publicIp: PublicIp, association } };
}

/** Route tables, in the order in which they were asked for. */
export function decodeTables(
  described: readonly DescribedTable[],
  { tableIds, destination }: { readonly tableIds: readonly string[]; readonly destination: Destination },
): Ec2Answer {
  const tables: RouteTable[] = [];
  for (const id of tableIds) {
    const found = described.find(({ RouteTableId }) => RouteTableId === id);
    if (found === undefined) return absent(`EC2 describes no route table ${id}`);
    const route = (found.Routes ?? []).find((each) => isOwn(each) && leadsTo(each, destination));
    tables.push({ id, target: route === undefined ? null : targetOf(route) });
  }
  return { kind: 'routes', tables };
}

/** A network interface. */
export function decodeInterface(found: NetworkInterface | undefined): Ec2Answer {
  if (found === undefined) return absent('EC2 describes no such network interface');
  const { NetworkInterfaceId, SourceDestCheck } = found;
  return NetworkInterfaceId === undefined || SourceDestCheck === undefined
    ? incomplete('EC2 does not say whether the network interface checks source and destination')
    : { kind: 'interface', interface: { id: NetworkInterfaceId, isChecked: SourceDestCheck } };
}

/** Who has a private address among these interfaces. */
export function decodeHolders(described: readonly NetworkInterface[], privateIp: string): Ec2Answer {
  const holders: PrivateIpHolder[] = [];
  for (const { NetworkInterfaceId, Attachment, PrivateIpAddresses = [] } of described) {
    const held = PrivateIpAddresses.find(({ PrivateIpAddress }) => PrivateIpAddress === privateIp);
    if (NetworkInterfaceId === undefined) return incomplete('EC2 describes a network interface without an id');
    if (held === undefined) continue;
    const instanceId = Attachment?.InstanceId ?? null;
    holders.push({ interfaceId: NetworkInterfaceId, instanceId, isPrimary: held.Primary === true });
  }
  return { kind: 'holders', holders };
}

/** An answer that EC2 never gives by its documentation. */
export function incomplete(message: string): Ec2Answer {
  return { kind: 'fault', fault: 'broken', code: '', message };
}

function absent(message: string): Ec2Answer {
  return { kind: 'fault', fault: 'not-found', code: '', message };
}

/** What a gateway or a route server tells the table stands beside the table's own routes, which come first. */
function isOwn({ Origin }: Route): boolean {
  return Origin === undefined || Origin === 'CreateRoute' || Origin === 'CreateRouteTable';
}

function leadsTo({ DestinationCidrBlock, DestinationIpv6CidrBlock }: Route, { cidr }: Destination): boolean {
  const written = DestinationCidrBlock ?? DestinationIpv6CidrBlock;
  const parsed = written === undefined ? null : parseIpInterfaceAddress(written);
  return parsed !== null && `${parsed.address.text}/${parsed.prefixLength}` === cidr;
}

function targetOf(route: Route): RouteTarget {
  const id =
    route.NetworkInterfaceId ??
    route.InstanceId ??
    route.GatewayId ??
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.EgressOnlyInternetGatewayId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn ??
    route.OdbNetworkArn;
  return {
    id: id ?? 'something that this version does not know',
    instanceId: route.InstanceId ?? null,
    isBlackhole: route.State === 'blackhole',
  };
}
