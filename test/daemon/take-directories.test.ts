/** Who has the directories of a daemon, among real processes. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtProgram } from '../agents/harness/build-programs.js';
import { freshFolder, writeScript } from '../agents/harness/folder.js';
import { describeWith } from '../agents/harness/requirements.js';
import type { TakerSettings } from './take-directories-main.js';

/** A process that takes the directories. */
interface Taker {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** `taken`, or why not. */
  readonly answer: string;
  /** Has it do something and resolves with what it tells. */
  order(word: string): Promise<string>;
}

/** How long one that is about to end is waited for, at least. */
const WAITED_MS = 4000;

let folder: ReturnType<typeof freshFolder>;
let program: string;
let started: Taker['process'][];

beforeEach(async () => {
  folder = freshFolder();
  started = [];
  program = await builtProgram('directory-taker', new URL('./take-directories-main.ts', import.meta.url));
});

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  folder.remove();
});

const at = (name: string): string => join(folder.path, name);

/** Starts one with the usual places but for those that are given, and waits until it has tried. */
async function taker(
  places: Partial<TakerSettings> = {},
  options: { readonly under?: readonly string[]; readonly path?: string } = {},
): Promise<Taker> {
  const usual = { stateDir: at('state'), runDir: at('run'), socketPath: at('control.sock'), startAtMs: null };
  const settings: TakerSettings = { ...usual, ...places };
  const [first = '', ...rest] = [...(options.under ?? []), process.execPath, program, JSON.stringify(settings)];
  const child = spawn(first, rest, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: options.path ?? process.env.PATH },
  });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  return {
    process: child,
    answer: await line(),
    order: (word) => {
      child.stdin.write(`${word}\n`);
      return line();
    },
  };
}

async function kill({ process: child }: Taker): Promise<void> {
  const end = once(child, 'exit');
  child.kill('SIGKILL');
  await end;
}

const refusal = (what: string, path: string, other: Taker): string =>
  `the ${what} directory "${path}" is that of another daemon, process ${other.process.pid}; stop it first, or give this one its own --state-dir, --run-dir and --socket`;

describe('S1 the directories of a daemon', () => {
  test('are one of those that start together', async () => {
    for (let round = 0; round < 5; round += 1) {
      // What a killed daemon leaves.
      await kill(await taker());
      const startAtMs = Date.now() + 600;
      const takers = await Promise.all([1, 2, 3, 4].map(() => taker({ startAtMs })));
      const winner = takers.find(({ answer }) => answer === 'taken');
      expect(winner).toBeDefined();
      const others = takers.filter((each) => each !== winner).map(({ answer }) => answer);
      expect(others).toEqual(Array(3).fill(winner && refusal('state', at('state'), winner)));
      if (winner !== undefined) await kill(winner);
    }
  });

  test('are refused to each that shares one of them, at once', async () => {
    const first = await taker();
    const socketPath = at('other.sock');
    writeScript(at('bin/flock'), `#!/bin/sh\necho >> ${at('looks')}; PATH="${process.env.PATH}" exec flock "$@"\n`);
    const path = `${at('bin')}:${process.env.PATH}`;
    const same = await taker({}, { path });
    const oneState = await taker({ runDir: at('other-run'), socketPath }, { path });
    const oneRun = await taker({ stateDir: at('other-state'), socketPath }, { path });
    // The last one had its state directory at the first look.
    expect(readFileSync(at('looks'), 'utf8')).toBe('\n'.repeat(1 + 1 + 2));
    expect([same.answer, oneState.answer, oneRun.answer]).toEqual([
      refusal('state', at('state'), first),
      refusal('state', at('state'), first),
      refusal('run', at('run'), first),
    ]);
  });

  test('are refused by another name, too', async () => {
    const first = await taker();
    symlinkSync(at('state'), at('link'));
    const second = await taker({ stateDir: at('link'), runDir: at('other-run') });
    expect(second.answer).toBe(refusal('state', at('link'), first));
  });

  test('are free when the process was killed, whatever it started lives on', async () => {
    const first = await taker();
    const child = Number(await first.order('child'));
    await kill(first);
    const second = await taker();
    expect(second.answer).toBe('taken');
    process.kill(child, 'SIGKILL');
  });

  test('are waited for where the other is about to end', async () => {
    const first = await taker();
    expect(await first.order('close')).toBe('closed');
    const second = taker();
    first.process.stdin.write('end\n');
    expect((await second).answer).toBe('taken');
  });

  test('are refused when the other does not end for all that', async () => {
    const first = await taker();
    expect(await first.order('close')).toBe('closed');
    const atMs = performance.now();
    expect((await taker()).answer).toBe(refusal('state', at('state'), first));
    expect(performance.now() - atMs).toBeGreaterThan(WAITED_MS);
  });

  test('are as they were before where they are refused', async () => {
    await taker();
    const oneRun = await taker({ stateDir: at('others/state'), socketPath: at('other.sock') });
    expect(oneRun.answer).toContain('the run directory');
    expect(existsSync(at('others'))).toBe(false);
  });

  test('S1 are made anew by who waited for one that removed what it had made, and are its own then', async () => {
    const first = await taker({ stateDir: at('others/state'), runDir: at('others/run') });
    expect(await first.order('close')).toBe('closed');
    const second = taker({ stateDir: at('others/state'), runDir: at('others/run') });
    // It has opened what is about to go.
    await setTimeout(1000);
    first.process.stdin.write('refuse\n');
    const { process: child, answer, order } = await second;
    expect(answer).toBe('taken');
    const third = await taker({ stateDir: at('others/state'), runDir: at('others/run') });
    expect(third.answer).toBe(refusal('state', at('others/state'), { process: child, answer, order }));
  });

  test('have nothing in them that could be removed by mistake', async () => {
    await taker();
    expect([readdirSync(at('state')), readdirSync(at('run'))]).toEqual([[], []]);
  });

  test('may be one', async () => {
    expect((await taker({ runDir: at('state') })).answer).toBe('taken');
  });

  test('that stand side by side are in the way of nobody', async () => {
    await taker();
    const other = { stateDir: at('other-state'), runDir: at('other-run'), socketPath: at('other.sock') };
    expect((await taker(other)).answer).toBe('taken');
  });
});

describe('a directory that cannot be taken', () => {
  test('because it cannot be made, is named', async () => {
    writeFileSync(at('state'), '');
    expect((await taker()).answer).toContain(`cannot make the directory "${at('state')}"`);
  });

  test('for want of the program, says what to install', async () => {
    expect((await taker({}, { path: at('nothing') })).answer).toBe(
      `the state directory "${at('state')}" cannot be locked: there is no program "flock" on the PATH; install util-linux`,
    );
  });

  test('for another reason, says it', async () => {
    mkdirSync(at('bin'));
    writeScript(at('bin/flock'), '#!/bin/sh\necho "flock: 3: no locks available" >&2; exit 1\n');
    expect((await taker({}, { path: at('bin') })).answer).toBe(
      `the state directory "${at('state')}" cannot be locked: flock: 3: no locks available`,
    );
    writeScript(at('bin/flock'), '#!/bin/sh\nkill -9 $$\n');
    expect((await taker({}, { path: at('bin') })).answer).toContain('flock ended with SIGKILL');
  });
});

describeWith('with namespaces and as root', { namespaces: ['--net', '--mount', '--pid'] }, () => {
  test('S1 they are refused from another network and another mount namespace', async () => {
    const first = await taker();
    const second = await taker({}, { under: ['unshare', '--net', '--mount'] });
    expect(second.answer).toBe(refusal('state', at('state'), first));
  });

  test('S1 they are refused to a container that does not see the other, without its name', async () => {
    await taker();
    const second = await taker({}, { under: ['unshare', '--pid', '--fork', '--mount-proc'] });
    expect(second.answer).toContain(`the state directory "${at('state')}" is that of another daemon; stop it first`);
  });

  test('one that cannot be opened is named', async () => {
    mkdirSync(at('run'), { mode: 0 });
    // Even root may not open it then.
    const under = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
    expect((await taker({ stateDir: at('other') }, { under })).answer).toBe(
      `the run directory "${at('run')}" cannot be opened: permission denied; check its owner and mode (EACCES)`,
    );
  });
});
