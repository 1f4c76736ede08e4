/** Asks EC2 by the AWS SDK, which finds credentials by its own chain. Slow to load, so only the thread of `ec2-worker.ts` does. */
import {
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import type { Address } from '@aws-sdk/client-ec2';
import { unreachable } from '../../base/invariant.js';
import type { AddressKey, CallEc2, Ec2Answer, Ec2Place, Ec2Request } from './ec2-call.js';
import { ec2FaultOf } from './ec2-fault.js';
import { timeLimit } from './time-limit.js';

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
  switch (request.kind) {
    case 'describe-address': {
      const { Addresses: [address] = [] } = await client.send(
        new DescribeAddressesCommand({ ...namesOf(request.address), DryRun }),
        { abortSignal },
      );
      return address === undefined
        ? { kind: 'fault', fault: 'not-found', code: '', message: 'EC2 describes no such address' }
        : decodeAddress(address);
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
        { abortSignal },
      );
      return AssociationId === undefined
        ? incomplete('AssociateAddress gave no association id')
        : { kind: 'associated', associationId: AssociationId };
    }
    case 'disassociate-address':
      await client.send(new DisassociateAddressCommand({ AssociationId: request.associationId, DryRun }), {
        abortSignal,
      });
      return { kind: 'disassociated' };
    default:
      return unreachable(request);
  }
}

function namesOf(address: AddressKey): { readonly AllocationIds: string[] } | { readonly PublicIps: string[] } {
  return 'allocationId' in address ? { AllocationIds: [address.allocationId] } : { PublicIps: [address.publicIp] };
}

function decodeAddress(address: Address): Ec2Answer {
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

function incomplete(message: string): Ec2Answer {
  return { kind: 'fault', fault: 'broken', code: '', message };
}
