import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

const RESOURCE = 'resources:\n  a: { type: builtin:noop, exclusive: fencing }\n';

describe('fence-plugs', () => {
  it('finds plugs of nodes that the device does not have, and one plug for two nodes', () => {
    expectProblems(
      `
fencing:
  devices:
    pdu: { agent: fence_apc, nodes: [lb1, lb2], plugs: { lb1: 3, lb2: 3, wit: 4 } }
${RESOURCE}`,
      [
        '3:71 error fence-plugs "3": nodes "lb1" and "lb2" have the same plug "3" at fence device "pdu" | one would be fenced in place of the other | = note 3: "3" stands here first',
        '3:74 error fence-plugs "wit": fence device "pdu" has a plug for node "wit", which is not among its nodes | = add "wit" to `nodes` of the device, or take the plug out',
      ],
    );
  });

  it('finds a device for several nodes that is told one plug for good', () => {
    expectProblems(
      `
fencing:
  devices:
    pdu: { agent: fence_apc, nodes: [lb1, lb2], params: { port: 3 } }
${RESOURCE}`,
      [
        '3:59 error fence-plugs "port": fence device "pdu" would do the same for each of its 2 nodes | this names one of them for good | = name each under `plugs:`, or write a device for each node',
      ],
    );
  });

  it('is quiet where a device has one node, and where each has its plug', () => {
    expectProblems(
      `
fencing:
  devices:
    one: { agent: fence_apc, nodes: [lb1], params: { plug: 3 } }
    two: { agent: fence_apc, nodes: [lb1, lb2], plugs: { lb1: 3, lb2: 4 } }
${RESOURCE}`,
      [],
    );
  });
});
