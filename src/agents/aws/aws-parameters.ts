/** Parameters that the resources of EC2 have in common. */
import type { ParameterValue, ResourceSpec } from '../../model/cluster-spec.js';
import { isInterfaceName, isMacAddress, isRegion } from '../../spec/aws-forms.js';
import { parseIpAddress } from '../ip-address.js';
import type { InterfaceWish } from './aws-node.js';

/** Where EC2 is asked for a resource. Shape: a region that is null is that of the instance. */
export interface PlaceParameters {
  readonly region: string | null;
  readonly endpoint: string | null;
}

/** Reads `region` and `endpoint`; or says what is wrong with them. */
export function readPlace(params: ResourceSpec['params']): PlaceParameters | string {
  const region = params.region ?? null;
  if (region !== null && !(typeof region === 'string' && isRegion(region))) {
    return `"region" must be a region of AWS, such as us-east-1, not "${region}"`;
  }
  const endpoint = params.endpoint ?? null;
  if (endpoint !== null && !(typeof endpoint === 'string' && /^https?:/.test(endpoint) && URL.canParse(endpoint))) {
    return `"endpoint" must be the URL of an EC2 endpoint, such as https://ec2.us-east-1.amazonaws.com, not "${endpoint}"`;
  }
  return { region, endpoint };
}

/** Reads `interface`; or says what is wrong with it. Shape: `otherwise` is meant where none is written. */
export function readInterface(
  { interface: written }: ResourceSpec['params'],
  otherwise: InterfaceWish = { by: 'primary' },
): InterfaceWish | string {
  if (written === undefined) return otherwise;
  if (typeof written === 'string') {
    if (isMacAddress(written)) return { by: 'mac', macAddress: written.toLowerCase() };
    if (isInterfaceName(written)) return { by: 'name', name: written };
  }
  return `"interface" must be the name of a network interface, such as eth1, or its MAC address, not "${written}"`;
}

/** Whether a value is one text of a form. */
export function isText(value: ParameterValue, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

/** Whether a value is one IPv4 address. */
export function isIpv4(value: ParameterValue): value is string {
  return typeof value === 'string' && parseIpAddress(value)?.family === 'ipv4';
}
