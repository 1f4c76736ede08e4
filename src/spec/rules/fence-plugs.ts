import type { FenceDeviceSpec } from '../../model/cluster-spec.js';
import type { Finding } from '../finding.js';
import type { Rule, RuleContext } from '../rule.js';

/** The parameters by which agents are told which node is meant. */
const PLUG_PARAMETERS = ['plug', 'port', 'nodename'];

/** A device knows its nodes apart, by names for nodes that it fences. */
export const fencePlugs: Rule = {
  code: 'fence-plugs',
  needsWhole: [],
  *check(context) {
    for (const device of context.spec.fencing.devices) {
      if (!context.isWhole('fencing', 'devices', device.id)) continue;
      yield* plugsOfOthers(context, device);
      yield* samePlugs(context, device);
      yield* fixedPlug(context, device);
    }
  },
};

function* plugsOfOthers({ source }: RuleContext, device: FenceDeviceSpec): Iterable<Finding> {
  for (const node of Object.keys(device.plugs)) {
    if (device.nodes.includes(node)) continue;
    yield {
      severity: 'error',
      message: `fence device "${device.id}" has a plug for node "${node}", which is not among its nodes`,
      at: source.key('fencing', 'devices', device.id, 'plugs', node),
      help: `add "${node}" to \`nodes\` of the device, or take the plug out`,
    };
  }
}

function* samePlugs({ source }: RuleContext, device: FenceDeviceSpec): Iterable<Finding> {
  const owners = new Map<string, string>();
  for (const [node, plug] of Object.entries(device.plugs)) {
    const owner = owners.get(plug);
    if (owner === undefined) {
      owners.set(plug, node);
      continue;
    }
    yield {
      severity: 'error',
      message: `nodes "${owner}" and "${node}" have the same plug "${plug}" at fence device "${device.id}"`,
      at: source.value('fencing', 'devices', device.id, 'plugs', node),
      label: 'one would be fenced in place of the other',
      notes: [
        { at: source.value('fencing', 'devices', device.id, 'plugs', owner), message: `"${plug}" stands here first` },
      ],
    };
  }
}

function* fixedPlug({ source }: RuleContext, device: FenceDeviceSpec): Iterable<Finding> {
  if (device.nodes.length < 2) return;
  for (const name of PLUG_PARAMETERS) {
    if (!Object.hasOwn(device.params, name)) continue;
    yield {
      severity: 'error',
      message: `fence device "${device.id}" would do the same for each of its ${device.nodes.length} nodes`,
      at: source.key('fencing', 'devices', device.id, 'params', name),
      label: 'this names one of them for good',
      help: 'name each under `plugs:`, or write a device for each node',
    };
  }
}
