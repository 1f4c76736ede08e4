/** The programs that the guard's tests start. */
import { beforeAll } from 'vitest';
import { buildInto } from '../../agents/harness/build-programs.js';
import { freshFolder } from '../../agents/harness/folder.js';

/** Paths of built programs. */
export interface Programs {
  readonly guard: string;
  readonly writer: string;
}

/** Builds them before the tests of a file, and removes them after; to be called at the top of the file. Shape: asked only within tests. */
export function builtPrograms(): () => Programs {
  let programs: Programs | null = null;
  beforeAll(async () => {
    const folder = freshFolder();
    const pathOf = await buildInto(folder.path, {
      guard: new URL('../../../src/guard/main.ts', import.meta.url),
      writer: new URL('./writer-main.ts', import.meta.url),
    });
    programs = { guard: pathOf('guard'), writer: pathOf('writer') };
    return () => folder.remove();
  });
  return () => {
    if (programs === null) throw new Error('the programs are not built yet');
    return programs;
  };
}
