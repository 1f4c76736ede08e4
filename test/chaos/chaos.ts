/**
 * Breaks a cluster of real daemons in namespaces of its own while a client writes through the virtual address.
 *
 * `npm run chaos -- --seconds N [--seed S]`. The last line is `F faults, T takeovers, longest outage X ms, V violations`; the exit code is 1 on any violation, and when so little happened that it shows nothing.
 */
import { randomStream } from '../../src/base/random.js';
import { missingForLab } from '../e2e/harness/prerequisites.js';
import { missingForChaos } from '../house/prerequisites.mjs';
import { ChaosCluster } from './chaos-cluster.js';
import { readOptions, usage } from './chaos-options.js';
import { faultKinds, Faults } from './faults.js';
import { judge, takeoversOf } from './judge.js';

/** How long a cluster may take to be well before the first fault and after the last one. */
const CALM_MS_MAX = 90_000;

/** Least numbers per second of chaos. Ours: a third of what a busy machine with two cores brings about. */
const LEAST_PER_SECOND = { faults: 0.25, takeovers: 0.03, written: 1 } as const;

/** How many times as long a run may last as was asked for, until it has seen as many takeovers as it must, and every kind of fault: in a minute chance may leave them out. */
const LONGER_MAX = 2;

/** Seconds below which not every kind of fault has its turn. */
const ALL_KINDS_SECONDS = 60;

/** Runs the command. Returns its exit code. */
async function chaos(words: readonly string[]): Promise<number> {
  const options = readOptions(words);
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`);
    return 64;
  }
  const missing = [...missingForLab(), ...missingForChaos()];
  if (missing.length > 0) {
    console.error(`this machine cannot carry the chaos:\n  ${missing.join('\n  ')}`);
    return 69;
  }
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const cluster = await ChaosCluster.start();
  try {
    await cluster.untilCalm(CALM_MS_MAX);
    const begunMs = performance.now();
    const tell = (line: string): void =>
      console.error(`${((performance.now() - begunMs) / 1000).toFixed(1).padStart(7)} s  ${line}`);
    const faults = new Faults(cluster, tell);
    const fromMs = Date.now();
    const fewestTakeovers = leastOf('takeovers', options.seconds);
    const isOver = (): boolean => {
      const passed = (performance.now() - begunMs) / 1000;
      if (isInterrupted || passed > options.seconds * LONGER_MAX) return true;
      const hadAllKinds = options.seconds < ALL_KINDS_SECONDS || faultKinds.every((kind) => faults.tally.of(kind) > 0);
      return passed > options.seconds && hadAllKinds && takeoversOf(cluster.log.tenures()) >= fewestTakeovers;
    };
    await Promise.all(
      cluster.names.map((name, index) =>
        faults.plague(name, { stream: randomStream(options.seed * 31 + index), isOver }),
      ),
    );
    const untilMs = Date.now();
    await faults.mend();
    const unrest = await cluster.untilCalm(CALM_MS_MAX).then(
      () => [],
      (error: unknown) => [
        `no rest after everything was mended: ${error instanceof Error ? error.message : 'unknown'}`,
      ],
    );
    const verdict = await judge(cluster, { fromMs, untilMs });
    const violations = [...verdict.violations, ...unrest];
    let count = 0;
    for (const kind of faultKinds) {
      count += faults.tally.of(kind);
      console.log(`${String(faults.tally.of(kind)).padStart(6)}  ${kind}`);
    }
    console.log(
      `${String(faults.tally.of('wall clock steps seen')).padStart(6)}  of the steps seen in what the daemon says`,
    );
    for (const [how, times] of verdict.ends) console.log(`${String(times).padStart(6)}  daemons ended by ${how}`);
    console.log(`${String(verdict.written).padStart(6)}  numbers written by ${cluster.log.tenures().length} owners`);
    const quiet = tooQuiet(options.seconds, { ...verdict, faults: count });
    if (options.seconds >= ALL_KINDS_SECONDS)
      quiet.push(...faultKinds.filter((kind) => faults.tally.of(kind) === 0).map((kind) => `no "${kind}"`));
    for (const sentence of violations) console.log(`violation: ${sentence}`);
    for (const sentence of quiet) console.log(`too quiet: ${sentence}`);
    console.log(
      `${count} faults, ${verdict.takeovers} takeovers, longest outage ${verdict.longestOutageMs.toFixed(0)} ms, ${violations.length} violations`,
    );
    return violations.length > 0 || quiet.length > 0 ? 1 : 0;
  } finally {
    await cluster.close();
  }
}

function leastOf(name: keyof typeof LEAST_PER_SECOND, seconds: number): number {
  return Math.floor(LEAST_PER_SECOND[name] * seconds);
}

function tooQuiet(
  seconds: number,
  seen: { readonly faults: number; readonly takeovers: number; readonly written: number },
): string[] {
  const names = ['faults', 'takeovers', 'written'] as const;
  return names.flatMap((name) => {
    const least = leastOf(name, seconds);
    return seen[name] < least ? [`${name}: ${seen[name]}, at least ${least} are asked for`] : [];
  });
}

process.exitCode = await chaos(process.argv.slice(2));
