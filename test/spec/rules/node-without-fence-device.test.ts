import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('node-without-fence-device', () => {
  it('finds nodes that may run what is exclusive by fencing, and looks at what a group requires', () => {
    expectProblems(
      `
fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1] }
groups:
  web: { members: [vip, app] }
  db: { members: [disk], require: [lb1] }
resources:
  vip: { type: builtin:noop }
  app: { type: builtin:noop, exclusive: fencing }
  disk: { type: builtin:noop, exclusive: fencing }
`,
      [
        '9:41 error node-without-fence-device "fencing": group "web" asks for fencing, and no device can fence node "lb2" | what such a node held could never be taken over | = add a device for every such node under `fencing.devices:`, or leave the node out with `require:`',
      ],
    );
  });

  it('points at the group where its agent alone asks for fencing', () => {
    expectProblems(
      `
fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1] }
resources:
  disk: { type: ocf:heartbeat:ZFS, params: { pool: tank } }
`,
      [
        '5:3 error node-without-fence-device "disk": resource "disk" asks for fencing, and no device can fence node "lb2" | what such a node held could never be taken over | = add a device for every such node under `fencing.devices:`, or leave the node out with `require:`',
      ],
    );
  });

  it('warns of failures that cannot be answered by fencing', () => {
    expectProblems(
      `
resources:
  app: { type: builtin:noop, onFail: { stop: fence } }
`,
      [
        '2:46 warning node-without-fence-device "fence": a failed stop of resource "app" asks for fencing, and no device can fence nodes "lb1" and "lb2" | there it blocks its group until a person acts | = add a device for every such node under `fencing.devices:`',
      ],
    );
  });

  it('wants a device for each voter that is to be fenced at the first start', () => {
    expectProblems(
      `
quorum: { firstStart: fence }
fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }
`,
      [
        '1:23 error node-without-fence-device "fence": `firstStart: fence` asks for fencing, and no device can fence node "wit" | = add a device for every such node under `fencing.devices:`, or write `firstStart: see`',
      ],
    );
  });
});
