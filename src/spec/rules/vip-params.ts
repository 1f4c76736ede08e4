import type { ParameterValue, ResourceSpec } from '../../model/cluster-spec.js';
import type { Finding } from '../finding.js';
import { isLoopback, noHostBecause, parseIpInterfaceAddress, unusableBecause } from '../ip-address.js';
import { hasLoopbackNode } from '../loopback-nodes.js';
import type { Rule, RuleContext } from '../rule.js';

/** Letters of an interface's name or label that the kernel takes. Source: IFNAMSIZ without its closing zero. */
const INTERFACE = /^[^\s/:-][^\s/:]{0,14}$/;
const LABEL = /^[\w.-]{1,15}$/;

/** The parameters of `builtin:vip` name an address and, if they name an interface, one that there can be. */
export const vipParams: Rule = {
  code: 'vip-params',
  needsWhole: [],
  *check(context) {
    for (const resource of context.spec.resources) {
      if (resource.type !== 'builtin:vip' || !context.isWhole('resources', resource.id)) continue;
      yield* judgeAddress(context, resource);
      yield* judge(context, resource, 'interface', INTERFACE, 'the name of a network interface, such as eth0');
      yield* judge(context, resource, 'label', LABEL, 'a short name of letters and digits');
      yield* judge(context, resource, 'duplicateCheck', /^(true|false)$/, 'true or false');
    }
  },
};

function* judgeAddress({ source, spec }: RuleContext, { id, params }: ResourceSpec): Iterable<Finding> {
  if (!source.has('resources', id, 'params', 'address')) {
    yield {
      severity: 'error',
      message: `resource "${id}" has no address`,
      at: source.key('resources', id, 'params'),
      help: 'add `address: 10.0.1.50/24` to its `params`',
    };
    return;
  }
  const text = textOf(params.address);
  const parsed = parseIpInterfaceAddress(text);
  const at = source.value('resources', id, 'params', 'address');
  const why =
    parsed === null
      ? 'write an IP address, such as 10.0.1.50/24 or fd00::50/64'
      : (unusableBecause(parsed.address) ?? noHostBecause(parsed));
  if (why !== null) {
    yield { severity: 'error', message: `"${text}" cannot be the address of resource "${id}"`, at, label: why };
    return;
  }
  if (parsed !== null && isLoopback(parsed.address) && !hasLoopbackNode(spec)) {
    yield {
      severity: 'warning',
      message: `resource "${id}" brings up ${text}, which no other machine reaches`,
      at,
      label: 'it is a loopback address',
      help: "write an address of the nodes' subnet",
    };
  }
  if (parsed?.address.family === 'IPv6' && Object.hasOwn(params, 'label')) {
    yield {
      severity: 'error',
      message: `resource "${id}" has a label, and IPv6 addresses can have none`,
      at: source.key('resources', id, 'params', 'label'),
      help: 'take it out',
    };
  }
}

function* judge(
  { source }: RuleContext,
  { id, params }: ResourceSpec,
  name: string,
  form: RegExp,
  words: string,
): Iterable<Finding> {
  if (!Object.hasOwn(params, name)) return;
  const text = textOf(params[name]);
  if (form.test(text)) return;
  yield {
    severity: 'error',
    message: `"${name}" of resource "${id}" must be ${words}, and is "${text}"`,
    at: source.value('resources', id, 'params', name),
  };
}

function textOf(value: ParameterValue | undefined): string {
  return typeof value === 'string' ? value : (value ?? []).join(' ');
}
