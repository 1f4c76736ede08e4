import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckRunner } from '../../src/agents/check-runner.js';
import { lookAtLoad, lookAtMemory } from '../../src/agents/look-at-health.js';
import { PathLooks } from '../../src/agents/look-at-path.js';
import type { CheckProbe, CheckResult } from '../../src/model/check.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { until } from './harness/until.js';
import { WebServer } from './harness/web-server.js';

let folder: ReturnType<typeof freshFolder>;
beforeEach(() => {
  folder = freshFolder();
});
afterEach(() => folder.remove());

const runner = new CheckRunner();
const place = { file: 'test.yaml', line: 1, column: 1 };

function look(probe: CheckProbe, options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}) {
  const { timeoutMs = 20_000, signal = new AbortController().signal } = options;
  const check = { id: 'web', probe, everyMs: 1000, timeoutMs, rise: 1, fall: 1, place };
  return runner.run(check, { node: 'lb1', resource: 'nginx', signal });
}

const PASSED: CheckResult = { kind: 'passed' };

describe('a check by a program', () => {
  it('passes with exit code 0, and knows for whom it runs', async () => {
    const program = writeScript(
      join(folder.path, 'check'),
      `#!/bin/sh\n[ "$FAIRLEAD_NODE $FAIRLEAD_RESOURCE $FAIRLEAD_CHECK $1" = "lb1 nginx web a\\ b" ]\n`,
    );
    expect(await look({ kind: 'run', argv: [program, 'a b'] })).toMatchObject({ kind: 'failed' });
    expect(await look({ kind: 'run', argv: [program, 'a\\ b'] })).toEqual(PASSED);
  });

  it('says how it failed, in its last words', async () => {
    const argv = ['sh', '-c', 'echo first; echo "no route" >&2; exit 3'];
    expect(await look({ kind: 'run', argv })).toEqual({ kind: 'failed', why: 'it exited with 3: no route' });
    const killed = await look({ kind: 'run', argv: ['sh', '-c', 'kill -9 $$'] });
    expect(killed).toEqual({ kind: 'failed', why: 'it was ended by SIGKILL' });
  });

  it('fails where the program is not there', async () => {
    expect(await look({ kind: 'run', argv: [join(folder.path, 'nothing')] })).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('ENOENT'),
    });
  });

  it('fails when it takes too long, and is ended with what it started', async () => {
    const argv = ['sh', '-c', `sleep 300 & echo $! > ${folder.path}/pid; wait`];
    expect(await look({ kind: 'run', argv }, { timeoutMs: 300 })).toEqual({
      kind: 'failed',
      why: 'it took longer than 300ms and was ended',
    });
  });

  it('says nothing when it is called off', async () => {
    const signal = AbortSignal.abort();
    expect(await look({ kind: 'run', argv: ['true'] }, { signal })).toEqual({
      kind: 'unknown',
      why: 'it was called off',
    });
  });
});

describe('a check of a port or a URL', () => {
  it('passes when it is answered as it should be', async () => {
    const server = await WebServer.start((_, response) => response.writeHead(503).end('starting'));
    const text = server.url('/');
    const target = { kind: 'http', text, host: '127.0.0.1' } as const;
    const port = { kind: 'tcp', text: `127.0.0.1:${server.port}`, host: '127.0.0.1', port: server.port } as const;
    expect(await look({ kind: 'target', target: port })).toEqual(PASSED);
    expect(await look({ kind: 'target', target, statuses: [503], contains: 'start' })).toEqual(PASSED);
    expect(await look({ kind: 'target', target })).toEqual({
      kind: 'failed',
      why: `${text}: it answered with status 503`,
    });
    await server.close();
    expect(await look({ kind: 'target', target: port })).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining(`${port.text}: `),
    });
  });
});

describe('a check of a file', () => {
  it('passes while something is there, and was changed of late', async () => {
    const path = join(folder.path, 'beat');
    expect(await look({ kind: 'file', path })).toEqual({ kind: 'failed', why: `there is no ${path}` });
    writeFileSync(path, '');
    expect(await look({ kind: 'file', path, newerThanMs: 60_000 })).toEqual(PASSED);
    const anHourAgo = Date.now() / 1000 - 3600;
    utimesSync(path, anHourAgo, anHourAgo);
    expect(await look({ kind: 'file', path, newerThanMs: 60_000 })).toEqual({
      kind: 'failed',
      why: `${path} was changed 1h ago`,
    });
    expect(await look({ kind: 'file', path })).toEqual(PASSED);
    rmSync(path);
    mkdirSync(path);
    expect(await look({ kind: 'file', path })).toEqual(PASSED);
    expect(await look({ kind: 'file', path: `${path}/\0` })).toMatchObject({ kind: 'failed' });
  });
});

describe('a check of a process', () => {
  it('passes while one of that name runs, and finds the next one when that ends', async () => {
    const name = `fairlead-${process.pid}-long-name`;
    symlinkSync('/bin/sleep', join(folder.path, name));
    const run = () => spawn(join(folder.path, name), ['300'], { stdio: 'ignore' });
    expect(await look({ kind: 'process', name })).toEqual({ kind: 'failed', why: `no process of "${name}" runs` });
    for (const child of [run(), run()]) {
      await until('it runs', async () => (await look({ kind: 'process', name })).kind === 'passed');
      child.kill('SIGKILL');
    }
    await until('none runs', async () => (await look({ kind: 'process', name })).kind === 'failed');
  });
});

describe('a look at the health', () => {
  it('of disks asks the kernel for room', async () => {
    expect(await look({ kind: 'disk', paths: ['/', folder.path, '/proc'], freeShare: 0 })).toEqual(PASSED);
    expect(await look({ kind: 'disk', paths: ['/', folder.path], freeShare: 1 })).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/% of \/ is free$/),
    });
    expect(await look({ kind: 'disk', paths: [join(folder.path, 'nothing')], freeShare: 0 })).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('ENOENT'),
    });
  });

  it('of memory and load reads what the kernel of this machine tells', async () => {
    expect(await look({ kind: 'memory', availableShare: 0 })).toEqual(PASSED);
    expect(await look({ kind: 'load', perCpu: 10_000 })).toEqual(PASSED);
  });

  it('says what is bad, and knows nothing where the kernel tells nothing', async () => {
    const proc = folder.path;
    const both = { kind: 'memory', availableShare: 0.05, pressureShare: 0.3 } as const;
    const blind = { kind: 'unknown', why: 'the kernel does not tell how much memory is available' };
    expect(await lookAtMemory(both, proc)).toEqual(blind);
    writeFileSync(join(proc, 'meminfo'), 'MemTotal:  1000 kB\nMemFree:  1 kB\nMemAvailable:  60 kB\n');
    expect(await lookAtMemory(both, proc)).toMatchObject({ kind: 'unknown', why: expect.stringContaining('PSI') });
    mkdirSync(join(proc, 'pressure'));
    writeFileSync(
      join(proc, 'pressure', 'memory'),
      'some avg10=99.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=30.00 avg60=99.00 avg300=0.00 total=1\n',
    );
    expect(await lookAtMemory(both, proc)).toEqual(PASSED);
    expect(await lookAtMemory({ ...both, pressureShare: 0.29 }, proc)).toEqual({
      kind: 'failed',
      why: 'all programs stood still for want of memory for 30% of the last 10 s',
    });
    expect(await lookAtMemory({ ...both, availableShare: 0.07 }, proc)).toEqual({
      kind: 'failed',
      why: '6% of the memory is available',
    });
    expect(await lookAtLoad({ kind: 'load', perCpu: 1 }, proc)).toMatchObject({ kind: 'unknown' });
    writeFileSync(join(proc, 'loadavg'), `0.10 ${3 * availableParallelism()}.00 0.10 1/100 1\n`);
    expect(await lookAtLoad({ kind: 'load', perCpu: 3 }, proc)).toEqual(PASSED);
    expect(await lookAtLoad({ kind: 'load', perCpu: 2.9 }, proc)).toEqual({
      kind: 'failed',
      why: 'the load of 5 minutes is 3 per processor',
    });
  });
});

describe('a look at a path that does not answer', () => {
  const never = () => new Promise<string>(() => undefined);

  it('is over when its time is, and is not made again while it hangs', async () => {
    const looks = new PathLooks();
    let begun = 0;
    const hang = () => {
      begun += 1;
      return never();
    };
    expect(await looks.make('a', 10, hang)).toEqual({ kind: 'hangs' });
    expect(await looks.make('a', 10, hang)).toEqual({ kind: 'hangs' });
    expect(begun).toBe(1);
    expect(await looks.make('b', 20_000, async () => 'seen')).toEqual({ kind: 'seen', value: 'seen' });
  });

  it('leaves threads for others: no more are begun than may hang', async () => {
    const looks = new PathLooks();
    let answer: ((value: string) => void) | undefined;
    await looks.make('a', 10, () => new Promise<string>((resolve) => (answer = resolve)));
    await looks.make('b', 10, never);
    expect(await looks.make('c', 10, async () => 'seen')).toEqual({ kind: 'full' });
    answer?.('late');
    await until('one came back', async () => (await looks.make('c', 20_000, async () => 'seen')).kind === 'seen');
  });
});
