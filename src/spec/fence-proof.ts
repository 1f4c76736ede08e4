import type { FenceDeviceSpec } from '../model/cluster-spec.js';

/**
 * What the success of a fence agent says of a node: that it has no power, that it is cut off its disks and runs on, nothing at all, or nothing because the agent is for trying out.
 *
 * Source: the agents of Debian's fence-agents 4.12. Those whose `on` is `automatic` in their metadata change a switch or a reservation; fence_heuristics_ping and fence_watchdog do nothing to a node, and
 * fence_evacuate moves guests.
 */
export type FenceProof = 'power' | 'fabric' | 'nothing' | 'pretence';

const FABRIC = ['fence_brocade', 'fence_cisco_mds', 'fence_ifmib', 'fence_mpath', 'fence_sanbox2', 'fence_scsi'];
const NOTHING = ['fence_ack_manual', 'fence_compute', 'fence_evacuate', 'fence_heuristics_ping', 'fence_watchdog'];

/** What a device's success says. Agents that are not known here are taken to end the node. */
export function fenceProof({ agent }: Pick<FenceDeviceSpec, 'agent'>): FenceProof {
  const name = agent.slice(agent.lastIndexOf('/') + 1);
  if (FABRIC.includes(name)) return 'fabric';
  if (NOTHING.includes(name)) return 'nothing';
  return name === 'fence_dummy' ? 'pretence' : 'power';
}
