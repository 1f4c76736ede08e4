import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unknown-node', () => {
  it('finds a misspelt node in prefer, require and avoid', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, prefer: [lb1, lb3] }
  b: { type: builtin:noop, require: [LB2] }
  c: { type: builtin:noop, avoid: [backup] }
`,
      [
        '2:42 error unknown-node "lb3": resource "a" names node "lb3", which is not in the spec | did you mean "lb1"?',
        '3:38 error unknown-node "LB2": resource "b" names node "LB2", which is not in the spec | did you mean "lb2"?',
        '4:36 error unknown-node "backup": resource "c" names node "backup", which is not in the spec | = add it under `nodes:`',
      ],
    );
  });

  it('finds one in a fence device, and in the order of fencing', () => {
    expectProblems(
      `
fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1, other] }
  prefer: [lb1, lb3]
  levels: { another: [[ipmi]] }
`,
      [
        '2:3 warning fence-devices-unused "devices": nothing in the spec asks for fencing, so no node is ever fenced | = write `exclusive: fencing` on what must never run twice, or `onFail: { stop: fence }`',
        '3:48 error unknown-node "other": fence device "ipmi" names node "other", which is not in the spec | = add it under `nodes:`',
        '4:17 error unknown-node "lb3": `prefer` of fencing names node "lb3", which is not in the spec | did you mean "lb1"?',
        '5:13 error unknown-node "another": `levels` of fencing names node "another", which is not in the spec | = add it under `nodes:`',
      ],
    );
  });

  it('takes a node for known that is left out for its shape', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1], role: witnes }
resources:
  x: { type: builtin:noop, prefer: [a] }
`,
      [
        '2:37 error not-allowed "witnes": "role" of node "a" cannot be "witnes" | did you mean "witness"? | = it can be member, worker or witness',
      ],
    );
  });

  it('knows a ping and a check by their names, which `requires` takes', () => {
    expectProblems(
      `
pings: { gateway: { hosts: [10.0.1.1] } }
checks: { mounted: { file: /srv/.mounted } }
resources:
  a: { type: builtin:noop, require: [gateway], requires: [gateway, mounted] }
  b: { type: builtin:noop, prefer: [mounted] }
`,
      [
        '4:38 error unknown-node "gateway": resource "a" names node "gateway", which is not in the spec | = "gateway" is a ping, which `requires:` takes',
        '5:37 error unknown-node "mounted": resource "b" names node "mounted", which is not in the spec | = "mounted" is a check, which `requires:` takes',
      ],
    );
  });
});
