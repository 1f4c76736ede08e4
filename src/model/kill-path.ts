import type { ParameterValue, ResourceSpec } from './cluster-spec.js';

/**
 * How a running resource is ended without its agent, within any time.
 *
 * process: the process that a `script` with `run` keeps, with all that belongs to it. unit: a systemd unit with its control group. address: a virtual address, whoever added it. noop: the
 * mark of `builtin:noop`.
 */
export type KillPath =
  | { readonly kind: 'process' }
  /** Shape: `type` is the resource's own, `systemd:UNIT`. */
  | { readonly kind: 'unit'; readonly type: string }
  /** Shape: the parameters of `builtin:vip` that say which address and where. */
  | { readonly kind: 'address'; readonly params: Readonly<Record<string, ParameterValue>> }
  | { readonly kind: 'noop' };

/** Parameters of `builtin:vip` that its removal needs. */
const ADDRESS_PARAMETERS = ['address', 'interface'];

/**
 * OCF agents that do nothing but add an address, with the parameter that says which.
 *
 * Source: their metadata, resource-agents 4.12.
 */
const OCF_ADDRESSES: Readonly<Record<string, string>> = {
  'ocf:heartbeat:IPaddr2': 'ip',
  'ocf:heartbeat:IPaddr': 'ip',
  'ocf:heartbeat:IPv6addr': 'ipv6addr',
};

/** What an address is made of, with its subnet's length where that is written with it. */
const ADDRESS = /^[0-9A-Fa-f:.]+(\/\d{1,3})?$/;

/** An interface without the label that may follow it. */
const INTERFACE = /^[^\s/:-][^\s/:]{0,14}$/;

/**
 * The kill path of a resource; null when it has none.
 *
 * What other OCF scripts, LSB scripts or own commands have started is known to nobody but them: only their own stop ends it, or a watchdog or fencing when that does not.
 */
export function killPathOf({ type, params }: Pick<ResourceSpec, 'type' | 'params'>): KillPath | null {
  switch (type) {
    case 'script':
      return Object.hasOwn(params, 'run') ? { kind: 'process' } : null;
    case 'builtin:vip':
      return { kind: 'address', params: pick(params, ADDRESS_PARAMETERS) };
    case 'builtin:noop':
      return { kind: 'noop' };
    default:
      return type.startsWith('systemd:') ? { kind: 'unit', type } : ocfAddressOf(type, params);
  }
}

/** Whether its agent has a stop of its own by which a guard can end what has no kill path. */
export function hasOwnStop(type: string): boolean {
  return type === 'script' || type.startsWith('ocf:') || type.startsWith('lsb:');
}

function ocfAddressOf(type: string, params: Readonly<Record<string, ParameterValue>>): KillPath | null {
  if (!Object.hasOwn(OCF_ADDRESSES, type)) return null;
  const address = params[OCF_ADDRESSES[type] ?? ''];
  if (typeof address !== 'string' || !ADDRESS.test(address)) return null;
  // In another network namespace, or made from another address, it would be looked for in vain and taken for gone.
  if (isSet(params.network_namespace) || isSet(params.unique_clone_address)) return null;
  const [name = ''] = typeof params.nic === 'string' ? params.nic.split(':') : [];
  return { kind: 'address', params: INTERFACE.test(name) ? { address, interface: name } : { address } };
}

function isSet(value: ParameterValue | undefined): boolean {
  return value !== undefined && value.length > 0 && value !== 'false' && value !== 'no' && value !== '0';
}

function pick(
  params: Readonly<Record<string, ParameterValue>>,
  names: readonly string[],
): Readonly<Record<string, ParameterValue>> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => names.includes(name)));
}
