import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProcess } from '../../src/agents/process-run.js';
import { readProcess } from '../../src/agents/process-table.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { until } from './harness/until.js';

const PATH = '/usr/bin:/bin';

let folder: ReturnType<typeof freshFolder>;
beforeEach(() => {
  folder = freshFolder();
});
afterEach(() => folder.remove());

/** Runs shell text that the test itself wrote, as a script with arguments. */
function run(
  text: string,
  options: {
    readonly words?: readonly string[];
    readonly timeoutMs?: number;
    readonly graceMs?: number;
    readonly signal?: AbortSignal;
    readonly outputBytesMax?: number;
  } = {},
): ReturnType<typeof runProcess> {
  const { words = [], timeoutMs = 20_000, ...rest } = options;
  const script = writeScript(join(folder.path, 'script'), `#!/bin/bash\n${text}\n`);
  return runProcess({ argv: [script, ...words], environment: { PATH, FOLDER: folder.path }, timeoutMs, ...rest });
}

/** The pid that a script wrote down. */
function pidIn(name: string): Promise<number> {
  return until(`${name} is written`, () => Number(readIfThere(join(folder.path, name))));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

describe('runProcess', () => {
  it('tells the exit code and both outputs', async () => {
    expect(await run('echo out; echo err >&2; exit 5')).toEqual({
      kind: 'exited',
      code: 5,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('gives a program nothing but the written environment, / as its folder and nothing to read', async () => {
    const end = await run('tr "\\0" "\\n" < /proc/$$/environ | sort; pwd; cat; echo read');
    expect(end.stdout.split('\n').filter((line) => !/^(_|PWD|SHLVL|OLDPWD)=/.test(line))).toEqual([
      `FOLDER=${folder.path}`,
      `PATH=${PATH}`,
      '/',
      'read',
      '',
    ]);
  });

  it('hands words over as they are: no shell reads them', async () => {
    const word = `$(touch ${folder.path}/hacked); * "'`;
    expect(await run('printf %s "$1"; ls "$FOLDER" >&2', { words: [word] })).toMatchObject({
      stdout: word,
      stderr: 'script\n',
    });
  });

  it('says by which signal a program was ended', async () => {
    expect(await run('kill -KILL $$')).toMatchObject({ kind: 'signalled', signal: 'SIGKILL' });
  });

  it('says that a program is not there', async () => {
    const end = await runProcess({ argv: ['/nowhere/program'], environment: {}, timeoutMs: 1000 });
    expect(end).toMatchObject({ kind: 'not-started', code: 'ENOENT' });
  });

  it('says that a program must not be run', async () => {
    const script = writeScript(join(folder.path, 'data'), 'x');
    const end = await runProcess({ argv: [join(script, 'x')], environment: {}, timeoutMs: 1000 });
    expect(end).toMatchObject({ kind: 'not-started' });
  });

  it('refuses a word with a zero byte without throwing', async () => {
    const end = await runProcess({ argv: ['/bin/true', 'a\0b'], environment: {}, timeoutMs: 1000 });
    expect(end).toMatchObject({ kind: 'not-started' });
  });

  it('starts nothing when no time is left', async () => {
    expect(await run('touch "$FOLDER/ran"', { timeoutMs: 0 })).toMatchObject({ kind: 'timeout', left: [] });
    expect(readIfThere(join(folder.path, 'ran'))).toBe('');
  });

  it('ends a program at its deadline with TERM, in time to tidy up', async () => {
    const end = await run('trap "echo tidy; exit 0" TERM; echo ready; while :; do sleep 0.05; done', {
      timeoutMs: 5000,
      graceMs: 2500,
    });
    expect(end).toMatchObject({ kind: 'timeout', left: [], stdout: 'ready\ntidy\n' });
  });

  it('kills the whole group of a program that ignores TERM, its grandchildren too', async () => {
    const end = await run(
      `trap '' TERM
       bash -c 'trap "" TERM; echo $$ > "$FOLDER/grandchild"; while :; do sleep 0.05; done' &
       echo $$ > "$FOLDER/child"; while :; do sleep 0.05; done`,
      { timeoutMs: 3000, graceMs: 200 },
    );
    expect(end).toMatchObject({ kind: 'timeout', left: [] });
    expect(readProcess(await pidIn('child'))).toBeNull();
    expect(readProcess(await pidIn('grandchild'))).toBeNull();
  });

  it('kills what left the process group but not the session', async () => {
    // Job control gives each background job a group of its own.
    const end = await run('set -m; sleep 60 & echo $! > "$FOLDER/job"; sleep 60', { timeoutMs: 3000, graceMs: 200 });
    expect(end).toMatchObject({ kind: 'timeout', left: [] });
    expect(readProcess(await pidIn('job'))).toBeNull();
  });

  it('ends a program that is cancelled', async () => {
    const cancel = new AbortController();
    const running = run('echo $$ > "$FOLDER/child"; sleep 60', { signal: cancel.signal });
    const pid = await pidIn('child');
    cancel.abort('cancelled');
    expect(await running).toMatchObject({ kind: 'cancelled', left: [] });
    expect(readProcess(pid)).toBeNull();
  });

  it('starts nothing that was cancelled before', async () => {
    const cancel = new AbortController();
    cancel.abort('cancelled');
    expect(await run('touch "$FOLDER/ran"', { signal: cancel.signal })).toMatchObject({ kind: 'cancelled' });
    expect(readIfThere(join(folder.path, 'ran'))).toBe('');
  });

  it('keeps the beginning of stdout and the end of stderr, and drops the rest', async () => {
    const end = await run('seq 1 100000; seq 1 100000 >&2', { outputBytesMax: 1000 });
    expect(end.stdout).toHaveLength(1000);
    expect(end.stdout.startsWith('1\n2\n3\n')).toBe(true);
    expect(end.stderr).toHaveLength(1000);
    expect(end.stderr.endsWith('99999\n100000\n')).toBe(true);
  });

  it('reads to the end what a program wrote just before it ended', async () => {
    const end = await run('head -c 60000 /dev/zero | tr "\\0" x');
    expect(end.stdout).toHaveLength(60_000);
  });

  it('does not wait for a service that holds its output open, and leaves it alone', async () => {
    const end = await run(`(trap 'echo alive > "$FOLDER/answer"' USR1
      echo $BASHPID > "$FOLDER/service"; while [ ! -e "$FOLDER/answer" ]; do echo noise; sleep 0.05; done) & exit 0`);
    expect(end).toMatchObject({ kind: 'exited', code: 0 });
    const pid = await pidIn('service');
    process.kill(pid, 'SIGUSR1');
    await until('the service answers', () => readIfThere(join(folder.path, 'answer')) === 'alive\n');
    await until('the service ends', () => readProcess(pid) === null);
  });
});
