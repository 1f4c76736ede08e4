import { describe, expect, test } from 'vitest';
import { interruptionsOf } from '../../src/planner/interruption.js';
import { plan } from '../../src/planner/plan.js';
import { votesOf } from '../../src/planner/plan-summary.js';
import { buildObserved, buildSpec } from './build-spec.js';
import type { GroupWish, NodeWish, ObservedWish } from './build-spec.js';

const NODES = { lb1: 'online quorate', lb2: 'online quorate', wit: 'online quorate' };
const MEMBERS: Readonly<Record<string, NodeWish>> = { lb1: {}, lb2: {}, wit: { role: 'witness' } };
const STANDBY: Readonly<Record<string, NodeWish>> = { ...MEMBERS, lb1: { state: 'standby' } };

/** What is interrupted in a cluster whose heartbeats come every 500 ms. */
function interruptions(options: {
  readonly nodes?: Readonly<Record<string, NodeWish>>;
  readonly groups: Readonly<Record<string, GroupWish>>;
  readonly observed: Partial<ObservedWish>;
  readonly startsPerNodeMax?: number;
}) {
  const { nodes = STANDBY, groups, startsPerNodeMax = 8 } = options;
  const spec = { ...buildSpec({ nodes, groups }), startsPerNodeMax };
  const observed = buildObserved(spec, { self: 'lb2', nodes: NODES, rest: 'stopped', ...options.observed });
  return interruptionsOf({ spec, observed, plan: plan({ spec, observed }) });
}

describe('how long a plan interrupts what runs', () => {
  test('a move takes the stops, one heartbeat for the claim, and the starts', () => {
    const moved = interruptions({
      groups: { web: { members: ['vip', 'nginx'] } },
      observed: {
        leases: { web: 'lb1 own 7' },
        resources: {
          vip: { lb1: 'running stop=100', lb2: 'stopped start=200' },
          nginx: { lb1: 'running stop=1000', lb2: 'stopped start=2000' },
        },
      },
    });
    expect(moved).toEqual([{ group: 'web', kind: 'about', ms: 100 + 1000 + 500 + 200 + 2000 }]);
  });

  test('what was measured on another node stands for a node that never ran it, the longest of several', () => {
    const moved = interruptions({
      nodes: { ...STANDBY, lb3: {} },
      groups: { web: { prefer: ['lb2'] } },
      observed: {
        nodes: { ...NODES, lb3: 'online' },
        leases: { web: 'lb1 own 7' },
        resources: { web: { lb1: 'running start=700 stop=40', lb3: 'stopped start=900' } },
      },
    });
    expect(moved).toEqual([{ group: 'web', kind: 'about', ms: 40 + 500 + 900 }]);
  });

  test('where nothing was measured, the timeouts bound it', () => {
    const moved = interruptions({
      groups: { web: {} },
      observed: { leases: { web: 'lb1 own 7' }, resources: { web: { lb1: 'running stop=40' } } },
    });
    expect(moved).toEqual([{ group: 'web', kind: 'at-most', ms: 40 + 500 + 20_000 }]);
  });

  test('a restart in place takes no claim', () => {
    const restarted = interruptions({
      nodes: MEMBERS,
      groups: { web: {} },
      observed: { leases: { web: 'lb1 own 7' }, resources: { web: { lb1: 'running outdated start=300 stop=40' } } },
    });
    expect(restarted).toEqual([{ group: 'web', kind: 'about', ms: 340 }]);
  });

  test('a reload that a start waits for takes its time, which nobody measures', () => {
    const restarted = interruptions({
      nodes: MEMBERS,
      groups: { web: { members: ['app', 'nginx'] } },
      observed: {
        leases: { web: 'lb1 own 7' },
        resources: {
          app: { lb1: 'running outdated reloadable start=100 stop=100' },
          nginx: { lb1: 'running outdated start=300 stop=40' },
        },
      },
    });
    expect(restarted).toEqual([{ group: 'web', kind: 'at-most', ms: 20_000 + 300 }]);
  });

  test('a group that starts after another is down as long as that one is, and its own stop and start', () => {
    const moved = interruptions({
      groups: { db: {}, web: { after: ['db'] } },
      observed: {
        leases: { db: 'lb1 own 7', web: 'lb1 own 7' },
        resources: { db: { lb1: 'running start=3000 stop=1000' }, web: { lb1: 'running start=200 stop=100' } },
      },
    });
    expect(moved).toEqual([
      { group: 'db', kind: 'about', ms: 1000 + 500 + 3000 },
      { group: 'web', kind: 'about', ms: 100 + 1000 + 500 + 3000 + 500 + 200 },
    ]);
  });

  test('what is not known of one group leaves the others known, unless they wait for it', () => {
    const moved = interruptions({
      groups: { cache: {}, db: {}, web: { after: ['db'] } },
      observed: {
        leases: { cache: 'lb1 own 1', db: 'lb1 own 7', web: 'lb1 own 7' },
        resources: {
          cache: { lb1: 'running start=100 stop=100' },
          db: { lb1: 'running start=3000 stop=1000' },
          web: { lb1: 'running start=200' },
        },
      },
    });
    expect(moved.map(({ group, kind }) => `${group} ${kind}`)).toEqual(['cache about', 'db about', 'web at-most']);
  });

  test('starts wait for each other where a node may begin only so many at once', () => {
    const moved = interruptions({
      startsPerNodeMax: 1,
      groups: { a: {}, b: {} },
      observed: {
        leases: { a: 'lb1 own 7', b: 'lb1 own 7' },
        resources: { a: { lb1: 'running start=1000 stop=100' }, b: { lb1: 'running start=1000 stop=100' } },
      },
    });
    expect(moved.map(({ ms }) => ms)).toEqual([1600, 2600]);
  });

  test('what the plan does not start again has no end', () => {
    const stopped = interruptions({
      groups: { web: { desired: 'stopped' } },
      observed: { leases: { web: 'lb1 own 7' }, resources: { web: { lb1: 'running stop=100' } } },
    });
    expect(stopped).toEqual([{ group: 'web', kind: 'open', ms: null }]);
  });

  test('what runs elsewhere is interrupted where it is stopped, unless it runs twice', () => {
    const stray = (here: string) =>
      interruptions({
        nodes: MEMBERS,
        groups: { web: { members: ['vip', 'nginx'] } },
        observed: {
          leases: { web: 'lb1 own 7' },
          resources: {
            vip: { lb1: 'running' },
            nginx: { lb1: `${here} start=300`, lb2: 'running stop=40' },
          },
        },
      });
    expect(stray('stopped')).toEqual([{ group: 'web', kind: 'about', ms: 340 }]);
    expect(stray('running')).toEqual([]);
  });

  test('nothing is interrupted by a first start, nor by what stays', () => {
    expect(interruptions({ groups: { web: {} }, observed: {} })).toEqual([]);
    const resting = interruptions({
      nodes: MEMBERS,
      groups: { web: {} },
      observed: { leases: { web: 'lb1 own 7' }, resources: { web: { lb1: 'running' } } },
    });
    expect(resting).toEqual([]);
  });
});

describe('votes', () => {
  test("are those of the spec's voters, and those that were not heard or have left are named", () => {
    const spec = buildSpec({ nodes: { ...MEMBERS, lb3: {}, app: { role: 'worker' }, lb4: {} }, groups: {} });
    const observed = buildObserved(spec, {
      self: 'lb1',
      nodes: { lb1: 'online alone', lb2: 'offline', lb3: 'offline leaving left', wit: 'unknown' },
    });
    expect(votesOf(spec, observed)).toEqual({
      votes: 1,
      voters: 5,
      majority: 3,
      silent: ['lb2'],
      left: ['lb3'],
      unheard: ['lb4', 'wit'],
      isQuorate: false,
    });
  });
});
