import { describe, expect, it } from 'vitest';
import { readUnitState, unitOf } from '../../src/agents/systemd-unit.js';

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

describe('the state of a unit', () => {
  it('is read from what systemctl shows', () => {
    const text =
      'LoadState=loaded\nActiveState=failed\nSubState=failed\nUnitFileState=enabled\nResult=exit-code\nExecMainStatus=3\n';
    expect(readUnitState(text)).toEqual({
      load: 'loaded',
      active: 'failed',
      sub: 'failed',
      file: 'enabled',
      result: 'exit-code',
      mainStatus: '3',
    });
  });

  it('is not read from anything else', () => {
    expect(readUnitState('')).toBeNull();
    expect(readUnitState('Failed to connect to bus')).toBeNull();
  });
});
