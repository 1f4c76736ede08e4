/** Builds the programs that tests start, since Node does not read TypeScript. */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { inject } from 'vitest';

/** Builds a program, or finds it as another file of this run has built it; returns its path. Shape: one name, one source. */
export async function builtProgram(name: string, source: URL): Promise<string> {
  const folder = inject('programsFolder');
  const path = join(folder, name, 'main.mjs');
  if (existsSync(path)) return path;
  const unfinished = mkdtempSync(join(folder, 'unfinished-'));
  await buildInto(unfinished, { main: source });
  try {
    renameSync(unfinished, join(folder, name));
  } catch (error) {
    if (!existsSync(path)) throw error;
    // Another file built it at the same time.
    rmSync(unfinished, { recursive: true });
  }
  return path;
}

/**
 * Builds each into one folder.
 *
 * Shape: `sources` are the paths of the main modules by the names of the programs. Returns the path of a program by its name.
 */
export async function buildInto<Name extends string>(
  folder: string,
  sources: Readonly<Record<Name, URL>>,
): Promise<(name: Name) => string> {
  const input: Record<string, string> = {};
  for (const name in sources) input[name] = fileURLToPath(sources[name]);
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
      rollupOptions: { input, output: { entryFileNames: '[name].mjs' } },
    },
  });
  return (name) => join(folder, `${name}.mjs`);
}
