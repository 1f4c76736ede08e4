/** Builds the programs that tests start, since Node does not read TypeScript. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

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
