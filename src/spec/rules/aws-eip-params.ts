import type { ParameterValue, ResourceSpec } from '../../model/cluster-spec.js';
import type { Finding } from '../finding.js';
import { parseIpAddress } from '../ip-address.js';
import type { Rule, RuleContext } from '../rule.js';

const isIpv4 = (text: string): boolean => parseIpAddress(text)?.family === 'IPv4';

/** What each parameter may be, and how that is said. Source: Amazon EC2 User Guide, resource ids; netdevice(7) for names of interfaces. */
const FORMS: readonly (readonly [name: string, isRight: (text: string) => boolean, words: string])[] = [
  [
    'allocationId',
    (text) => /^eipalloc-([0-9a-f]{8}|[0-9a-f]{17})$/.test(text),
    'an allocation id, such as eipalloc-0123456789abcdef0',
  ],
  ['publicIp', isIpv4, 'a public IPv4 address, such as 203.0.113.7'],
  [
    'interface',
    (text) => /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$|^[^\s/:-][^\s/:]{0,14}$/.test(text),
    'the name of a network interface, such as eth1, or its MAC address',
  ],
  ['privateIp', isIpv4, 'a private IPv4 address, such as 10.0.1.50'],
  ['region', (text) => /^[a-z]{2}(-[a-z]+)+-\d+$/.test(text), 'a region of AWS, such as us-east-1'],
  [
    'endpoint',
    (text) => /^https?:\/\/[^\s/]+/.test(text),
    'the URL of an EC2 endpoint, such as https://ec2.us-east-1.amazonaws.com',
  ],
];

/** The parameters of `builtin:aws-eip` name one Elastic IP, in one way, and where it belongs. */
export const awsEipParams: Rule = {
  code: 'aws-eip-params',
  needsWhole: ['resources'],
  *check(context) {
    for (const resource of context.spec.resources) {
      if (resource.type !== 'builtin:aws-eip') continue;
      yield* judgeNames(context, resource);
      for (const [name, isRight, words] of FORMS) {
        const value = Object.hasOwn(resource.params, name) ? resource.params[name] : undefined;
        if (value === undefined || (typeof value === 'string' && isRight(value))) continue;
        yield {
          severity: 'error',
          message: `"${name}" of resource "${resource.id}" must be ${words}, and is ${shown(value)}`,
          at: context.source.value('resources', resource.id, 'params', name),
        };
      }
    }
  },
};

function* judgeNames({ source }: RuleContext, { id, params }: ResourceSpec): Iterable<Finding> {
  const isByAllocation = Object.hasOwn(params, 'allocationId');
  const isByAddress = Object.hasOwn(params, 'publicIp');
  if (isByAllocation && isByAddress) {
    yield {
      severity: 'error',
      message: `resource "${id}" names its Elastic IP twice, by \`allocationId\` and by \`publicIp\``,
      at: source.key('resources', id, 'params', 'publicIp'),
      help: 'keep `allocationId`, which belongs to one address for good',
    };
  } else if (!isByAllocation && !isByAddress) {
    yield {
      severity: 'error',
      message: `resource "${id}" does not say which Elastic IP it is`,
      at: source.key('resources', id, 'params'),
      help: 'add `allocationId: eipalloc-...` to its `params`, or `publicIp:`',
    };
  }
}

function shown(value: ParameterValue): string {
  return typeof value === 'string' ? `"${value}"` : 'a list';
}
