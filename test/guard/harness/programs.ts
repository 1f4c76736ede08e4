/** Builds the programs that the tests start, since Node does not read TypeScript. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Paths of built programs. */
export interface Programs {
  readonly guard: string;
  readonly writer: string;
}

/** Builds them into a folder. */
export async function buildPrograms(folder: string): Promise<Programs> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: {
        input: {
          guard: fileURLToPath(new URL('../../../src/guard/main.ts', import.meta.url)),
          writer: fileURLToPath(new URL('./writer-main.ts', import.meta.url)),
        },
        output: { entryFileNames: '[name].mjs' },
      },
    },
  });
  return { guard: join(folder, 'guard.mjs'), writer: join(folder, 'writer.mjs') };
}
