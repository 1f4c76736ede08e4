import type { FenceDeviceSpec } from '../../model/cluster-spec.js';
import { fenceProof } from '../fence-proof.js';
import type { FenceProof } from '../fence-proof.js';
import type { Finding } from '../finding.js';
import type { Rule, RuleContext } from '../rule.js';

/** In every level there is a device whose success means that the node is dead. */
export const fenceDeviceNoProof: Rule = {
  code: 'fence-device-no-proof',
  needsWhole: ['fencing'],
  *check(context) {
    const byId = new Map(context.spec.fencing.devices.map((device) => [device.id, device]));
    const told = new Set<string>();
    for (const { node, levels } of context.spec.fencing.levels) {
      for (const level of levels) {
        const devices = level.flatMap((id) => byId.get(id) ?? []);
        const [first] = devices;
        if (first === undefined || devices.some((device) => fenceProof(device) === 'power')) continue;
        if (told.has(first.id)) continue;
        told.add(first.id);
        yield findingOf(context, first, node);
      }
    }
  },
};

const WHY: Readonly<Record<Exclude<FenceProof, 'power'>, string>> = {
  fabric: 'it cuts a node off its disks and leaves it running, with its addresses',
  nothing: 'it does nothing to the node itself',
  pretence: 'it only pretends, for trying out',
};

function findingOf({ source }: RuleContext, device: FenceDeviceSpec, node: string): Finding {
  const proof = fenceProof(device);
  return {
    severity: proof === 'pretence' ? 'warning' : 'error',
    message: `the success of fence device "${device.id}" does not mean that node "${node}" is dead`,
    at: source.value('fencing', 'devices', device.id, 'agent'),
    ...(proof === 'power' ? {} : { label: WHY[proof] }),
    help: 'use a device that takes the power away, alone or in the same level of `fencing.levels:`',
  };
}
