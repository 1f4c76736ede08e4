/**
 * Feeds changed datagrams and requests to the shipped codec, driver, mind and control server.
 *
 * `npm run fuzz -- --inputs N [--seed S]`. The last line is `N inputs, V violations`; the exit code is 1 on any violation.
 */
import { feed } from './feed.js';
import { readOptions, usage } from './fuzz-options.js';

/** Runs the command. Returns its exit code. */
async function fuzz(words: readonly string[]): Promise<number> {
  const options = readOptions(words);
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`);
    return 64;
  }
  const { findings, largestMind, heapGrowthMiB, tookMs } = await feed({
    ...options,
    tell: (line) => console.error(line),
  });
  const { fed, answers, violations, violationCount, inputs } = findings;
  for (const [kind, count] of fed.entries()) {
    console.log(`${String(count).padStart(9)}  ${kind}`);
    const how = answers.entries().filter(([name]) => name.startsWith(`${kind}: `));
    for (const [name, times] of how)
      console.log(`${' '.repeat(11)}${String(times).padStart(9)}  ${name.slice(kind.length + 2)}`);
  }
  for (const { input, sentence } of violations)
    console.log(`violation at input ${input} of seed ${options.seed}: ${sentence}`);
  console.log(`largest mind: ${largestMind} characters`);
  if (heapGrowthMiB !== null) console.log(`largest growth of the heap: ${heapGrowthMiB.toFixed(1)} MiB`);
  console.log(`speed: ${((inputs / tookMs) * 1000).toFixed(0)} inputs per second`);
  console.log(`${inputs} inputs, ${violationCount} violations`);
  return violationCount > 0 ? 1 : 0;
}

process.exitCode = await fuzz(process.argv.slice(2));
