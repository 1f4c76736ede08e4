/**
 * A runner and processes that it cannot kill.
 *
 * A process that sleeps in the kernel on a dead disk survives KILL. Here the runner is nobody's and the process is root's, so that KILL does not reach it: it is the same to whoever looks for it. The test, which is root's, ends it.
 */
import { chmodSync, copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NeededFile } from './requirements.js';
import { buildRunnerProgram, RunnerProcess } from './runner-process.js';

export const SETPRIV: NeededFile = { path: '/usr/bin/setpriv', debianPackage: 'util-linux' };

/** Words before a program that make it nobody's. */
const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

/** Makes a folder nobody's to write in, and puts into it what makes a process root's and a runner's program. */
export async function folderOfNobody(folder: string): Promise<{
  /** Words before a command of a script that nobody runs; what runs then cannot be killed by nobody. */
  readonly unkillable: string;
  /** Starts a runner that is nobody's, with its state in `of-nobody`. Shape: `path` is where it looks for programs, the test's own by default. */
  readonly newRunner: (path?: string) => RunnerProcess;
}> {
  cpSync(dirname(await buildRunnerProgram()), join(folder, 'program'), { recursive: true });
  const stateDir = join(folder, 'of-nobody');
  mkdirSync(stateDir);
  for (const path of [folder, stateDir]) chmodSync(path, 0o777);
  chmodSync(join(folder, 'program'), 0o755);
  const asRoot = join(folder, 'as-root');
  copyFileSync(SETPRIV.path, asRoot);
  chmodSync(asRoot, 0o4755);
  const settings = { node: 'lb1', stateDir, ocfRoot: folder };
  return {
    unkillable: `${asRoot} --reuid=0 --`,
    newRunner: (path = process.env.PATH ?? '') =>
      new RunnerProcess(join(folder, 'program/main.mjs'), { ...settings, path }, AS_NOBODY),
  };
}
