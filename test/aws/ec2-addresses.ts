/**
 * What EC2 does with Elastic IPs.
 *
 * Source: Amazon EC2 API Reference, version 2016-11-15: AssociateAddress, DisassociateAddress, DescribeAddresses, and "Error codes".
 */
import type { Action, Answer, CloudAddress, CloudInterface, Query, State } from './ec2-state.js';
import { ApiError, DONE, interfaceOf, listOf } from './ec2-state.js';

/** By name. */
export const ADDRESS_ACTIONS: Readonly<Record<string, Action>> = {
  DescribeAddresses: (query, { seen }) => {
    const { addresses } = seen;
    const ids = listOf(query, 'AllocationId');
    const ips = listOf(query, 'PublicIp');
    for (const id of ids) addressOf(id, seen);
    for (const ip of ips) {
      if (!addresses.some(({ publicIp }) => publicIp === ip)) {
        throw new ApiError('InvalidAddress.NotFound', `Address '${ip}' not found.`);
      }
    }
    const found = addresses.filter(
      ({ allocationId, publicIp }) =>
        (ids.length === 0 || ids.includes(allocationId)) && (ips.length === 0 || ips.includes(publicIp)),
    );
    return { addressesSet: found.map((address) => describe(address, seen)) };
  },

  AssociateAddress: (query, { now, change, newId }) => {
    const { association, allocationId } = addressOf(query.AllocationId ?? '', now);
    const at = interfaceFor(query, now);
    const privateIp = query.PrivateIpAddress ?? at.privateIps[0] ?? '';
    if (!at.privateIps.includes(privateIp)) {
      throw new ApiError('InvalidParameterValue', `The address ${privateIp} does not belong to ${at.id}.`);
    }
    if (association?.interfaceId === at.id && association.privateIp === privateIp) {
      return { return: 'true', associationId: association.id };
    }
    const mayMove = query.AllowReassociation !== 'false';
    if (association !== null && !mayMove) {
      throw new ApiError(
        'Resource.AlreadyAssociated',
        `resource ${allocationId} is already associated with associate-id ${association.id}`,
      );
    }
    const other = now.addresses.find(
      (each) => each.association?.interfaceId === at.id && each.association.privateIp === privateIp,
    );
    if (other !== undefined && !mayMove) {
      throw new ApiError(
        'Resource.AlreadyAssociated',
        `resource ${at.id} is already associated with address ${other.publicIp}`,
      );
    }
    const id = newId('eipassoc');
    change(({ addresses }) => {
      for (const each of addresses) {
        if (each.allocationId === other?.allocationId) each.association = null;
        if (each.allocationId === allocationId) each.association = { id, interfaceId: at.id, privateIp };
      }
    });
    return { return: 'true', associationId: id };
  },

  DisassociateAddress: ({ AssociationId: id = '' }, { now, change }) => {
    if (!now.addresses.some(({ association }) => association?.id === id)) {
      throw new ApiError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
    }
    change(({ addresses }) => {
      for (const each of addresses) if (each.association?.id === id) each.association = null;
    });
    return DONE;
  },
};

/** An Elastic IP by its allocation. Errors: throws where there is none. */
export function addressOf(allocationId: string, { addresses }: State): CloudAddress {
  const found = addresses.find((each) => each.allocationId === allocationId);
  if (found === undefined) {
    throw new ApiError('InvalidAllocationID.NotFound', `The allocation ID '${allocationId}' does not exist`);
  }
  return found;
}

function describe({ publicIp, allocationId, association }: CloudAddress, { interfaces }: State): Answer {
  const at = interfaces.find(({ id }) => id === association?.interfaceId);
  return {
    publicIp,
    allocationId,
    domain: 'vpc',
    publicIpv4Pool: 'amazon',
    networkBorderGroup: 'us-east-1',
    ...(association === null || at === undefined
      ? {}
      : {
          instanceId: at.instanceId,
          associationId: association.id,
          networkInterfaceId: at.id,
          networkInterfaceOwnerId: '123456789012',
          privateIpAddress: association.privateIp,
        }),
  };
}

function interfaceFor({ NetworkInterfaceId, InstanceId }: Query, state: State): CloudInterface {
  if (NetworkInterfaceId !== undefined) return interfaceOf(NetworkInterfaceId, state);
  const [first, ...others] = state.interfaces.filter(({ instanceId }) => instanceId === InstanceId);
  if (first === undefined) {
    throw new ApiError('InvalidInstanceID.NotFound', `The instance ID '${InstanceId}' does not exist`);
  }
  if (others.length > 0) {
    throw new ApiError(
      'InvalidInstanceID',
      `There are multiple interfaces attached to instance '${InstanceId}'. Please specify an interface ID for the operation instead.`,
    );
  }
  return first;
}
