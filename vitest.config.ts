import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** How long a test looks for what it polls: vitest alone would give up after a second, in which a busy machine may not start a program. */
const POLL = { poll: { timeout: 20_000 } };

/**
 * Three suites, one after another; each runs its files side by side. Those of `e2e` build their networks and hosts in namespaces of their own, so two of them do not meet.
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
          expect: POLL,
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
          expect: POLL,
          // They mostly wait. What they print of outages is not asserted, and leases have room for two clusters on two cores; a third file would take it.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
