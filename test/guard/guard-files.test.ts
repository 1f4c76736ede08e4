import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readBootId, readProcess } from '../../src/agents/process-table.js';
import { GUARD_FILES, nameSelf, readNamed } from '../../src/guard/guard-files.js';
import { freshFolder } from '../agents/harness/folder.js';

let folder: ReturnType<typeof freshFolder>;
beforeEach(() => {
  folder = freshFolder();
});
afterEach(() => folder.remove());

const daemon = () => readNamed(folder.path, GUARD_FILES.daemon);

function name(process: { readonly pid: number; readonly startTicks: number }, bootId = readBootId()): void {
  writeFileSync(join(folder.path, GUARD_FILES.daemon), JSON.stringify({ ...process, bootId, software: 'fairlead 1' }));
}

it('who names itself is found', () => {
  expect(daemon()).toBeNull();
  nameSelf(folder.path, { file: GUARD_FILES.daemon, software: 'fairlead 1' });
  expect(daemon()).toMatchObject({ pid: process.pid, software: 'fairlead 1' });
});

it('a daemon that is process 1, as in a container, is found as well', () => {
  const first = { pid: 1, startTicks: readProcess(1)?.startTicks ?? 0 };
  name(first);
  expect(daemon()).toEqual({ ...first, software: 'fairlead 1' });
});

it('another process with the same number, or of another boot, is not taken for it', () => {
  const self = { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? 0 };
  name({ ...self, startTicks: self.startTicks + 1 });
  expect(daemon()).toBeNull();
  name(self, 'another');
  expect(daemon()).toBeNull();
  name({ ...self, pid: 0 });
  expect(daemon()).toBeNull();
});
