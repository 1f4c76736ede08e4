/** Reads the parameters of a `builtin:vip` resource. */
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { IpInterfaceAddress } from './ip-address.js';
import { parseIpInterfaceAddress } from './ip-address.js';

/** Which address, where, and how it is taken. */
export interface VipParameters {
  readonly address: IpInterfaceAddress;
  /** Null: the interface that has an address in the same subnet. */
  readonly interfaceName: string | null;
  readonly label: string | null;
  readonly checksForDuplicate: boolean;
}

/** Kernel limit of an interface's name, and of a label. Source: IFNAMSIZ without its closing zero. */
export const NAME_LENGTH_MAX = 15;

const INTERFACE_NAME = /^[^\s/:-][^\s/:]*$/;
const LABEL = /^[\w.-]+$/;

/** Returns the parameters, or a sentence that says what is wrong with them. */
export function readVipParameters({ params }: ResourceSpec): VipParameters | string {
  const written = params.address;
  if (typeof written !== 'string') {
    return '"address" must be an IP address, such as 10.0.1.50/24';
  }
  const address = parseIpInterfaceAddress(written);
  if (address === null) {
    return `"address" must be an IP address, such as 10.0.1.50/24 or fd00::50/64, not "${written}"`;
  }
  const interfaceName = params.interface ?? null;
  if (interfaceName !== null && !isName(interfaceName, INTERFACE_NAME)) {
    return `"interface" must be the name of a network interface, not "${interfaceName}"`;
  }
  const label = params.label ?? null;
  if (label !== null && (!isName(label, LABEL) || address.address.family === 'ipv6')) {
    return '"label" must be a short name of letters and digits, and the address an IPv4 one';
  }
  const check = params.duplicateCheck ?? 'true';
  if (check !== 'true' && check !== 'false') {
    return `"duplicateCheck" must be true or false, not "${check}"`;
  }
  return { address, interfaceName, label, checksForDuplicate: check === 'true' };
}

function isName(value: string | readonly string[], form: RegExp): value is string {
  return typeof value === 'string' && value.length <= NAME_LENGTH_MAX && form.test(value);
}
