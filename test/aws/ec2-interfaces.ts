/**
 * What EC2 does with network interfaces.
 *
 * Source: Amazon EC2 API Reference, version 2016-11-15: DescribeNetworkInterfaces, ModifyNetworkInterfaceAttribute.
 */
import type { Action, Answer, CloudInterface } from './ec2-state.js';
import { DONE, interfaceOf, listOf } from './ec2-state.js';

/** By name. */
export const INTERFACE_ACTIONS: Readonly<Record<string, Action>> = {
  DescribeNetworkInterfaces: (query, { seen }) => {
    const ids = listOf(query, 'NetworkInterfaceId');
    const found = ids.length === 0 ? seen.interfaces : ids.map((id) => interfaceOf(id, seen));
    return { networkInterfaceSet: found.map(describe) };
  },

  ModifyNetworkInterfaceAttribute: (query, { now, change }) => {
    const { id } = interfaceOf(query.NetworkInterfaceId ?? '', now);
    change((state) => {
      interfaceOf(id, state).sourceDestCheck = query['SourceDestCheck.Value'] === 'true';
    });
    return DONE;
  },
};

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
