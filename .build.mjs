/**
 * Bundles the programs into dist/, one file for each and chunks for what they share: a command then opens a dozen files rather than two hundred.
 *
 * Chunks stand one folder deep like the rooms of the sources, so that `../` of a module leads to the same place. Of the packages `yaml` is bundled, whose eighty files every command would open, and what is used of the AWS SDK, which is twenty times as large; their licences are put beside.
 */
import { chmodSync, copyFileSync } from 'node:fs';
import { writeShims } from './src/shims/write-shims.mjs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  configFile: false,
  logLevel: 'warn',
  root: at('.'),
  ssr: { noExternal: ['yaml', 'tslib', /^@aws-sdk\//, /^@aws\//, /^@smithy\//] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: {
        'cli/main': at('src/cli/main.ts'),
        'daemon/spec-worker': at('src/daemon/spec-worker.ts'),
        'guard/main': at('src/guard/main.ts'),
        'aws/ec2-worker': at('src/agents/aws/ec2-worker.ts'),
        'shims/main': at('src/shims/main.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
copyFileSync(at('node_modules/yaml/LICENSE'), at('dist/LICENSE-yaml'));
copyFileSync(at('node_modules/@aws-sdk/client-ec2/LICENSE'), at('dist/LICENSE-aws-sdk'));
chmodSync(at('dist/cli/main.js'), 0o755);
writeShims(at('dist/shims'));
