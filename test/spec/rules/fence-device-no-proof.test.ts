import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

const RESOURCE = 'resources:\n  a: { type: builtin:noop, exclusive: fencing }\n';

describe('fence-device-no-proof', () => {
  it('finds devices whose success leaves the node running, each once', () => {
    expectProblems(
      `
fencing:
  devices:
    disks: { agent: fence_scsi, nodes: [lb1, lb2] }
    gateway: { agent: /usr/sbin/fence_heuristics_ping, nodes: [lb1] }
    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }
${RESOURCE}`,
      [
        '3:21 error fence-device-no-proof "fence_scsi": the success of fence device "disks" does not mean that node "lb1" is dead | it cuts a node off its disks and leaves it running, with its addresses | = use a device that takes the power away, alone or in the same level of `fencing.levels:`',
        '4:23 error fence-device-no-proof "/usr/sbin/fence_heuristics_ping": the success of fence device "gateway" does not mean that node "lb1" is dead | it does nothing to the node itself | = use a device that takes the power away, alone or in the same level of `fencing.levels:`',
      ],
    );
  });

  it('is quiet where such a device stands beside one that takes the power', () => {
    expectProblems(
      `
fencing:
  devices:
    gateway: { agent: fence_heuristics_ping, nodes: [lb1, lb2] }
    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }
  levels:
    lb1: [[gateway, ipmi]]
    lb2: [[gateway, ipmi]]
${RESOURCE}`,
      [],
    );
  });

  it('only warns of the agent that is for trying out', () => {
    expectProblems(
      `
fencing:
  devices:
    trial: { agent: fence_dummy, nodes: [lb1, lb2] }
${RESOURCE}`,
      [
        '3:21 warning fence-device-no-proof "fence_dummy": the success of fence device "trial" does not mean that node "lb1" is dead | it only pretends, for trying out | = use a device that takes the power away, alone or in the same level of `fencing.levels:`',
      ],
    );
  });
});
