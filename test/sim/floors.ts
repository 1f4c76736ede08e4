import { editKinds } from '../../src/sim/random-edit.js';
import type { FaultKind } from '../../src/sim/schedule.js';
import type { Run } from './play-seeds.js';

/** Schedules below which chance alone may leave a floor unreached: nothing is asked of fewer. */
const SCHEDULES_MIN = 200;

/**
 * How much must happen, per thousand schedules, for a run to show anything.
 *
 * Source: ours, about half of what seeds 1 to 2000 bring about.
 */
const FAULTS: Readonly<Record<FaultKind, number>> = {
  'host-crash': 500,
  'daemon-kill': 900,
  leave: 40,
  pause: 200,
  freeze: 120,
  cut: 1800,
  weather: 250,
  'disk-full': 40,
  vanish: 100,
  spoil: 60,
  quirk: 300,
  'ping-lost': 30,
  edit: 450,
  retry: 60,
  'wall-step': 20,
  rate: 80,
};

const EVENTS: Readonly<Record<string, number>> = {
  claims: 3000,
  acquisitions: 3000,
  takeovers: 1000,
  'resources moved': 1800,
  'daemon starts': 4000,
  'cuts one way': 900,
  'cuts both ways': 900,
  'frames lost': 50_000,
  'frames repeated': 40_000,
  'frames late': 40_000,
  'calls: start': 5000,
  'calls: stop': 2000,
  'calls: reload': 100,
  'reloads that failed': 15,
  kills: 400,
  'stops that failed': 5,
  'stops that hang': 5,
  'starts that failed': 5,
  'starts that hang': 5,
  'probes that failed': 3,
  'leases moved while their owner stood still': 50,
  'fences done': 60,
  'fences failed': 30,
  'certificates by a fence': 40,
  'certificates by a reboot': 40,
  'certificates heeded': 250,
};

/** Fewest edits of each kind per thousand schedules. */
const EDITS_MIN = 15;

/** Most groups, in thousandths of all schedules, that may be left alone at the end: a checker of rest that excuses everything shows nothing. */
const EXCUSED_MAX = 300;

/** What happened too seldom, a sentence each; none for a run that is too short to tell. */
export function floorsMissed(run: Run): string[] {
  if (run.schedules < SCHEDULES_MIN) return [];
  const perThousand = (name: string) => (run.tally.of(name) / run.schedules) * 1000;
  const floors: [string, number][] = [
    ...Object.entries(FAULTS).map(([kind, floor]): [string, number] => [`fault: ${kind}`, floor]),
    ...Object.entries(EVENTS),
    ...editKinds.map((kind): [string, number] => [`edit: ${kind}`, EDITS_MIN]),
  ];
  const missed = floors
    .filter(([name, floor]) => perThousand(name) < floor)
    .map(
      ([name, floor]) =>
        `${name} ${perThousand(name).toFixed(0)} per thousand schedules, at least ${floor} are asked for`,
    );
  const excused = perThousand('groups excused at the end');
  if (excused > EXCUSED_MAX)
    missed.push(
      `${excused.toFixed(0)} groups per thousand schedules were excused at the end, at most ${EXCUSED_MAX} may be`,
    );
  return missed;
}
