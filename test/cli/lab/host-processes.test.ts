import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptRecords } from '../../../src/agents/kept-record.js';
import type { ProcessIdentity } from '../../../src/agents/process-table.js';
import { isAlive, readProcess } from '../../../src/agents/process-table.js';
import { killHost, servicesOf, signalHost } from '../../../src/cli/lab/host-processes.js';

let runDir = '';
const spawned: ChildProcess[] = [];

beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'fairlead-lab-test-'));
});

afterEach(() => {
  for (const child of spawned.splice(0)) child.kill('SIGKILL');
  rmSync(runDir, { recursive: true, force: true });
});

/** A process in a session of its own that starts another in its own session, says so, and waits. */
async function family(): Promise<{ readonly parent: ProcessIdentity; readonly child: ProcessIdentity }> {
  const script = 'setsid sleep 300 & echo $!; wait';
  const shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  spawned.push(shell);
  const [said] = await once(shell.stdout ?? shell, 'data');
  return { parent: identityOf(shell.pid ?? 0), child: identityOf(Number(String(said))) };
}

function identityOf(pid: number): ProcessIdentity {
  const row = readProcess(pid);
  if (row === null) throw new Error(`there is no process ${pid}`);
  return { pid, startTicks: row.startTicks };
}

/** Writes down a service as the daemon does. */
function keep(leader: ProcessIdentity): void {
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  new KeptRecords(join(runDir, 'kept')).write({ resource: 'hello', bootId, command: '', leader, members: [] });
}

test('a crash takes the daemon, what it started, and what an earlier life of it keeps', async () => {
  const daemon = await family();
  const service = await family();
  keep(service.parent);
  await killHost({ daemon: daemon.parent, runDir });
  expect([daemon.parent, daemon.child, service.parent, service.child].filter(isAlive)).toEqual([]);
});

test('a crash takes nothing else', async () => {
  const daemon = await family();
  const other = await family();
  await killHost({ daemon: daemon.parent, runDir });
  expect([other.parent, other.child].every(isAlive)).toBe(true);
  await killHost({ daemon: other.parent, runDir });
});

test('a record of a process that is gone names nobody, whoever has its number now', async () => {
  const stranger = await family();
  keep({ ...stranger.parent, startTicks: stranger.parent.startTicks - 1 });
  expect(await servicesOf({ daemon: null, runDir })).toEqual([]);
  await killHost({ daemon: stranger.parent, runDir });
});

test('a host stands still and goes on as a whole', async () => {
  const { parent, child } = await family();
  const stateOf = ({ pid }: ProcessIdentity) =>
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .charAt(0);
  await signalHost({ daemon: parent, runDir }, 'SIGSTOP');
  await expect.poll(() => [parent, child].map(stateOf)).toEqual(['T', 'T']);
  await signalHost({ daemon: parent, runDir }, 'SIGCONT');
  await expect.poll(() => [parent, child].map(stateOf)).toEqual(['S', 'S']);
  await killHost({ daemon: parent, runDir });
});
