/** Asks EC2 by the AWS SDK, which finds credentials by its own chain. Slow to load, so only the thread of `ec2-worker.ts` does. */
import {
  AssignPrivateIpAddressesCommand,
  AssociateAddressCommand,
  CreateRouteCommand,
  DeleteRouteCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DisassociateAddressCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceRouteCommand,
  UnassignPrivateIpAddressesCommand,
} from '@aws-sdk/client-ec2';
import { unreachable } from '../../base/invariant.js';
import type { AddressKey, CallEc2, Destination, Ec2Answer, Ec2Place, Ec2Request } from './ec2-call.js';
import { decodeAddress, decodeHolders, decodeInterface, decodeTables, incomplete } from './ec2-decode.js';
import { ec2FaultOf } from './ec2-fault.js';
import { timeLimit } from '../time-limit.js';

/** Wait for a connection. Ours: EC2's endpoints are in the instance's own region. */
const CONNECTION_TIMEOUT_MS = 2000;

const clients = new Map<string, EC2Client>();

/** See {@link CallEc2}. */
export const callEc2: CallEc2 = async (request, { place, timeoutMs, signal, isDryRun = false }) => {
  const limit = timeLimit(timeoutMs, signal);
  // The SDK ends a request in time, but not its search for credentials.
  const isOver = new Promise<Ec2Answer>((resolve) => {
    const end = (): void => resolve(ec2FaultOf(limit.signal.reason));
    if (limit.signal.aborted) end();
    else limit.signal.addEventListener('abort', end);
  });
  try {
    return await Promise.race([send(clientOf(place), request, { abortSignal: limit.signal, isDryRun }), isOver]);
  } catch (error) {
    const fault = ec2FaultOf(error);
    return fault.code === 'DryRunOperation' ? { kind: 'allowed' } : fault;
  } finally {
    limit.clear();
  }
};

function clientOf({ region, endpoint }: Ec2Place): EC2Client {
  const key = `${region} ${endpoint ?? ''}`;
  const known = clients.get(key);
  if (known !== undefined) return known;
  const client = new EC2Client({
    region,
    ...(endpoint === null ? {} : { endpoint }),
    // Tries are counted where the deadline and the lease are known.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS },
  });
  clients.set(key, client);
  return client;
}

async function send(
  client: EC2Client,
  request: Ec2Request,
  { abortSignal, isDryRun }: { readonly abortSignal: AbortSignal; readonly isDryRun: boolean },
): Promise<Ec2Answer> {
  const DryRun = isDryRun;
  const how = { abortSignal };
  switch (request.kind) {
    case 'describe-address': {
      const { Addresses: [address] = [] } = await client.send(
        new DescribeAddressesCommand({ ...namesOf(request.address), DryRun }),
        how,
      );
      return decodeAddress(address);
    }
    case 'associate-address': {
      const { AssociationId } = await client.send(
        new AssociateAddressCommand({
          AllocationId: request.allocationId,
          NetworkInterfaceId: request.interfaceId,
          ...(request.privateIp === null ? {} : { PrivateIpAddress: request.privateIp }),
          AllowReassociation: false,
          DryRun,
        }),
        how,
      );
      return AssociationId === undefined
        ? incomplete('AssociateAddress gave no association id')
        : { kind: 'associated', associationId: AssociationId };
    }
    case 'disassociate-address':
      await client.send(new DisassociateAddressCommand({ AssociationId: request.associationId, DryRun }), how);
      return { kind: 'changed' };
    case 'describe-routes': {
      const { tableIds, destination } = request;
      const command = new DescribeRouteTablesCommand({ RouteTableIds: [...tableIds], DryRun });
      const { RouteTables = [] } = await client.send(command, how);
      return decodeTables(RouteTables, { tableIds, destination });
    }
    case 'create-route':
    case 'replace-route': {
      const { tableId, destination } = request.at;
      const route = { RouteTableId: tableId, ...cidrOf(destination), NetworkInterfaceId: request.interfaceId, DryRun };
      const Command = request.kind === 'create-route' ? CreateRouteCommand : ReplaceRouteCommand;
      await client.send(new Command(route), how);
      return { kind: 'changed' };
    }
    case 'delete-route': {
      const { tableId, destination } = request.at;
      await client.send(new DeleteRouteCommand({ RouteTableId: tableId, ...cidrOf(destination), DryRun }), how);
      return { kind: 'changed' };
    }
    case 'describe-interface': {
      const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [request.interfaceId], DryRun });
      const { NetworkInterfaces: [found] = [] } = await client.send(command, how);
      return decodeInterface(found);
    }
    case 'disable-check': {
      const SourceDestCheck = { Value: false };
      const NetworkInterfaceId = request.interfaceId;
      await client.send(
        new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck, DryRun }),
        how,
      );
      return { kind: 'changed' };
    }
    case 'describe-holder': {
      const { subnetId, privateIp } = request;
      const Filters = [
        { Name: 'subnet-id', Values: [subnetId] },
        { Name: 'addresses.private-ip-address', Values: [privateIp] },
      ];
      const { NetworkInterfaces = [] } = await client.send(
        new DescribeNetworkInterfacesCommand({ Filters, DryRun }),
        how,
      );
      return decodeHolders(NetworkInterfaces, privateIp);
    }
    // EC2 knows no dry run of these two.
    case 'assign-private-ip': {
      const { interfaceId: NetworkInterfaceId, privateIp, mayMove: AllowReassignment } = request;
      const wish = { NetworkInterfaceId, PrivateIpAddresses: [privateIp], AllowReassignment };
      await client.send(new AssignPrivateIpAddressesCommand(wish), how);
      return { kind: 'changed' };
    }
    case 'unassign-private-ip': {
      const { interfaceId: NetworkInterfaceId, privateIp } = request;
      const wish = { NetworkInterfaceId, PrivateIpAddresses: [privateIp] };
      await client.send(new UnassignPrivateIpAddressesCommand(wish), how);
      return { kind: 'changed' };
    }
    default:
      return unreachable(request);
  }
}

function namesOf(address: AddressKey): { readonly AllocationIds: string[] } | { readonly PublicIps: string[] } {
  return 'allocationId' in address ? { AllocationIds: [address.allocationId] } : { PublicIps: [address.publicIp] };
}

function cidrOf({
  family,
  cidr,
}: Destination): { readonly DestinationCidrBlock: string } | { readonly DestinationIpv6CidrBlock: string } {
  return family === 'ipv4' ? { DestinationCidrBlock: cidr } : { DestinationIpv6CidrBlock: cidr };
}
