/** Reads the parameters of a `builtin:aws-eip` resource. */
import type { ParameterValue, ResourceSpec } from '../../model/cluster-spec.js';
import { parseIpAddress } from '../ip-address.js';
import type { AddressKey } from './ec2-call.js';
import type { InterfaceWish } from './aws-node.js';

/** Which Elastic IP, and where it belongs on a node. */
export interface EipParameters {
  readonly address: AddressKey;
  /** Null: that of the instance. */
  readonly region: string | null;
  readonly endpoint: string | null;
  readonly at: InterfaceWish;
  /** Null: the primary address of the interface. */
  readonly privateIp: string | null;
}

const ALLOCATION = /^eipalloc-[0-9a-f]{8,17}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;
const MAC = /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/;
const INTERFACE_NAME = /^[^\s/:-][^\s/:]{0,14}$/;

/** Returns the parameters, or a sentence that says what is wrong with them. */
export function readEipParameters({ params }: Pick<ResourceSpec, 'params'>): EipParameters | string {
  const address = readAddress(params);
  if (typeof address === 'string') return address;
  const region = params.region ?? null;
  if (region !== null && !isText(region, REGION)) {
    return `"region" must be a region of AWS, such as us-east-1, not "${region}"`;
  }
  const endpoint = params.endpoint ?? null;
  if (endpoint !== null && !(typeof endpoint === 'string' && /^https?:/.test(endpoint) && URL.canParse(endpoint))) {
    return `"endpoint" must be the URL of an EC2 endpoint, such as https://ec2.us-east-1.amazonaws.com, not "${endpoint}"`;
  }
  const privateIp = params.privateIp ?? null;
  if (privateIp !== null && !isIpv4(privateIp)) {
    return `"privateIp" must be a private IPv4 address, such as 10.0.1.50, not "${privateIp}"`;
  }
  const at = readInterface(params.interface, privateIp);
  return typeof at === 'string' ? at : { address, region, endpoint, at, privateIp };
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

function readInterface(written: ParameterValue | undefined, privateIp: string | null): InterfaceWish | string {
  if (written === undefined) return privateIp === null ? { by: 'primary' } : { by: 'private-ip', privateIp };
  if (isText(written, MAC)) return { by: 'mac', macAddress: written.toLowerCase() };
  if (isText(written, INTERFACE_NAME)) return { by: 'name', name: written };
  return `"interface" must be the name of a network interface, such as eth1, or its MAC address, not "${written}"`;
}

function isText(value: ParameterValue, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

function isIpv4(value: ParameterValue): value is string {
  return typeof value === 'string' && parseIpAddress(value)?.family === 'ipv4';
}
