/**
 * The forms of parameters that name things of EC2.
 *
 * Source: Amazon EC2 User Guide, resource ids; netdevice(7) for names of interfaces.
 */
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { Finding } from './finding.js';
import { parseIpAddress } from './ip-address.js';
import type { RuleContext } from './rule.js';

/** What a parameter may be, and how that is said. */
export interface ParameterForm {
  readonly name: string;
  readonly isRight: (text: string) => boolean;
  readonly words: string;
  /** Whether it may be a list of what is right. */
  readonly isList?: boolean;
}

/** An id that EC2 gives: eight or seventeen digits after the kind. */
export function isEc2Id(text: string, kind: string): boolean {
  return text.startsWith(`${kind}-`) && /^([0-9a-f]{8}|[0-9a-f]{17})$/.test(text.slice(kind.length + 1));
}

/** The name of a region of AWS, such as us-east-1. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2}(-[a-z]+)+-\d+$/.test(text);
}

/** The hardware address of a network interface, such as 02:00:00:00:00:11. */
export function isMacAddress(text: string): boolean {
  return /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/.test(text);
}

/** What the kernel takes for the name of a network interface, such as eth1. */
export function isInterfaceName(text: string): boolean {
  return /^[^\s/:-][^\s/:]{0,14}$/.test(text);
}

/** A private address of an interface. */
export const PRIVATE_IP: ParameterForm = {
  name: 'privateIp',
  isRight: isIpv4,
  words: 'a private IPv4 address, such as 10.0.1.50',
};

/** What says where EC2 is asked, and which interface is meant. */
export const PLACE_FORMS: readonly ParameterForm[] = [
  {
    name: 'interface',
    isRight: (text) => isMacAddress(text) || isInterfaceName(text),
    words: 'the name of a network interface, such as eth1, or its MAC address',
  },
  {
    name: 'region',
    isRight: isRegion,
    words: 'a region of AWS, such as us-east-1',
  },
  {
    name: 'endpoint',
    isRight: (text) => /^https?:\/\/[^\s/]+/.test(text),
    words: 'the URL of an EC2 endpoint, such as https://ec2.us-east-1.amazonaws.com',
  },
];

/** Whether a text is an IPv4 address. */
export function isIpv4(text: string): boolean {
  return parseIpAddress(text)?.family === 'IPv4';
}

/** Finds the parameters of a resource that have another form. */
export function* judgeForms(
  { source }: RuleContext,
  { id, params }: ResourceSpec,
  forms: readonly ParameterForm[],
): Iterable<Finding> {
  for (const { name, isRight, words, isList = false } of forms) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) continue;
    const path = ['resources', id, 'params', name];
    const is = `"${name}" of resource "${id}" must be ${words}, and is`;
    if (typeof value === 'string') {
      if (!isRight(value)) yield { severity: 'error', message: `${is} "${value}"`, at: source.value(...path) };
    } else if (!isList || value.length === 0) {
      const found = isList ? 'an empty list' : 'a list';
      yield { severity: 'error', message: `${is} ${found}`, at: source.value(...path) };
    } else {
      for (const [index, text] of value.entries()) {
        if (isRight(text)) continue;
        yield { severity: 'error', message: `${is} "${text}"`, at: source.value(...path, index) };
      }
    }
  }
}

/** A resource lacks a parameter that it cannot do without. */
export function missing(
  { source }: RuleContext,
  { id }: ResourceSpec,
  { name, example }: { readonly name: string; readonly example: string },
): Finding {
  return {
    severity: 'error',
    message: `resource "${id}" has no \`${name}\``,
    at: source.key('resources', id, 'params'),
    help: `add \`${name}: ${example}\` to its \`params\``,
  };
}
