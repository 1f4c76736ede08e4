import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtProgram } from './harness/build-programs.js';
import { freshFolder } from './harness/folder.js';
import type { NoRoomStep, NoRoomStory } from './harness/no-room-main.js';
import { operation, resource } from './harness/operation.js';

/** More than Node needs for itself, and soon taken. */
const DESCRIPTORS = 64;

const COMMANDS = { start: ['true'], stop: ['true'], monitor: ['true'] };

describe('without a file descriptor left', () => {
  let program: string;
  let folder: ReturnType<typeof freshFolder>;
  beforeAll(async () => {
    program = await builtProgram('no-room', new URL('./harness/no-room-main.ts', import.meta.url));
  });
  beforeEach(() => {
    folder = freshFolder();
  });
  afterEach(() => {
    folder.remove();
  });

  /** Errors: rejects when the program does not come to its end. */
  async function story(...steps: readonly NoRoomStep[]): Promise<NoRoomStory> {
    const words = [`ulimit -n ${DESCRIPTORS}; exec "$@"`, 'sh', process.execPath, program];
    const told = await promisify(execFile)('sh', ['-c', ...words, folder.path, JSON.stringify(steps)], {
      timeout: 30_000,
    });
    return JSON.parse(told.stdout);
  }

  it.each([
    ['own commands', resource('script', COMMANDS), '"true"'],
    ['an address', resource('builtin:vip', { address: '10.9.9.9/32', interface: 'lo' }), '"ip"'],
  ])('nothing is known of %s, rather than that it is broken', async (_, of, what) => {
    const { outcomes } = await story(
      { kind: 'take', left: 0 },
      { kind: 'run', operation: operation('probe', of) },
      { kind: 'run', operation: operation('monitor', of) },
    );
    const nothing = { kind: 'unknown', reason: expect.stringContaining(`no room on this machine to run ${what}`) };
    expect(outcomes).toEqual([nothing, nothing]);
  });

  it('the stop of a kept process is not believed by what could be read of the table of processes', async () => {
    // So many that the table is not read in one turn.
    const kept = resource('script', { run: ['sh', '-c', 'for i in $(seq 50); do sleep 1000 & done; wait'] });
    const { outcomes } = await story(
      { kind: 'run', operation: operation('start', kept) },
      { kind: 'take', left: 1 },
      { kind: 'take-next-turn' },
      { kind: 'run', operation: operation('stop', kept) },
      { kind: 'give-back' },
      { kind: 'run', operation: operation('probe', kept) },
      { kind: 'run', operation: operation('stop', kept) },
      { kind: 'run', operation: operation('probe', kept) },
    );
    expect(outcomes).toMatchObject([
      { kind: 'done' },
      { kind: 'unknown', reason: expect.stringContaining('EMFILE') },
      { kind: 'running' },
      { kind: 'done' },
      { kind: 'stopped' },
    ]);
  });

  it('a program that overruns its time is ended all the same', async () => {
    const path = join(folder.path, 'runs');
    const hangs = resource('script', { ...COMMANDS, monitor: ['sh', '-c', `touch ${path}; exec sleep 1000`] });
    const { outcomes } = await story(
      { kind: 'take-once', path },
      { kind: 'run', operation: operation('monitor', hangs, { timeoutMs: 3000 }) },
    );
    expect(outcomes).toEqual([{ kind: 'timeout', reason: '"sh" did not end in time and was killed' }]);
  });

  it('addresses are not watched, which is said', async () => {
    const { lost } = await story(
      { kind: 'take', left: 0 },
      { kind: 'watch', resource: resource('builtin:vip', { address: '10.9.9.9/32', interface: 'lo' }) },
      { kind: 'give-back' },
    );
    expect(lost).toEqual(['"ip monitor" cannot be run: spawn ip EMFILE', null]);
  });
});
