import type { Run } from './play-seeds.js';

/** Prints what happened in a run: faults by kind, everything else that was counted, how soon there was rest, how fast it was played. */
export function printRun(run: Run): void {
  const entries = run.tally.entries();
  const isFault = (name: string) => name.startsWith('fault: ') || name.startsWith('edit: ');
  console.log('faults and edits:');
  printColumns(entries.filter(([name]) => isFault(name)));
  console.log('what happened:');
  printColumns(entries.filter(([name]) => !isFault(name)));
  const at = (share: number) => `${run.restAfterMs[Math.floor((run.restAfterMs.length - 1) * share)] ?? '-'} ms`;
  console.log(`rest after healing: half within ${at(0.5)}, 99 % within ${at(0.99)}, all within ${at(1)}`);
  const played = run.playedMs / 1000 / Math.max(1, run.schedules);
  console.log(
    `speed: ${perSecond(run, run.wallMs)} schedules per second in all, ${perSecond(run, run.cpuMs)} per second of a core, ${played.toFixed(1)} s of virtual time each`,
  );
}

/** How many schedules a run played in a second of the time that they took. */
export function perSecond({ schedules }: Pick<Run, 'schedules'>, ms: number): string {
  return ((schedules / Math.max(1, ms)) * 1000).toFixed(1);
}

function printColumns(entries: readonly (readonly [string, number])[]): void {
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  for (const [name, count] of entries) console.log(`  ${name.padEnd(width)}  ${String(count).padStart(9)}`);
}
