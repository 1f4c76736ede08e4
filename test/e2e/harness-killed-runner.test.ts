import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Lab } from './harness/lab.js';
import { describeWithLab } from './harness/describe-with-lab.js';
import { waitUntil } from './harness/wait-until.js';

const HARNESS = fileURLToPath(new URL('harness/', import.meta.url));

/** A test runner in small: starts a lab, tells of it, and never ends. */
const RUNNER = `
import { Lab } from './lab.js';
const lab = await Lab.start({ hosts: ['lb1', 'lb2'] });
const lb1 = lab.host('lb1');
await lb1.spawn(['sleep', '1007']);
const { stdout } = await lb1.exec(['readlink', '/proc/self/ns/pid']);
console.log(JSON.stringify([lab.folder, stdout.trim()]));
setInterval(() => {}, 1000);
`;

describeWithLab('a test runner killed with SIGKILL', () => {
  let program: string;

  beforeEach(() => {
    program = mkdtempSync(join(tmpdir(), 'fairlead-killed-runner-'));
    for (const name of readdirSync(HARNESS).filter(
      (file) => file.endsWith('.ts') && !['prerequisites.ts', 'describe-with-lab.ts'].includes(file),
    )) {
      const { outputText } = typescript.transpileModule(readFileSync(join(HARNESS, name), 'utf8'), {
        compilerOptions: { target: typescript.ScriptTarget.ES2022, module: typescript.ModuleKind.ESNext },
      });
      writeFileSync(join(program, name.replace(/\.ts$/, '.js')), outputText);
    }
    writeFileSync(join(program, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(program, 'runner.js'), RUNNER);
  });

  afterEach(() => {
    rmSync(program, { recursive: true, force: true });
  });

  it('leaves no process, and its folder goes with the next lab', async () => {
    const runner = spawn(process.execPath, [join(program, 'runner.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    runner.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
    await waitUntil('the lab of the runner', () => told.includes('\n'), { timeoutMs: 30_000 });
    const [folder = '', pidNamespace = ''] = told.trim().slice(2, -2).split('","');
    expect(processesIn(pidNamespace).length).toBeGreaterThanOrEqual(2);
    expect(existsSync(folder)).toBe(true);

    const ended = once(runner, 'exit');
    runner.kill('SIGKILL');
    await ended;

    await waitUntil('the end of its hosts', () => processesIn(pidNamespace).length === 0, { timeoutMs: 10_000 });
    const next = await Lab.start({ hosts: [] });
    const [isLeft, isThere] = [existsSync(folder), existsSync(next.folder)];
    await next.close();
    expect({ isLeft, isThere }).toEqual({ isLeft: false, isThere: true });
  });
});

/** The machine's processes in one process namespace. */
function processesIn(pidNamespace: string): string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/ns/pid`) === pidNamespace;
    } catch {
      return false; // It ended while we looked.
    }
  });
}
