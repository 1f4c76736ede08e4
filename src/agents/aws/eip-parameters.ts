/** Reads the parameters of a `builtin:aws-eip` resource. */
import type { ResourceSpec } from '../../model/cluster-spec.js';
import type { InterfaceWish } from './aws-node.js';
import type { PlaceParameters } from './aws-parameters.js';
import { isIpv4, isText, readInterface, readPlace } from './aws-parameters.js';
import type { AddressKey } from './ec2-call.js';

/** Which Elastic IP, and where it belongs on a node. */
export interface EipParameters extends PlaceParameters {
  readonly address: AddressKey;
  readonly at: InterfaceWish;
  /** Null: the primary address of the interface. */
  readonly privateIp: string | null;
}

const ALLOCATION = /^eipalloc-[0-9a-f]{8,17}$/;

/** Returns the parameters, or a sentence that says what is wrong with them. */
export function readEipParameters({ params }: Pick<ResourceSpec, 'params'>): EipParameters | string {
  const address = readAddress(params);
  if (typeof address === 'string') return address;
  const place = readPlace(params);
  if (typeof place === 'string') return place;
  const privateIp = params.privateIp ?? null;
  if (privateIp !== null && !isIpv4(privateIp)) {
    return `"privateIp" must be a private IPv4 address, such as 10.0.1.50, not "${privateIp}"`;
  }
  const at = readInterface(params, privateIp === null ? { by: 'primary' } : { by: 'private-ip', privateIp });
  return typeof at === 'string' ? at : { ...place, address, at, privateIp };
}

function readAddress({ allocationId, publicIp }: ResourceSpec['params']): AddressKey | string {
  if ((allocationId === undefined) === (publicIp === undefined)) {
    return 'exactly one of "allocationId" and "publicIp" must say which Elastic IP it is';
  }
  if (allocationId !== undefined) {
    return isText(allocationId, ALLOCATION)
      ? { allocationId }
      : `"allocationId" must be an allocation id, such as eipalloc-0123456789abcdef0, not "${allocationId}"`;
  }
  return publicIp !== undefined && isIpv4(publicIp)
    ? { publicIp }
    : `"publicIp" must be a public IPv4 address, such as 203.0.113.7, not "${publicIp}"`;
}
