/**
 * What EC2 does with network interfaces.
 *
 * Source: Amazon EC2 API Reference, version 2016-11-15: DescribeNetworkInterfaces, ModifyNetworkInterfaceAttribute, AssignPrivateIpAddresses, UnassignPrivateIpAddresses.
 * The refusals of the last two are as people report them.
 */
import type { Action, Answer, CloudInterface, Query } from './ec2-state.js';
import { ApiError, DONE, interfaceOf, listOf } from './ec2-state.js';

/** By name. */
export const INTERFACE_ACTIONS: Readonly<Record<string, Action>> = {
  DescribeNetworkInterfaces: (query, { seen }) => {
    const ids = listOf(query, 'NetworkInterfaceId');
    const found = ids.length === 0 ? seen.interfaces : ids.map((id) => interfaceOf(id, seen));
    return { networkInterfaceSet: found.filter((each) => passes(each, query)).map(describe) };
  },

  ModifyNetworkInterfaceAttribute: (query, { now, change }) => {
    const { id } = interfaceOf(query.NetworkInterfaceId ?? '', now);
    change((state) => {
      interfaceOf(id, state).sourceDestCheck = query['SourceDestCheck.Value'] === 'true';
    });
    return DONE;
  },

  AssignPrivateIpAddresses: (query, { now, change }) => {
    const { id, privateIps, subnetId } = interfaceOf(query.NetworkInterfaceId ?? '', now);
    const wanted = listOf(query, 'PrivateIpAddress');
    const subnet = privateIps[0]?.replace(/\d+$/, '') ?? '';
    for (const ip of wanted) {
      if (!ip.startsWith(subnet)) {
        throw new ApiError('InvalidParameterValue', `Address ${ip} does not fall within the subnet's address range.`);
      }
    }
    const others = now.interfaces.filter((each) => each.subnetId === subnetId);
    const taken = wanted.filter((ip) => others.some((each) => each.privateIps.includes(ip)));
    if (taken.length > 0 && query.AllowReassignment !== 'true') {
      throw new ApiError('InvalidParameterValue', `[${taken.join(', ')}] assigned, but move is not allowed.`);
    }
    if (taken.some((ip) => others.some((each) => each.privateIps[0] === ip))) {
      throw new ApiError('InvalidParameterValue', `[${taken.join(', ')}] is a primary address and cannot be moved.`);
    }
    if (privateIps.length + wanted.length > PRIVATE_IPS_MAX) {
      throw new ApiError('PrivateIpAddressLimitExceeded', 'Number of private addresses will exceed limit.');
    }
    change(({ interfaces }) => {
      for (const each of interfaces) {
        if (each.subnetId === subnetId) each.privateIps = each.privateIps.filter((ip) => !wanted.includes(ip));
        if (each.id === id) each.privateIps = [...each.privateIps, ...wanted];
      }
    });
    return { ...DONE, networkInterfaceId: id };
  },

  UnassignPrivateIpAddresses: (query, { now, change }) => {
    const { id, privateIps } = interfaceOf(query.NetworkInterfaceId ?? '', now);
    const unwanted = listOf(query, 'PrivateIpAddress');
    if (!unwanted.every((ip) => privateIps.slice(1).includes(ip))) {
      throw new ApiError(
        'InvalidParameterValue',
        `Some of the specified addresses are not assigned to interface ${id}`,
      );
    }
    change((state) => {
      interfaceOf(id, state).privateIps = privateIps.filter((ip) => !unwanted.includes(ip));
    });
    return DONE;
  },
};

/** How many addresses an interface may have. Ours: as an instance of a small type. */
const PRIVATE_IPS_MAX = 4;

/** Whether an interface is one of those that the filters of a query leave. */
function passes(each: CloudInterface, query: Query): boolean {
  const values: Readonly<Record<string, readonly string[]>> = {
    'subnet-id': [each.subnetId],
    'addresses.private-ip-address': each.privateIps,
  };
  for (let number = 1; ; number += 1) {
    const name = query[`Filter.${number}.Name`];
    if (name === undefined) return true;
    const known = values[name];
    if (known === undefined) throw new ApiError('InvalidParameterValue', `The filter '${name}' is invalid`);
    if (!listOf(query, `Filter.${number}.Value`).some((value) => known.includes(value))) return false;
  }
}

function describe(each: CloudInterface): Answer {
  const { id, subnetId, macAddress, instanceId, deviceNumber, privateIps, sourceDestCheck } = each;
  return {
    networkInterfaceId: id,
    subnetId,
    vpcId: 'vpc-00000000',
    macAddress,
    status: 'in-use',
    sourceDestCheck: String(sourceDestCheck),
    privateIpAddress: privateIps[0] ?? '',
    attachment: {
      attachmentId: id.replace('eni-', 'eni-attach-'),
      instanceId,
      deviceIndex: String(deviceNumber),
      status: 'attached',
    },
    privateIpAddressesSet: privateIps.map((privateIpAddress, index) => ({
      privateIpAddress,
      primary: String(index === 0),
    })),
  };
}
