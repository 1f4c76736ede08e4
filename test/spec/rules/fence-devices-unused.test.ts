import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

const DEVICES = `fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }
`;

describe('fence-devices-unused', () => {
  it('finds devices that nothing asks for', () => {
    expectProblems(`${DEVICES}resources:\n  a: { type: builtin:noop }\n`, [
      '2:3 warning fence-devices-unused "devices": nothing in the spec asks for fencing, so no node is ever fenced | = write `exclusive: fencing` on what must never run twice, or `onFail: { stop: fence }`',
    ]);
  });

  it('is quiet where a failure, or exclusiveness, asks for them', () => {
    expectProblems(`${DEVICES}resources:\n  a: { type: builtin:noop, onFail: { stop: fence } }\n`, []);
    expectProblems(`${DEVICES}resources:\n  a: { type: builtin:noop, exclusive: fencing }\n`, []);
  });

  it('is quiet where two voters need them to survive each other', () => {
    expectProblems(
      `
nodes:
  lb1: { addresses: [10.0.1.11] }
  lb2: { addresses: [10.0.1.12] }
fencing:
  prefer: [lb1]
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }
`,
      [],
    );
  });
});
