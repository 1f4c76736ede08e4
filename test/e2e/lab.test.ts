/** `fairlead lab` as a user runs it, in a network of its own, so that it meets no other lab of this machine. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join(ROOT, 'dist/cli/main.js');
const LAST_LINE = /^longest outage \d+(\.\d)? m?s \(.+\)$/;

/** Three nodes, a lease that a restart of a daemon fits into, a service of HTTP and one that is only remembered. */
const SPEC = `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: labtest }
heartbeat: { port: 7419, every: 500ms, lease: 6s, warnAfter: 3s }
nodes:
  n1: { addresses: [127.79.0.1] }
  n2: { addresses: [127.79.0.2] }
  n3: { addresses: [127.79.0.3] }
groups:
  web: { members: [hello], prefer: [n1, n2], stopBudget: 1s }
  flag: { members: [note], prefer: [n1, n3], stopBudget: 1s }
resources:
  note: { type: builtin:noop }
  hello:
    type: script
    params:
      run: [node, -e, "require('node:http').createServer((q, r) => r.end('hello')).listen(8080, '127.79.0.50')"]
      environment: ["AT=http://127.79.0.50:8080/"]
    monitor: [{ every: 2s, timeout: 2s }]
    timeouts: { start: 20s, stop: 2s }
`;

let folder = '';
const running: ChildProcess[] = [];

beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error(`"${PROGRAM}" is not there; run \`npm run build\``);
  folder = mkdtempSync(join(tmpdir(), 'fairlead-lab-e2e-'));
  writeFileSync(join(folder, 'lab.yaml'), SPEC);
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A lab under way. */
interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  /** Resolves once the output has the text. */
  readonly said: (text: string) => Promise<void>;
  /** The folder of the lab, once it was named. */
  readonly folder: () => string;
}

/** Starts a lab on a loopback interface of its own. */
function lab(words: readonly string[]): Running {
  const command = ['ip', 'link', 'set', 'lo', 'up'].join(' ');
  const child = spawn(
    'unshare',
    ['--net', 'sh', '-c', `${command} && exec "$@"`, 'sh', process.execPath, PROGRAM, 'lab', ...words],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  running.push(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    out += piece;
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    err += piece;
  });
  return {
    child,
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err }))),
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (out.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        child.once('close', () => reject(new Error(`the lab ended before it said "${text}":\n${out}${err}`)));
        look();
      }),
    folder: () => folderIn(out),
  };
}

function scriptFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** The folder that a lab names in its first line. */
function folderIn(out: string): string {
  const found = /state and logs in (\/\S+);/.exec(out)?.[1];
  if (found === undefined) throw new Error(`the lab names no folder:\n${out}`);
  return found;
}

/** What is left of a lab: processes that name its folder or the address of its service. */
function processesOf(labFolder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // Ended meanwhile.
      }
    })
    .filter((command) => command.includes(labFolder) || command.includes('127.79.0.50'));
}

test('the quickstart shows a takeover within a minute, and its last line tells the outage', async () => {
  const { code, out, err } = await lab(['examples/quickstart.yaml', '--script', 'examples/quickstart.script', '--exit'])
    .ended;
  console.log(out);
  expect([code, err]).toEqual([0, '']);
  const last = out.trimEnd().split('\n').at(-1) ?? '';
  expect(last).toMatch(LAST_LINE);
  expect(last).toContain('(web, after "kill n1")');
  expect([existsSync(folderIn(out)), processesOf(folderIn(out))]).toEqual([false, []]);
});

test('every fault of a script does what it says, and no group ever has two owners', async () => {
  const script = `
    expect web on n1
    kill-daemon n1          # its service runs on, and the next daemon finds it
    start n1
    converge within 40s
    expect web on n1
    cut n1
    expect web on n2 within 40s
    expect flag on n3 within 20s
    converge within 40s
    heal
    converge within 40s
    expect web on n2
    stop n2                 # hands over first
    expect web on n1 within 20s
    start n2
    converge within 40s
    pause n3                # flag is on n3, and n3 stands still
    expect flag on n1 within 40s
    resume n3
    converge within 40s
    expect flag on n1
    cut n1 n2
    cut n1 n3
    cut n2 n3
    expect web nowhere within 40s
    heal
    converge within 40s
  `;
  const { code, out, err } = await lab([
    ...[join(folder, 'lab.yaml'), '--script', scriptFile('faults.script', script)],
    ...['--exit', '--timeout', '40s'],
  ]).ended;
  console.log(out);
  expect([code, err]).toEqual([0, '']);
  expect(out).not.toContain('TWO OWNERS');
  expect(out.trimEnd().split('\n').at(-1)).toMatch(LAST_LINE);
});

test('an expectation that does not hold is 1, and says what was instead', async () => {
  const script = scriptFile('wrong.script', 'expect web on n3 within 1s\n');
  const { code, out, err } = await lab([join(folder, 'lab.yaml'), '--script', script, '--exit', '--timeout', '40s'])
    .ended;
  expect(code).toBe(1);
  expect(err).toContain('failed: line 1, `expect web on n3 within 1s`: web runs on n1');
  expect(out).toContain('0 of 1 expectations held\n');
});

test('Ctrl-C ends a lab and leaves nothing', async () => {
  const run = lab([join(folder, 'lab.yaml'), '--timeout', '40s']);
  await run.said('the cluster is at rest');
  expect(existsSync(run.folder())).toBe(true);
  run.child.kill('SIGINT');
  const { code, out } = await run.ended;
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n').at(-1)).toMatch(LAST_LINE);
  expect([existsSync(folderIn(out)), processesOf(folderIn(out))]).toEqual([false, []]);
});

test('a node that leaves is no fault of a lab, and its groups move', async () => {
  const run = lab([join(folder, 'lab.yaml'), '--timeout', '40s']);
  await run.said('the cluster is at rest');
  spawn(process.execPath, [PROGRAM, 'leave', '--socket', join(run.folder(), 'n1.sock')], { stdio: 'ignore' });
  await run.said('n1 has left, after it handed everything over');
  await run.said('web runs on n2');
  run.child.kill('SIGINT');
  const { code, err } = await run.ended;
  expect([code, err]).toEqual([0, '']);
});

test('daemons and services of a lab that was killed end by themselves', async () => {
  const run = lab([join(folder, 'lab.yaml'), '--timeout', '40s']);
  await run.said('the cluster is at rest');
  run.child.kill('SIGKILL');
  await run.ended;
  await expect.poll(() => processesOf(run.folder()), { timeout: 60_000, interval: 500 }).toEqual([]);
  rmSync(run.folder(), { recursive: true, force: true });
});
