/** Examines whether a node can take a secondary private address. */
import { isInSubnet, parseIpAddress, parseIpInterfaceAddress } from '../ip-address.js';
import type { Ec2Request } from './ec2-call.js';
import type { Examined, ExamineOptions } from './examined.js';
import { beginExamination, notFound, ofAnswer, untried } from './examined.js';
import type { PrivateIpParameters } from './private-ip-parameters.js';

/** Examines a `builtin:aws-private-ip` resource on this node. */
export async function examinePrivateIp(parameters: PrivateIpParameters, options: ExamineOptions): Promise<Examined[]> {
  const { found, ask } = await beginExamination(parameters, options);
  const { privateIp, at } = parameters;
  const subnet = await options.node.subnetOf(at, options.asking);
  if (subnet.kind === 'none') return [...found, notFound('subnet', subnet.outcome)];
  const { id, cidr } = subnet.value;
  const isIn = isWithin(privateIp, cidr);
  const sentence = `${privateIp} is ${isIn ? '' : 'not '}in ${cidr}, the subnet of the interface`;
  found.push({ what: 'subnet', state: isIn ? 'ok' : 'missing', sentence });
  if (ask === null) return found;
  const look: Ec2Request = { kind: 'describe-holder', subnetId: id, privateIp };
  const read = await ask.look(look);
  const [holder] = read.kind === 'holders' ? read.holders : [];
  const where = holder === undefined ? 'free' : `on ${holder.interfaceId} of ${holder.instanceId ?? 'no instance'}`;
  found.push(ofAnswer(look, read, `${privateIp} is ${where}`));
  if (holder?.isPrimary === true) {
    const why = `${privateIp} is the primary address of ${holder.interfaceId}, which EC2 never moves; choose another`;
    found.push({ what: 'the address', state: 'missing', sentence: why });
  }
  const noDryRun = 'EC2 knows no dry run of it; move the group here once to try it';
  return [...found, untried('assign-private-ip', noDryRun), untried('unassign-private-ip', noDryRun)];
}

function isWithin(text: string, cidr: string): boolean {
  const address = parseIpAddress(text);
  const subnet = parseIpInterfaceAddress(cidr);
  if (address === null || subnet === null || subnet.prefixLength === null) return false;
  return isInSubnet(address, { address: subnet.address, prefixLength: subnet.prefixLength });
}
