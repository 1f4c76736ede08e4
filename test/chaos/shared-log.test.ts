import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SharedLog } from './shared-log.js';

let folder = '';
let log = new SharedLog();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-log-'));
  log = new SharedLog();
  await log.listen(join(folder, 'log.sock'));
});

afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One writer's whole life; resolves when the log has taken all of it. */
function write(lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(folder, 'log.sock'));
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.resume();
    socket.end(`${lines.join('\n')}\n`);
  });
}

it('writers one after another are no violation', async () => {
  await write(['lb1 7 1000.5 -', 'lb1 7 1010.5 1']);
  await write(['lb2 7 1011.5 -', 'lb2 7 1020.5 2']);
  await write(['lb2 9 1015.5 -']);
  expect(log.violations()).toEqual([]);
  expect(log.tenures().map(({ host }) => host)).toEqual(['lb1', 'lb2', 'lb2']);
});

it('two writers at once are one, however the log heard of them', async () => {
  await write(['lb2 7 1005.5 -', 'lb2 7 1020.5 -']);
  await write(['lb1 7 1000.5 -', 'lb1 7 1010.5 -']);
  expect(log.violations()).toEqual(['lb1 and lb2 wrote at once for 5.0 ms']);
});

it('a number that is written after a later one is one', async () => {
  await write(['lb1 7 1000.5 4']);
  await write(['lb2 7 1001.5 3']);
  expect(log.violations()).toEqual(['lb2 wrote 3 after lb1 had written 4']);
});
