import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('listed-twice', () => {
  it('finds what stands twice in a list', () => {
    expectProblems(
      `
pings:
  gateway: { hosts: [10.0.1.1, 10.0.1.1] }
groups:
  web: { members: [vip, vip], prefer: [lb1, { zone: a }, lb1], requires: [gateway, gateway] }
resources:
  vip: { type: builtin:noop }
`,
      [
        '2:32 error listed-twice "10.0.1.1": "10.0.1.1" stands twice in `hosts` | = take one of them out | = note 2: "10.0.1.1" stands here first',
        '4:25 error listed-twice "vip": "vip" stands twice in `members` | = take one of them out | = note 4: "vip" stands here first',
        '4:58 warning listed-twice "lb1": "lb1" stands twice in `prefer` | = take one of them out | = note 4: "lb1" stands here first',
        '4:84 warning listed-twice "gateway": "gateway" stands twice in `requires` | = take one of them out | = note 4: "gateway" stands here first',
      ],
    );
  });
});
