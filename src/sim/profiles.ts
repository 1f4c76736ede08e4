import type { RandomStream } from '../base/random.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { EditKind } from './random-edit.js';
import type { Breed } from './random-spec.js';
import type { Fault, FaultKind } from './schedule.js';
import type { Quirks } from './sim-agents.js';

/** Where and when a scene is played. Shape: its faults come from `fromMs` on. */
export interface SceneOptions {
  readonly spec: ClusterSpec;
  readonly fromMs: number;
}

/** Kinds of trouble that a schedule is made of, each with the weights of its faults. */
export interface Profile {
  readonly name: string;
  readonly faults: Partial<Record<FaultKind, number>>;
  /** Shape: fewest and most faults. */
  readonly count: readonly [number, number];
  /** Edits are of these kinds; of all where it is absent. */
  readonly edits?: readonly EditKind[];
  /** Calls that go wrong are of these kinds; of all where it is absent. */
  readonly quirks?: readonly (keyof Quirks)[];
  /** Soon after each edit a machine is cut off from all others, in so many of all cases. */
  readonly cutAfterEdit?: number;
  /** Longest downtime of a machine that loses power, when all of them are short. */
  readonly downMsMax?: number;
  /** Clocks go wrong by so many times their bound; 1 where it is absent. */
  readonly rateFactor?: number;
  /** Faults that belong together, besides those by chance. */
  readonly scene?: (random: RandomStream, options: SceneOptions) => readonly Fault[];
  /** Clusters have nodes to spare, so that the voters can change, or every node of them can be fenced; plain ones where it is absent. */
  readonly breed?: Exclude<Breed, 'plain'>;
  /** Longest time that a process or machine stands still, in leases; 3 and 4 where it is absent. */
  readonly stillLeasesMax?: number;
  /** No fence device does anything before everything heals. */
  readonly isFenceBroken?: true;
  /** Clocks go far outside their bound, so that only what rests on none is judged; every group needs fencing. */
  readonly isWild?: true;
}

/** Everything, by the weights of its faults. */
export const MIXED: Profile['faults'] = {
  'host-crash': 10,
  'daemon-kill': 16,
  leave: 4,
  pause: 8,
  freeze: 4,
  cut: 24,
  weather: 8,
  'disk-full': 4,
  vanish: 5,
  spoil: 4,
  quirk: 8,
  'ping-lost': 4,
  edit: 14,
  retry: 2,
  'wall-step': 2,
  rate: 5,
};

/** Voters change, several times and under cuts, kills and crashes. */
export const VOTER_CHANGES: Profile = {
  name: 'voter changes',
  faults: {
    edit: 9,
    cut: 6,
    'daemon-kill': 4,
    'host-crash': 2,
    pause: 1,
    freeze: 1,
    weather: 1,
    rate: 1,
    'disk-full': 1,
  },
  count: [10, 26],
  edits: ['other voters', 'other voters', 'other voters', 'standby', 'lease length', 'stop budget'],
  cutAfterEdit: 0.5,
  breed: 'wide',
};

/** The cluster itself is made into another one, under cuts, kills and crashes. */
export const RESHAPING: Profile = {
  name: 'reshaping',
  faults: { edit: 10, cut: 6, 'daemon-kill': 5, 'host-crash': 2, pause: 1, 'disk-full': 1, leave: 1, quirk: 1 },
  count: [10, 24],
  edits: [
    'role',
    'role',
    'stop timeout',
    'stop timeout',
    'agent',
    'rename group',
    'strictness',
    'remove node',
    'return node',
    'return node',
    'other voters',
    'move resource',
  ],
  cutAfterEdit: 0.4,
  breed: 'wide',
};

/** The same where all can be fenced. */
export const FENCED_RESHAPING: Profile = { ...RESHAPING, name: 'fenced reshaping', breed: 'fenced' };

/** What the schedule of a seed is made of, one of them drawn by the seed, but for those about fencing. */
export const PROFILES: readonly Profile[] = [
  { name: 'mixed', faults: MIXED, count: [5, 16] },
  { name: 'mixed', faults: MIXED, count: [5, 16] },
  { name: 'network', faults: { cut: 10, weather: 3, rate: 1 }, count: [8, 24] },
  { name: 'crashes', faults: { 'host-crash': 4, 'daemon-kill': 6, cut: 3, weather: 1 }, count: [6, 18] },
  { name: 'voters', faults: { 'daemon-kill': 5, 'host-crash': 4, cut: 9 }, count: [14, 30] },
  { name: 'edits', faults: { edit: 8, 'daemon-kill': 2, cut: 3, 'host-crash': 1, retry: 1 }, count: [6, 14] },
  { name: 'stand-still', faults: { pause: 6, freeze: 4, cut: 4, weather: 1 }, count: [5, 14] },
  VOTER_CHANGES,
  {
    name: 'agents',
    faults: { quirk: 8, vanish: 4, spoil: 3, cut: 3, 'daemon-kill': 2, edit: 2, 'ping-lost': 2 },
    count: [8, 20],
  },
];

/** Nodes are fenced, by devices that answer late, wrongly or never, while machines stand still for long. */
export const FENCING: Profile = {
  name: 'fencing',
  faults: {
    'host-crash': 5,
    'daemon-kill': 6,
    cut: 10,
    pause: 4,
    freeze: 5,
    weather: 2,
    quirk: 5,
    edit: 4,
    leave: 2,
    'disk-full': 1,
    rate: 1,
  },
  count: [8, 20],
  edits: ['standby', 'stop group', 'lease length', 'stop budget', 'other voters'],
  quirks: ['stopFails', 'stopHangs'],
  breed: 'fenced',
  stillLeasesMax: 10,
};

/** The same with clocks that nobody can rely on. */
export const WILD_FENCING: Profile = {
  name: 'fencing with wild clocks',
  faults: { 'host-crash': 6, cut: 8, pause: 5, freeze: 8, rate: 5, edit: 2, 'daemon-kill': 2 },
  count: [10, 22],
  edits: ['standby', 'other voters'],
  breed: 'fenced',
  stillLeasesMax: 16,
  rateFactor: 6,
  isWild: true,
};

/** Of so many seeds that follow each other, some have these profiles, and the others draw theirs. */
export const DEALT_EVERY = 14;
export const DEALT: ReadonlyMap<number, Profile> = new Map([
  [0, WILD_FENCING],
  [3, RESHAPING],
  [7, FENCING],
  [10, FENCED_RESHAPING],
]);

/** Every profile by which a seed's schedule can be made. */
export const allProfiles: readonly Profile[] = [...PROFILES, FENCING, WILD_FENCING, RESHAPING, FENCED_RESHAPING];

/** The names of the profiles. */
export const profileNames: readonly string[] = [...new Set(allProfiles.map((profile) => profile.name))];
