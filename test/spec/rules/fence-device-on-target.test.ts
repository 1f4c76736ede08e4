import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('fence-device-on-target', () => {
  it('finds a device that nobody but its target could use', () => {
    expectProblems(
      `
nodes:
  lb1: { addresses: [10.0.1.11] }
fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1] }
resources:
  a: { type: builtin:noop, exclusive: fencing }
`,
      [
        '5:5 error fence-device-on-target "ipmi": fence device "ipmi" could only be used by "lb1", the node that it fences | a node does not fence itself, and there is no other one | = add a node, or take the device out',
      ],
    );
  });

  it('finds a device that is reached at an address of its target, and not one at that of another node', () => {
    expectProblems(
      `
fencing:
  devices:
    one: { agent: fence_virsh, nodes: [lb1], params: { ip: 10.0.1.11 } }
    two: { agent: fence_virsh, nodes: [lb2], params: { ip: 10.0.1.11 } }
resources:
  a: { type: builtin:noop, exclusive: fencing }
`,
      [
        '3:60 error fence-device-on-target "10.0.1.11": fence device "one" is reached at an address of node "lb1", which it fences | it does not answer when the node does not | = write the address of the management board, the power switch or the host of the virtual machine',
      ],
    );
  });
});
