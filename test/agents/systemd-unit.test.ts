import { describe, expect, it } from 'vitest';
import { readUnitStates } from '../../src/agents/systemd-unit.js';
import { unitOf } from '../../src/model/unit-name.js';

describe('the unit of a type', () => {
  it.each([
    ['systemd:nginx', 'nginx.service'],
    ['systemd:nginx.service', 'nginx.service'],
    ['systemd:srv-data.mount', 'srv-data.mount'],
    ['systemd:getty@tty1', 'getty@tty1.service'],
    ['systemd:foo.bar', 'foo.bar.service'],
  ])('of %s is %s', (type, unit) => {
    expect(unitOf(type)).toBe(unit);
  });

  it.each(['systemd:', 'systemd:--all', 'systemd:a b', 'systemd:../x', 'systemd:a/b', 'lsb:x'])(
    'is not named by "%s"',
    (type) => {
      expect(unitOf(type)).toBeNull();
    },
  );
});

describe('the states of units', () => {
  it('are read from what systemctl shows, in its order', () => {
    const text = `Id=web.service
LoadState=loaded
ActiveState=failed
SubState=failed
Result=exit-code
ExecMainStatus=3
DropInPaths=/etc/systemd/system/web.service.d/override.conf /run/systemd/system/web.service.d/zzz-fairlead-edge.conf
Job=0

Id=srv.mount
LoadState=loaded
ActiveState=deactivating
SubState=unmounting
Result=success
DropInPaths=
Job=117
`;
    expect(readUnitStates(text)).toEqual([
      {
        id: 'web.service',
        load: 'loaded',
        active: 'failed',
        sub: 'failed',
        result: 'exit-code',
        mainStatus: '3',
        dropIns: [
          '/etc/systemd/system/web.service.d/override.conf',
          '/run/systemd/system/web.service.d/zzz-fairlead-edge.conf',
        ],
        hasJob: false,
      },
      {
        id: 'srv.mount',
        load: 'loaded',
        active: 'deactivating',
        sub: 'unmounting',
        result: 'success',
        mainStatus: '',
        dropIns: [],
        hasJob: true,
      },
    ]);
  });

  it('are not read from anything else', () => {
    expect(readUnitStates('')).toEqual([null]);
    expect(readUnitStates('Failed to connect to bus')).toEqual([null]);
  });
});
