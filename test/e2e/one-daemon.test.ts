/** One node, one daemon: a second one over its directories is refused, however they are started. A cluster of one voter, each daemon in a network of its own, so that not even a port keeps them apart. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { killHost } from '../../src/cli/lab/host-processes.js';
import { readStatus } from '../../src/control/client.js';
import { generateKey } from '../../src/host/keys.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A daemon. */
interface Started {
  readonly child: ChildProcess;
  /** How it ended. */
  readonly end: Promise<{ readonly code: number | null; readonly err: string }>;
}

let folder = '';
let daemons: ChildProcess[] = [];

beforeEach(() => {
  if (!existsSync(PROGRAM)) throw new Error(`"${PROGRAM}" is not there; run \`npm run build\``);
  folder = mkdtempSync('/dev/shm/fairlead-one-');
  daemons = [];
  writeFileSync(join(folder, 'key'), generateKey(), { mode: 0o600 });
  // Each start of the service adds a line, and so does its end.
  const service = `trap "echo ended >> ${folder}/lives; exit" TERM; echo began >> ${folder}/lives; while :; do sleep 0.2; done`;
  writeFileSync(
    join(folder, 'cluster.yaml'),
    `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: one }
heartbeat: { port: 7420, every: 500ms, lease: 10s, warnAfter: 3s }
nodes: { n1: { addresses: [127.80.0.1] } }
groups: { web: { members: [service], stopBudget: 1s } }
resources:
  service:
    type: script
    params: { run: [sh, -c, '${service}'] }
    timeouts: { start: 20s, stop: 5s }
`,
  );
});

afterEach(async () => {
  for (const child of daemons) child.kill('SIGKILL');
  for (const name of ['run', 'other-run']) await killHost({ daemon: null, runDir: join(folder, name) });
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

function run(places: { readonly state?: string; readonly run?: string; readonly socket?: string } = {}): Started {
  const { state = 'state', run: runDir = 'run', socket = 'control.sock' } = places;
  const words = ['run', at('cluster.yaml'), '--node', 'n1', '--key-file', at('key'), '--socket', at(socket)];
  const child = spawn(
    'unshare',
    [
      ...['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, PROGRAM],
      ...[...words, '--state-dir', at(state), '--run-dir', at(runDir)],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  daemons.push(child);
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    err += piece;
  });
  return { child, end: new Promise((resolve) => child.once('exit', (code) => resolve({ code, err }))) };
}

/** Resolves when a daemon answers that the service runs. */
async function serviceRuns(): Promise<void> {
  const state = async (): Promise<string> => {
    try {
      return (await readStatus(at('control.sock'))).groups[0]?.state ?? 'none';
    } catch {
      return 'unreachable'; // Not there yet.
    }
  };
  await expect.poll(state, { timeout: 90_000, interval: 100 }).toBe('running');
}

const lives = (): string => readFileSync(at('lives'), 'utf8');

function fairlead(words: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [PROGRAM, ...words, '--socket', at('control.sock')], { stdio: 'ignore' });
  return new Promise((resolve) => child.once('exit', resolve));
}

test('S1 of daemons that are started together one goes on, and the service with it', async () => {
  let living = run();
  await serviceRuns();
  for (let round = 0; round < 4; round += 1) {
    living.child.kill('SIGKILL');
    await living.end;
    const started = [run(), run(), run()];
    const refused: Awaited<Started['end']>[] = [];
    for (const { end } of started) void end.then((how) => refused.push(how));
    await expect.poll(() => refused.length, { timeout: 30_000 }).toBe(2);
    const [left] = started.filter(({ child }) => child.exitCode === null);
    if (left === undefined) throw new Error('none is left');
    living = left;
    const why = `the daemon of n1 cannot start: the state directory "${at('state')}" is that of another daemon, process ${living.child.pid}; stop it first`;
    for (const { code, err } of refused) {
      expect(code).toBe(1);
      expect(err).toContain(why);
    }
    await serviceRuns();
  }
  expect(lives()).toBe('began\n');
});

test('S1 a second daemon is refused whichever of the two directories it shares', async () => {
  const { child } = run();
  await serviceRuns();
  const oneState = await run({ run: 'other-run', socket: 'other.sock' }).end;
  const oneRun = await run({ state: 'other-state', socket: 'other.sock' }).end;
  expect([oneState.code, oneRun.code]).toEqual([1, 1]);
  expect(oneState.err).toContain(
    `the state directory "${at('state')}" is that of another daemon, process ${child.pid};`,
  );
  expect(oneRun.err).toContain(`the run directory "${at('run')}" is that of another daemon, process ${child.pid};`);
  expect(lives()).toBe('began\n');
});

test('a daemon that is started as soon as the one before has detached goes on', async () => {
  run();
  await serviceRuns();
  for (let round = 0; round < 2; round += 1) {
    expect(await fairlead(['detach'])).toBe(0);
    run();
    await serviceRuns();
  }
  expect(lives()).toBe('began\n');
});
