import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { parseCommandLine } from '../../src/cli/parse-command-line.js';

const UNIT = fileURLToPath(new URL('../../examples/systemd/fairlead.service', import.meta.url));
const VERIFIER = '/usr/bin/systemd-analyze';

/** The settings of the unit, the last of each name. */
function settings(): Map<string, string> {
  const lines = readFileSync(UNIT, 'utf8').split('\n');
  return new Map(
    lines.flatMap((line) =>
      /^[A-Z]\w+=/.test(line) ? [[line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]] : [],
    ),
  );
}

test('the unit starts the daemon by flags that exist, in the folders that systemd makes for it', () => {
  const unit = settings();
  const [program, , ...words] = (unit.get('ExecStart') ?? '').split(' ');
  expect(program).toBe('/usr/bin/env');
  const asked = parseCommandLine(words, COMMANDS);
  if (asked.kind !== 'command') throw new Error('the unit starts no command');
  expect(asked.command.name).toBe('run');
  expect(asked.flags.text('state-dir')).toBe(`/var/lib/${unit.get('StateDirectory')}`);
  expect(asked.flags.text('run-dir')).toBe(`/run/${unit.get('RuntimeDirectory')}`);
});

test('services and promises outlive a restart of the daemon', () => {
  const unit = settings();
  expect(unit.get('KillMode')).toBe('process');
  expect(unit.get('RuntimeDirectoryPreserve')).toBe('yes');
  expect(unit.get('Restart')).toBe('always');
  expect(unit.get('StartLimitIntervalSec')).toBe('0');
  expect(unit.get('OOMPolicy')).toBe('continue');
});

test('systemd waits for the daemon to say that it is up, and takes notice of one that hangs', () => {
  const unit = settings();
  expect(unit.get('Type')).toBe('notify');
  // The daemon has a program say it.
  expect(unit.get('NotifyAccess')).toBe('all');
  expect(unit.get('WatchdogSignal')).toBe('SIGKILL');
});

test.runIf(existsSync(VERIFIER))('systemd finds nothing wrong with the unit', () => {
  const verified = spawnSync(VERIFIER, ['verify', UNIT], { encoding: 'utf8' });
  expect([verified.status, verified.stderr]).toEqual([0, '']);
});
