import type { ClusterSpec } from '../model/cluster-spec.js';
import { play } from './play.js';
import type { Fault, Schedule } from './schedule.js';
import type { SpecText } from './spec-library.js';

/** Plays of smaller schedules, at most. */
const PLAYS_MAX = 600;

/** A schedule made smaller. */
export interface Shrunk {
  readonly schedule: Schedule;
  /** Smaller schedules that were played. */
  readonly plays: number;
}

/**
 * The smallest schedule that can be found by leaving things out of one that breaks a rule, and that still breaks that rule.
 *
 * Faults go first, many at once and then one by one; then nodes and groups, out of the first spec and out of every edit, and what is odd about clocks and the network. What chance decides meanwhile comes of the same seed, but falls otherwise where less happens.
 */
export function shrink(schedule: Schedule, rule: string): Shrunk {
  let smallest = schedule;
  let plays = 0;
  const tries = (candidate: Schedule): boolean => {
    if (plays >= PLAYS_MAX) return false;
    plays += 1;
    if (!breaks(candidate, rule)) return false;
    smallest = candidate;
    return true;
  };
  for (let isSmaller = true; isSmaller && plays < PLAYS_MAX; ) {
    isSmaller = dropFaults(() => smallest, tries);
    for (const { id } of smallest.hosts) if (tries(withoutNode(smallest, id))) isSmaller = true;
    for (const { id } of smallest.firstSpec.groups) if (tries(withoutGroup(smallest, id))) isSmaller = true;
    for (const calmer of calmerThan(smallest)) if (tries(calmer)) isSmaller = true;
  }
  return { schedule: smallest, plays };
}

function breaks(schedule: Schedule, rule: string): boolean {
  try {
    return play(schedule).breaches[0]?.rule === rule;
  } catch {
    // What was left out was needed for the cluster to be one.
    return false;
  }
}

/** Halves, quarters and so on, down to each fault by itself. Returns whether anything could go. */
function dropFaults(present: () => Schedule, tries: (candidate: Schedule) => boolean): boolean {
  let isSmaller = false;
  for (let size = Math.ceil(present().faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < present().faults.length; ) {
      const { faults } = present();
      const left = faults.filter((_, index) => index < from || index >= from + size);
      if (tries({ ...present(), faults: left })) isSmaller = true;
      else from += size;
    }
  }
  return isSmaller;
}

function withoutNode(schedule: Schedule, id: string): Schedule {
  return {
    ...schedule,
    ...withSpecs(schedule, (spec) => ({ ...spec, nodes: spec.nodes.filter((node) => node.id !== id) })),
    hosts: schedule.hosts.filter((host) => host.id !== id),
  };
}

function withoutGroup(schedule: Schedule, id: string): Schedule {
  const without = (uses: ClusterSpec['groups'][number]['after']) => uses.filter((use) => use.id !== id);
  return {
    ...schedule,
    ...withSpecs(schedule, (spec) => ({
      ...spec,
      groups: spec.groups
        .filter((group) => group.id !== id)
        .map((group) => ({
          ...group,
          after: without(group.after),
          with: without(group.with),
          apart: without(group.apart),
        })),
      resources: spec.resources.filter((resource) => resource.group !== id),
    })),
  };
}

function withSpecs(
  { first, firstSpec, faults }: Schedule,
  change: (spec: ClusterSpec) => ClusterSpec,
): Pick<Schedule, 'first' | 'firstSpec' | 'faults'> {
  const changed = (text: SpecText): SpecText => (text.spec === null ? text : { ...text, spec: change(text.spec) });
  return {
    first: changed(first),
    firstSpec: change(firstSpec),
    faults: faults.map((fault): Fault => (fault.kind === 'edit' ? { ...fault, text: changed(fault.text) } : fault)),
  };
}

function calmerThan(schedule: Schedule): Schedule[] {
  const { hosts, weather } = schedule;
  const calm: Schedule[] = [];
  if (weather.loss + weather.duplication + weather.late > 0)
    calm.push({ ...schedule, weather: { loss: 0, duplication: 0, late: 0, lateMs: 0, delayMs: weather.delayMs } });
  if (hosts.some((host) => host.rate !== 1))
    calm.push({ ...schedule, hosts: hosts.map((host) => ({ ...host, rate: 1 })) });
  return calm;
}
