/** The built program with something on its standard input. */
import { spawn } from 'node:child_process';
import type { StdioOptions } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { generateKey } from '../../src/host/keys.js';
import { limits } from '../../src/model/limits.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const FINE = `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: test }
nodes: { a: { addresses: [10.0.0.1] } }
`;

beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error(`"${PROGRAM}" is not there; run \`npm run build\``);
});

/** Validates what is written, and how that ends. */
function validate(
  input: string | Buffer,
  words: readonly string[] = [],
): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, 'validate', '-', '--color', 'never', ...words], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      out += piece;
    });
    // It may have seen enough before all is written.
    child.stdin.on('error', () => undefined).end(input);
    child.once('close', (code) => resolve({ code, out }));
  });
}

describe('a spec on the standard input', () => {
  test('is judged like a file', async () => {
    expect(await validate(FINE)).toEqual({ code: 0, out: 'no problems in 1 file\n' });
    const warned = `${FINE}pings: { gateway: { hosts: [10.0.0.9] } }\n`;
    expect((await validate(warned, ['--strict'])).code).toBe(3);
  });

  test('has its problems told with their places', async () => {
    const { code, out } = await validate(`${FINE}groups: { web: { membres: [x] } }\n`);
    expect(code).toBe(1);
    expect(out).toContain(' --> <stdin>:5:18');
    const { specs } = JSON.parse((await validate('', ['-o', 'json'])).out);
    expect(specs).toMatchObject([{ path: '-', valid: false, problems: [{ place: { file: '<stdin>', line: 1 } }] }]);
  });

  test('that is no text, or too large, is a problem like any other', async () => {
    const { code, out } = await validate(Buffer.from([0xff, 0xfe, 0x00]));
    expect([code, out.split('\n')[0]]).toEqual([1, 'error[unreadable] "<stdin>" is not UTF-8 text; save it as UTF-8']);
    const large = await validate(Buffer.alloc(limits.specBytesMax + 1, '#'));
    expect(large.code).toBe(1);
    expect(large.out).toMatch(/^error\[unreadable\] "<stdin>" is larger than /);
  });
});

describe('a daemon of a lab', () => {
  /** Runs one until it is up, and ends it by SIGTERM or by the end of its standard input. */
  async function run(stdin: 'pipe' | number): Promise<{ code: number | null; err: string }> {
    const folder = mkdtempSync('/dev/shm/fairlead-stdin-');
    const spec = join(folder, 'cluster.yaml');
    writeFileSync(spec, FINE.replace('10.0.0.1', '127.82.0.1').replace('nodes:', 'heartbeat: { port: 7431 }\nnodes:'));
    writeFileSync(join(folder, 'key'), generateKey(), { mode: 0o600 });
    for (const name of ['state', 'run']) mkdirSync(join(folder, name));
    const places = ['--state-dir', join(folder, 'state'), '--run-dir', join(folder, 'run')];
    const words = ['run', spec, '--node', 'a', ...places, '--key-file', join(folder, 'key'), '--lab', '--no-guard'];
    const stdio: StdioOptions = [stdin, 'ignore', 'pipe'];
    const child = spawn(process.execPath, [PROGRAM, ...words], { stdio });
    let err = '';
    let isUp = false;
    const end = (): void => {
      if (stdin === 'pipe') child.stdin?.end();
      else child.kill('SIGTERM');
    };
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      err += piece;
      if (isUp || !err.includes(' is up with revision ')) return;
      isUp = true;
      // Whatever it does wrong with its standard input it does right after that.
      setTimeout(end, 500);
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    rmSync(folder, { recursive: true });
    return { code, err };
  }

  test('ends with its lab', async () => {
    const { code, err } = await run('pipe');
    expect(err).toContain('leaving: everything is handed over first');
    expect(code).toBe(0);
  });

  test('runs on where its standard input is a file', async () => {
    const file = openSync(PROGRAM, 'r');
    const { code, err } = await run(file);
    closeSync(file);
    expect(err).not.toContain('bug in fairlead');
    expect(err).toContain('SIGTERM: handing everything over first');
    expect(code).toBe(0);
  });
});
