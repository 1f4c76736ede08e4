import type { ResourceSpec } from '../../model/cluster-spec.js';
import type { ParameterForm } from '../aws-forms.js';
import { isEc2Id, judgeForms, missing, PLACE_FORMS } from '../aws-forms.js';
import type { Finding } from '../finding.js';
import { firstOfSubnet, parseIpAddress, parseIpInterfaceAddress } from '../ip-address.js';
import type { Rule, RuleContext } from '../rule.js';

const FORMS: readonly ParameterForm[] = [
  {
    name: 'routeTableIds',
    isRight: (text) => isEc2Id(text, 'rtb'),
    words: 'the id of a route table, such as rtb-0123456789abcdef0, or a list of them',
    isList: true,
  },
  {
    name: 'takeFrom',
    isRight: (text) => /^(interfaces|anything|[a-z]{1,6}-([0-9a-f]{8}|[0-9a-f]{17}))$/.test(text),
    words: '"interfaces", "anything", or ids such as i-0123456789abcdef0',
    isList: true,
  },
  { name: 'onStop', isRight: (text) => /^(leave|delete)$/.test(text), words: 'leave or delete' },
  {
    name: 'sourceDestCheck',
    isRight: (text) => /^(refuse|disable|ignore)$/.test(text),
    words: 'refuse, disable or ignore',
  },
  ...PLACE_FORMS,
];

/** The parameters of `builtin:aws-route` name route tables, a destination, and where its routes lead. */
export const awsRouteParams: Rule = {
  code: 'aws-route-params',
  needsWhole: [],
  *check(context) {
    for (const resource of context.spec.resources) {
      if (resource.type !== 'builtin:aws-route' || !context.isWhole('resources', resource.id)) continue;
      if (!Object.hasOwn(resource.params, 'routeTableIds')) {
        yield missing(context, resource, { name: 'routeTableIds', example: 'rtb-0123456789abcdef0' });
      }
      yield* judgeForms(context, resource, FORMS);
      yield* judgeDestination(context, resource);
    }
  },
};

function* judgeDestination(context: RuleContext, resource: ResourceSpec): Iterable<Finding> {
  const { id, params } = resource;
  if (!Object.hasOwn(params, 'destinationCidr')) {
    yield missing(context, resource, { name: 'destinationCidr', example: '192.168.10.50/32' });
    return;
  }
  const written = params.destinationCidr ?? '';
  const text = typeof written === 'string' ? written : written.join(' ');
  const first = firstOfSubnet(text);
  if (first === null && (parseIpInterfaceAddress(text)?.prefixLength ?? null) !== null) return;
  const address = parseIpAddress(text);
  const single = address === null ? null : `${text}/${address.family === 'IPv4' ? 32 : 128}`;
  yield {
    severity: 'error',
    message: `"destinationCidr" of resource "${id}" must be a subnet by its first address, such as 192.168.10.50/32 or 10.8.0.0/16, and is "${text}"`,
    at: context.source.value('resources', id, 'params', 'destinationCidr'),
    ...(first === null && single === null ? {} : { help: `write ${first ?? single}` }),
  };
}
