import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('fencing-not-used', () => {
  it('warns of devices, and of each use', () => {
    expectProblems(
      `
fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1], params: { ip: 10.9.1.21, password: { file: /etc/secret } } }
resources:
  a: { type: builtin:noop, onFail: { monitor: fence, stop: fence } }
  b: { type: builtin:noop, exclusive: fencing }
`,
      [
        '1:1 warning fencing-not-used "fencing": fence devices are read and checked, and this version does not use them | a failed stop blocks its group until a person acts | = count on the lease alone: it is safe as long as nothing outlives its stop budget | = note 5: a failed monitor of resource "a" blocks its group | = note 5: a failed stop of resource "a" blocks its group | = note 6: resource "b" is taken over when the lease has ended, without fencing',
      ],
    );
  });

  it('says nothing of a watchdog, which is used', () => {
    expectProblems(
      `
fencing: { watchdog: { device: /dev/watchdog0, timeout: 10s } }
`,
      [],
    );
  });

  it('warns of a use without devices', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, onFail: { stop: fence } }
`,
      [
        '2:44 warning fencing-not-used "fence": fence devices are read and checked, and this version does not use them | a failed stop blocks its group until a person acts | = count on the lease alone: it is safe as long as nothing outlives its stop budget | = note 2: a failed stop of resource "a" blocks its group',
      ],
    );
  });
});
