import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unit-used-twice', () => {
  it('finds a unit of two resources that may meet on a node, however it is written', () => {
    expectProblems(
      `
groups:
  web: { members: [c, d] }
resources:
  a: { type: systemd:zz }
  b: { type: systemd:zz.service }
  c: { type: lsb:x }
  d: { type: lsb:x }
`,
      [
        '5:14 error unit-used-twice "systemd:zz.service": resources "a" and "b" are the same unit "zz.service" | each would stop what the other started | = keep one of them, or keep their groups on different nodes with `require:` | = note 4: "a" has it here',
        '7:14 error unit-used-twice "lsb:x": resources "c" and "d" are the same unit "lsb:x" | each would stop what the other started | = keep one of them, or keep their groups on different nodes with `require:` | = note 6: "c" has it here',
      ],
    );
  });

  it('lets other units pass, and the same on nodes of their own', () => {
    expectProblems(
      `
resources:
  a: { type: systemd:zz, require: [lb1] }
  b: { type: systemd:zz, require: [lb2] }
  c: { type: systemd:zz.socket }
  d: { type: systemd:zz@1 }
  e: { type: lsb:zz }
`,
      [],
    );
  });
});
