/** A daemon whose run directory has no room left: a cluster of one voter, in a network of its own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { killHost } from '../../src/cli/lab/host-processes.js';
import { readStatus } from '../../src/control/client.js';
import { generateKey } from '../../src/host/keys.js';
import { SmallTmpfs } from '../host/small-tmpfs.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let folder = '';
let room: SmallTmpfs;
let daemons: ChildProcess[] = [];
let said = '';

beforeEach(async () => {
  if (!existsSync(PROGRAM)) throw new Error(`"${PROGRAM}" is not there; run \`npm run build\``);
  folder = mkdtempSync('/dev/shm/fairlead-full-');
  room = await SmallTmpfs.mount({ kind: 'tmpfs', sizeBytes: 64 * 1024 });
  daemons = [];
  said = '';
  writeFileSync(join(folder, 'key'), generateKey(), { mode: 0o600 });
  writeFileSync(
    join(folder, 'cluster.yaml'),
    `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: full }
heartbeat: { port: 7421, every: 500ms, lease: 3s }
nodes: { n1: { addresses: [127.80.0.1] } }
groups: { web: { members: [service], stopBudget: 1s } }
resources: { service: { type: script, params: { run: [sleep, infinity] } } }
`,
  );
});

afterEach(async () => {
  for (const child of daemons) child.kill('SIGKILL');
  await killHost({ daemon: null, runDir: room.path });
  await room.unmount();
  rmSync(folder, { recursive: true, force: true });
});

function run(): ChildProcess {
  const at = (name: string): string => join(folder, name);
  const words = ['run', at('cluster.yaml'), '--node', 'n1', '--key-file', at('key'), '--socket', at('control.sock')];
  const child = spawn(
    'unshare',
    [
      ...['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, PROGRAM],
      ...[...words, '--state-dir', at('state'), '--run-dir', room.path],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  daemons.push(child);
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    said += piece;
  });
  return child;
}

async function state(): Promise<string> {
  try {
    return (await readStatus(join(folder, 'control.sock'))).groups[0]?.state ?? 'none';
  } catch {
    return 'unreachable'; // Not there yet.
  }
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch {
    // It is full.
  } finally {
    closeSync(file);
  }
}

test('it says so and starts nothing, also after one that handed everything over, and goes on once there is room', async () => {
  const first = run();
  await expect.poll(state, { timeout: 60_000, interval: 100 }).toBe('running');
  const end = once(first, 'exit');
  first.kill('SIGTERM');
  expect(await end).toEqual([0, null]);
  const filler = join(room.path, 'filler');
  fill(filler);

  said = '';
  const second = run();
  await expect
    .poll(() => said, { timeout: 60_000 })
    .toContain('guard.json cannot be kept, so this node sends and starts');
  expect(said).toContain('no space left on the device');
  expect(await state()).not.toBe('running');
  rmSync(filler);
  await expect.poll(state, { timeout: 60_000, interval: 100 }).toBe('running');
  await expect.poll(() => said, { timeout: 60_000 }).toContain('the guard is there');
  expect(second.exitCode).toBeNull();
});
