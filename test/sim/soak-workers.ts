import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { decodeKept } from '../../src/sim/decode-kept.js';
import type { SoakResult, SoakTask } from './soak-task.js';

const WORKER = fileURLToPath(new URL('./soak-worker.js', import.meta.url));

/**
 * A step calls hundreds of small functions, and compiling them into each other at V8's own measure (920) costs more than playing 30 schedules does: with a third of that a process
 * plays its first 30 a third faster, and later ones as fast. `vitest.config.ts` says the same to the tests.
 */
const INLINE_LESS = '--max-inlined-bytecode-size-cumulative=300';

/** Has tasks done by so many processes side by side, each taking the next one when it is done with one. Rejects when a process ends before its time. */
export async function doTasks(
  tasks: readonly SoakTask[],
  options: { readonly jobs: number; readonly onResult: (result: SoakResult) => void },
): Promise<void> {
  const left = [...tasks].reverse();
  const processes = Math.min(options.jobs, tasks.length);
  await Promise.all(Array.from({ length: processes }, () => work(left, options.onResult)));
}

function work(left: SoakTask[], onResult: (result: SoakResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, [], { execArgv: ['--enable-source-maps', INLINE_LESS] });
    const next = (): void => {
      const task = left.pop();
      if (task === undefined) child.disconnect();
      else child.send(JSON.stringify(task));
    };
    child.on('message', (text) => {
      const result = decodeKept<SoakResult>(String(text));
      if (result !== null) onResult(result);
      next();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`a process of the soak ended with ${signal ?? `exit code ${code}`}`));
    });
    next();
  });
}
