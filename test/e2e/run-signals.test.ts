/** `fairlead run` as systemd treats it: one signal hands over, a second one ends at once. A cluster of one voter, in a network of its own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { killHost } from '../../src/cli/lab/host-processes.js';
import { readStatus } from '../../src/control/client.js';
import { generateKey } from '../../src/host/keys.js';
import { readProcess } from '../../src/agents/process-table.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The service takes TERM for nothing, so that its stop takes as long as the spec lets it. */
const SPEC = `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: signals }
heartbeat: { port: 7420, every: 500ms, lease: 5s, warnAfter: 3s }
nodes: { n1: { addresses: [127.80.0.1] } }
groups: { web: { members: [stubborn], stopBudget: 500ms } }
resources:
  stubborn:
    type: script
    params: { run: [sh, -c, 'trap "" TERM; while :; do sleep 1; done'] }
    timeouts: { start: 20s, stop: 5s }
`;

let folder = '';
let daemon: ChildProcess;

beforeEach(() => {
  if (!existsSync(PROGRAM)) throw new Error(`"${PROGRAM}" is not there; run \`npm run build\``);
  folder = mkdtempSync('/dev/shm/fairlead-signals-');
  for (const name of ['state', 'run']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'key'), generateKey(), { mode: 0o600 });
  writeFileSync(join(folder, 'cluster.yaml'), SPEC);
});

afterEach(async () => {
  const row = readProcess(daemon.pid ?? 0);
  const identity = row === null || daemon.exitCode !== null ? null : { pid: row.pid, startTicks: row.startTicks };
  await killHost({ daemon: identity, runDir: join(folder, 'run') });
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the daemon and resolves once its service runs. */
async function running(): Promise<void> {
  const places = ['--state-dir', join(folder, 'state'), '--run-dir', join(folder, 'run')];
  const words = ['run', join(folder, 'cluster.yaml'), '--node', 'n1', ...places, '--key-file', join(folder, 'key')];
  daemon = spawn(
    'unshare',
    ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, PROGRAM, ...words],
    { stdio: 'ignore' },
  );
  const state = async (): Promise<string> => {
    try {
      return (await readStatus(join(folder, 'state/control.sock'))).groups[0]?.state ?? 'none';
    } catch {
      return 'unreachable'; // Not there yet.
    }
  };
  await expect.poll(state, { timeout: 60_000, interval: 200 }).toBe('running');
}

/** The exit code, or the signal, of the daemon. */
function ended(): Promise<number | string | null> {
  return new Promise((resolve) => daemon.once('exit', (code, signal) => resolve(code ?? signal)));
}

test('SIGTERM hands over first, and the daemon ends with 0', async () => {
  await running();
  const end = ended();
  daemon.kill('SIGTERM');
  expect(await end).toBe(0);
});

test('a second signal ends the daemon at once, while its service still stops', async () => {
  await running();
  const end = ended();
  daemon.kill('SIGTERM');
  await expect
    .poll(async () => (await readStatus(join(folder, 'state/control.sock'))).groups[0]?.state, {
      timeout: 20_000,
      interval: 20,
    })
    .toBe('stopping');
  daemon.kill('SIGTERM');
  expect(await end).toBe(1);
});
