import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { WorkerThread } from '../../src/daemon/worker-thread.js';

/** A real thread that answers every request, or ends with the first. */
const program = (answers: boolean): string => `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ id }) => ${answers ? "parentPort.postMessage({ id, kind: 'failed', sentence: 'no spec' })" : 'process.exit(1)'});
`;

const threads: WorkerThread[] = [];

afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close();
});

/** Shape: `starts` says of each start in turn what comes of it. */
function threadOf(...starts: readonly ('none' | 'dies' | 'answers')[]): WorkerThread {
  const left = [...starts];
  const thread = new WorkerThread(() => {
    const how = left.shift();
    if (how === 'none') throw new Error('EAGAIN');
    return new Worker(program(how === 'answers'), { eval: true });
  });
  threads.push(thread);
  return thread;
}

const question = { kind: 'decode', text: '', hash: '' } as const;

it('answers that it is broken where the machine has no thread to give, and starts one as soon as there is', async () => {
  const thread = threadOf('none', 'none', 'answers');
  thread.warm();
  expect(await thread.ask(question)).toMatchObject({
    kind: 'broken',
    sentence: 'no worker thread can be started: EAGAIN',
  });
  expect(await thread.ask(question)).toMatchObject({ kind: 'failed', sentence: 'no spec' });
});

it('answers that it is broken when the thread dies over its work, and starts another', async () => {
  const thread = threadOf('dies', 'answers');
  expect(await thread.ask(question)).toMatchObject({ kind: 'broken', sentence: 'the worker thread ended' });
  expect(await thread.ask(question)).toMatchObject({ kind: 'failed', sentence: 'no spec' });
});
