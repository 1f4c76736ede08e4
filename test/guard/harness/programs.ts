/** The programs that the guard's tests start. */
import { beforeAll } from 'vitest';
import { builtProgram } from '../../agents/harness/build-programs.js';

/** Paths of built programs. */
export interface Programs {
  readonly guard: string;
  readonly writer: string;
}

/** Builds them before the tests of a file; to be called at the top of the file. Shape: asked only within tests. */
export function builtPrograms(): () => Programs {
  let programs: Programs | null = null;
  beforeAll(async () => {
    programs = {
      guard: await builtProgram('guard', new URL('../../../src/guard/main.ts', import.meta.url)),
      writer: await builtProgram('writer', new URL('./writer-main.ts', import.meta.url)),
    };
  });
  return () => {
    if (programs === null) throw new Error('the programs are not built yet');
    return programs;
  };
}
