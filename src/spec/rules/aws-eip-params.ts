import type { ResourceSpec } from '../../model/cluster-spec.js';
import { isEc2Id, isIpv4, judgeForms, PLACE_FORMS, PRIVATE_IP } from '../aws-forms.js';
import type { ParameterForm } from '../aws-forms.js';
import type { Finding } from '../finding.js';
import type { Rule, RuleContext } from '../rule.js';

const FORMS: readonly ParameterForm[] = [
  {
    name: 'allocationId',
    isRight: (text) => isEc2Id(text, 'eipalloc'),
    words: 'an allocation id, such as eipalloc-0123456789abcdef0',
  },
  { name: 'publicIp', isRight: isIpv4, words: 'a public IPv4 address, such as 203.0.113.7' },
  PRIVATE_IP,
  ...PLACE_FORMS,
];

/** The parameters of `builtin:aws-eip` name one Elastic IP, in one way, and where it belongs. */
export const awsEipParams: Rule = {
  code: 'aws-eip-params',
  needsWhole: [],
  *check(context) {
    for (const resource of context.spec.resources) {
      if (resource.type !== 'builtin:aws-eip' || !context.isWhole('resources', resource.id)) continue;
      yield* judgeNames(context, resource);
      yield* judgeForms(context, resource, FORMS);
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
