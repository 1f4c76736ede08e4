/** Reads the parameters of a `builtin:aws-private-ip` resource. */
import type { ResourceSpec } from '../../model/cluster-spec.js';
import type { InterfaceWish } from './aws-node.js';
import type { PlaceParameters } from './aws-parameters.js';
import { isIpv4, readInterface, readPlace } from './aws-parameters.js';

/** Which address, and where it belongs on a node. */
export interface PrivateIpParameters extends PlaceParameters {
  readonly privateIp: string;
  readonly at: InterfaceWish;
}

/** Returns the parameters, or a sentence that says what is wrong with them. */
export function readPrivateIpParameters({ params }: Pick<ResourceSpec, 'params'>): PrivateIpParameters | string {
  const { privateIp } = params;
  if (privateIp === undefined || !isIpv4(privateIp)) {
    return `"privateIp" must be a private IPv4 address, such as 10.0.1.50, not "${privateIp}"`;
  }
  const place = readPlace(params);
  if (typeof place === 'string') return place;
  const at = readInterface(params);
  return typeof at === 'string' ? at : { ...place, privateIp, at };
}
