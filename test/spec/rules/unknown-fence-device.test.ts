import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unknown-fence-device', () => {
  it('finds a level that names no device, and suggests the one that is meant', () => {
    expectProblems(
      `
fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }
  levels:
    lb1: [[ipmi], [impi]]
    lb2: [[ipmi, pdu]]
resources:
  a: { type: builtin:noop, exclusive: fencing }
`,
      [
        '5:20 error unknown-fence-device "impi": level 2 of node "lb1" names fence device "impi", which is not in the spec | did you mean "ipmi"?',
        '6:18 error unknown-fence-device "pdu": level 1 of node "lb2" names fence device "pdu", which is not in the spec | = add it under `fencing.devices:`',
      ],
    );
  });
});
