import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Three suites: `unit` and `sim` run their files side by side, the simulated clusters once the unit files are through;
 * `e2e` builds networks on this machine, so its files run strictly one after another, last of all.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/sim/**', 'test/model/**', 'node_modules/**'],
          globalSetup: ['test/agents/harness/programs-folder.ts'],
          // To load the modules anew for each of 250 files takes twice the processor time that the tests take. No test replaces a module or leaves one changed.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Many of them wait for processes, and others compute meanwhile: half as many again as there are cores keep these busy.
          maxWorkers: Math.ceil(availableParallelism() * 1.5),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts', 'test/model/**/*.test.ts'],
          // They compute and wait for nothing, so every core is theirs; vitest alone would leave one out.
          maxWorkers: '100%',
          // As in test/sim/soak-workers.ts, which says why.
          execArgv: ['--max-inlined-bytecode-size-cumulative=300'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/house/require-prerequisites.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
