import type { FenceDeviceSpec } from '../../model/cluster-spec.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

/** The parameters by which agents are told where their device is. */
const ADDRESS_PARAMETERS = ['ip', 'ipaddr'];

/** A device does not depend on the node that it fences: another node is there to ask it, and it is not reached through its target. */
export const fenceDeviceOnTarget: Rule = {
  code: 'fence-device-on-target',
  needsWhole: ['nodes', 'fencing'],
  *check({ spec, source }) {
    for (const device of spec.fencing.devices) {
      const [only] = spec.nodes;
      if (spec.nodes.length === 1 && only !== undefined && device.nodes.includes(only.id)) {
        yield {
          severity: 'error',
          message: `fence device "${device.id}" could only be used by "${only.id}", the node that it fences`,
          at: source.key('fencing', 'devices', device.id),
          label: 'a node does not fence itself, and there is no other one',
          help: 'add a node, or take the device out',
        };
      }
      for (const name of ADDRESS_PARAMETERS) {
        const target = targetAt(device, addressOf(device, name), spec.nodes);
        if (target === null) continue;
        yield {
          severity: 'error',
          message: `fence device "${device.id}" is reached at an address of node "${target}", which it fences`,
          at: source.value('fencing', 'devices', device.id, 'params', name),
          label: 'it does not answer when the node does not',
          help: 'write the address of the management board, the power switch or the host of the virtual machine',
        } satisfies Finding;
      }
    }
  },
};

function addressOf({ params }: FenceDeviceSpec, name: string): string | null {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  return typeof value === 'string' ? value : null;
}

function targetAt(
  device: FenceDeviceSpec,
  address: string | null,
  nodes: readonly { readonly id: string; readonly addresses: readonly string[] }[],
): string | null {
  if (address === null) return null;
  return nodes.find((node) => device.nodes.includes(node.id) && node.addresses.includes(address))?.id ?? null;
}
