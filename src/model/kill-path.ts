import type { ParameterValue, ResourceSpec } from './cluster-spec.js';

/**
 * How a running resource is ended without its agent, within any time.
 *
 * process: the process that a `script` with `run` keeps, with all that belongs to it. unit: a systemd unit with its control group. address: a built-in virtual address. noop: the
 * mark of `builtin:noop`.
 */
export type KillPath =
  | { readonly kind: 'process' }
  /** Shape: `type` is the resource's own, `systemd:UNIT`. */
  | { readonly kind: 'unit'; readonly type: string }
  /** Shape: only the parameters that say which address and where. */
  | { readonly kind: 'address'; readonly params: Readonly<Record<string, ParameterValue>> }
  | { readonly kind: 'noop' };

/** Parameters of `builtin:vip` that its removal needs. */
const ADDRESS_PARAMETERS = ['address', 'interface'];

/**
 * The kill path of a resource; null when it has none.
 *
 * What OCF and LSB scripts, or own commands, have started is known to nobody but them: only a watchdog or fencing ends it when they do not.
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
      return type.startsWith('systemd:') ? { kind: 'unit', type } : null;
  }
}

function pick(
  params: Readonly<Record<string, ParameterValue>>,
  names: readonly string[],
): Readonly<Record<string, ParameterValue>> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => names.includes(name)));
}
