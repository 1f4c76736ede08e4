/** Examines whether a node can take an Elastic IP. */
import type { AddressAssociation, Ec2Request } from './ec2-call.js';
import type { EipParameters } from './eip-parameters.js';
import type { Ask, Examined, ExamineOptions } from './examined.js';
import { beginExamination, ofAnswer, untried } from './examined.js';

/** Examines a `builtin:aws-eip` resource on this node. */
export async function examineEip(parameters: EipParameters, options: ExamineOptions): Promise<Examined[]> {
  const { found, interfaceId, ask } = await beginExamination(parameters, options);
  if (ask === null) return found;
  const look: Ec2Request = { kind: 'describe-address', address: parameters.address };
  const read = await ask.look(look);
  const address = read.kind === 'address' ? read.address : null;
  const said = address === null ? '' : `${address.publicIp} is ${placeOf(address.association)}`;
  found.push(ofAnswer(look, read, said));
  const allocationId =
    'allocationId' in parameters.address ? parameters.address.allocationId : (address?.allocationId ?? null);
  if (allocationId === null || interfaceId === null) {
    found.push(untried('associate-address', 'it can be tried when address and interface are known'));
  } else {
    const { privateIp } = parameters;
    const wish: Ec2Request = { kind: 'associate-address', allocationId, interfaceId, privateIp };
    found.push(ofAnswer(wish, await ask.dryRun(wish)));
  }
  found.push(await examineRemoval(address?.association ?? null, ask.dryRun));
  return found;
}

/** Permissions may hold for some associations only, so one that there is must be named. */
async function examineRemoval(association: AddressAssociation | null, dryRun: Ask): Promise<Examined> {
  if (association === null) {
    return untried('disassociate-address', 'it can be tried while the address is associated');
  }
  const removal: Ec2Request = { kind: 'disassociate-address', associationId: association.id };
  return ofAnswer(removal, await dryRun(removal));
}

function placeOf(association: AddressAssociation | null): string {
  if (association === null) return 'associated with nothing';
  return `on ${association.interfaceId ?? 'no interface'} of ${association.instanceId ?? 'no instance'}`;
}
