import { describe, expect, it } from 'vitest';
import { unitOfControlGroup } from '../../src/agents/own-unit.js';

describe('the unit that a process stands in', () => {
  it.each([
    ['version 2', '0::/system.slice/fairlead.service\n', 'fairlead.service'],
    ['version 2, in a slice of a slice', '0::/a.slice/a-b.slice/ha@1.service\n', 'ha@1.service'],
    ['below its own group', '0::/system.slice/fairlead.service/payload\n', 'fairlead.service'],
    [
      'both versions',
      '12:pids:/system.slice/other.service\n1:name=systemd:/system.slice/fairlead.service\n0::/\n',
      'fairlead.service',
    ],
    [
      "a user's own service manager",
      '0::/user.slice/user-0.slice/user@0.service/app.slice/x.service\n',
      'user@0.service',
    ],
  ])('is read: %s', (_, text, unit) => {
    expect(unitOfControlGroup(text)).toBe(unit);
  });

  it.each([
    ['a session', '0::/user.slice/user-0.slice/session-3.scope\n'],
    ['a container', '0::/system.slice/docker-17.scope\n'],
    ['none', '0::/\n'],
    ['groups without systemd', '4:memory:/system.slice/fairlead.service\n'],
    ['nothing', ''],
  ])('is none: %s', (_, text) => {
    expect(unitOfControlGroup(text)).toBeNull();
  });
});
