import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeControlSocket } from '../../src/control/take-socket.js';
import type { ControlSocket } from '../../src/control/take-socket.js';
import { refuseTakenRunDirectory } from '../../src/daemon/taken-run-directory.js';
import { GUARD_FILES, nameSelf } from '../../src/guard/guard-files.js';
import { freshFolder } from '../agents/harness/folder.js';

let folder: ReturnType<typeof freshFolder>;
let runDir: string;
let socket: ControlSocket;

beforeEach(async () => {
  folder = freshFolder();
  runDir = join(folder.path, 'run');
  mkdirSync(runDir);
  socket = await takeControlSocket(join(folder.path, 'first.sock'));
});

afterEach(async () => {
  await socket.close();
  folder.remove();
});

const second = () => refuseTakenRunDirectory({ runDir, socketPath: join(folder.path, 'second.sock') });

function nameFirst(): string {
  return nameSelf(runDir, { file: GUARD_FILES.daemon, software: 'fairlead 1', socket: socket.path });
}

test('S1 a daemon that lives elsewhere keeps its run directory', async () => {
  nameFirst();
  await expect(second()).rejects.toThrow(
    `the run directory "${runDir}" is that of the daemon that answers on "${socket.path}"`,
  );
});

test('the next daemon at the same socket takes it, since it has taken that', async () => {
  nameFirst();
  await refuseTakenRunDirectory({ runDir, socketPath: socket.path });
});

test("a daemon that answers no more is in nobody's way", async () => {
  nameFirst();
  await socket.close();
  await second();
});

test("a dead daemon is in nobody's way, whoever answers on its socket", async () => {
  const dead = nameFirst().replace(/"startTicks":\d+/, '"startTicks":1');
  writeFileSync(join(runDir, GUARD_FILES.daemon), dead);
  await second();
});

test('a run directory without a daemon is free', async () => {
  await second();
});
