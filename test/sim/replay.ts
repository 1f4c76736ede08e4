import { controlSchedule, directedSchedule, mutantOf } from '../../src/sim/directed-schedule.js';
import { play } from '../../src/sim/play.js';
import { randomSchedule } from '../../src/sim/random-schedule.js';
import type { Fault, Schedule } from '../../src/sim/schedule.js';
import { shrink } from '../../src/sim/shrink.js';
import type { SoakOptions } from './soak-options.js';

/** Plays one seed and prints what happens in it, line by line, with what was broken at the end; made as small as it can be where that is asked for. Returns the exit code. */
export function replay(options: SoakOptions): number {
  const seed = options.replay ?? 0;
  const mutant = mutantOf(options.without);
  const control = mutantOf(options.at);
  const whole =
    mutant !== null
      ? directedSchedule(mutant, seed)
      : control !== null
        ? controlSchedule(control, seed)
        : randomSchedule(seed, options.profile);
  const schedule = options.isShrinking ? smaller(whole) : whole;
  const { heartbeat, nodes, groups } = schedule.firstSpec;
  console.log(
    `seed ${seed}, profile "${schedule.profile}"${mutant === null ? '' : `, ${mutant.sentence}`}: ${nodes.length} nodes, ${groups.length} groups, a heartbeat every ${heartbeat.everyMs} ms, leases of ${heartbeat.leaseMs} ms, ${schedule.faults.length} faults until ${schedule.healAtMs} ms`,
  );
  for (const host of schedule.hosts)
    console.log(
      `  ${host.id}: its clock runs at ${host.rate}, its wall clock is off by ${Math.round(host.wallOffsetMs)} ms`,
    );
  const played = play(schedule, { isTraced: true, isTalkative: options.isMessages });
  for (const line of played.trace?.lines ?? []) console.log(line);
  console.log(`trace ${played.trace?.digest() ?? ''}`);
  const [first] = played.breaches;
  if (first === undefined) console.log(`at rest ${played.restAfterMs} ms after healing`);
  else console.log(`${first.rule} is broken at ${(first.atMs / 1000).toFixed(3)} s: ${first.sentence}`);
  console.log(`1 schedules, ${first === undefined ? 0 : 1} violations`);
  return first === undefined ? 0 : 1;
}

/** The smallest part of a schedule that breaks the same rule, with a line about what is left; itself where it breaks none. */
function smaller(whole: Schedule): Schedule {
  const [breach] = play(whole).breaches;
  if (breach === undefined) {
    console.log('it breaks no rule, so nothing is left out of it');
    return whole;
  }
  const { schedule, plays } = shrink(whole, breach.rule);
  console.log(
    `${breach.rule} is broken as well by ${schedule.faults.length} of ${whole.faults.length} faults, ${schedule.hosts.length} of ${whole.hosts.length} nodes and ${schedule.firstSpec.groups.length} of ${whole.firstSpec.groups.length} groups (${plays} smaller schedules were played):`,
  );
  for (const fault of schedule.faults) console.log(`  ${describeFault(fault)}`);
  return schedule;
}

function describeFault(fault: Fault): string {
  const { atMs, kind, ...rest } = fault;
  const words = Object.entries(rest).map(([name, value]) =>
    name === 'text' ? '' : ` ${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  );
  return `${(atMs / 1000).toFixed(3)} s  ${kind}${words.join('')}`;
}
