import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('ping-absolute-single-target', () => {
  it('warns of an absolute ping with one host', () => {
    expectProblems(
      `
pings:
  gateway: { hosts: [10.0.1.1], mode: absolute }
resources:
  a: { type: builtin:noop, requires: [gateway] }
`,
      [
        '2:39 warning ping-absolute-single-target "absolute": ping "gateway" is absolute and has a single host | when 10.0.1.1 fails, every group that requires it stops everywhere | = add a host, or write `mode: relative`',
      ],
    );
  });
});
