import { randomStream } from '../../src/base/random.js';
import { FeedControl } from './feed-control.js';
import { FeedWithKey } from './feed-with-key.js';
import { FeedWithoutKey } from './feed-without-key.js';
import { Findings } from './findings.js';
import type { FuzzOptions } from './fuzz-options.js';
import { Memory } from './memory.js';

/** Parts of all inputs; the rest comes from who has no key. */
const WITH_KEY = 0.1;
const REQUESTS = 0.02;

/** What came of a run. Shape: `heapGrowthMiB` is null where the garbage collector cannot be asked. */
export interface FuzzRun {
  readonly findings: Findings;
  readonly largestMind: number;
  readonly heapGrowthMiB: number | null;
  readonly tookMs: number;
}

/** Feeds as many inputs as were asked for, each kind its part. */
export async function feed(options: FuzzOptions & { readonly tell?: (line: string) => void }): Promise<FuzzRun> {
  const { inputs, seed, tell = () => undefined } = options;
  const fromMs = performance.now();
  const findings = new Findings();
  const memory = new Memory(findings);
  const until = async (what: string, count: number, round: () => void | Promise<void>): Promise<void> => {
    const begun = findings.inputs;
    let toldMs = performance.now();
    while (findings.inputs - begun < count) {
      await round();
      memory.look((findings.inputs - begun) / count);
      if (performance.now() - toldMs < 10_000) continue;
      toldMs = performance.now();
      tell(`${what}: ${findings.inputs - begun} of ${count}`);
    }
    memory.forget();
  };
  const requests = Math.round(inputs * REQUESTS);
  const withKey = Math.round(inputs * WITH_KEY);

  const control = await FeedControl.start({ stream: randomStream(seed), findings, seed });
  try {
    await until('requests', requests, () => control.round());
  } finally {
    await control.close();
  }
  const keyed = new FeedWithKey({ stream: randomStream(seed + 1), findings, seed });
  await until('with the key', withKey, () => keyed.round());
  keyed.finish();
  const keyless = new FeedWithoutKey({ stream: randomStream(seed + 2), findings, seed });
  await until('without the key', inputs - requests - withKey, () => keyless.round());
  keyless.finish();
  return {
    findings,
    largestMind: keyed.largestMind,
    heapGrowthMiB: memory.growthMiB,
    tookMs: performance.now() - fromMs,
  };
}
