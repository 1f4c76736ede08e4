import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import type { ObservedCluster } from '../../src/model/observation.js';
import type { Action, Plan } from '../../src/model/plan.js';
import { lintPlan } from '../../src/planner/lint.js';
import { plan } from '../../src/planner/plan.js';
import { buildObserved, buildSpec } from './build-spec.js';
import type { ObservedWish, SpecWish } from './build-spec.js';

/** Two groups on three nodes; `app` starts after `db`, `log` beside it and apart from `web`. */
const CLUSTER: SpecWish = {
  nodes: { n1: {}, n2: {}, n3: {}, s: { state: 'standby' }, m: { state: 'maintenance' }, w: { role: 'witness' } },
  groups: {
    app: { members: ['front', 'back'], after: ['db'] },
    db: { members: ['disk', 'server'], prefer: ['n2'] },
    log: { with: ['db'] },
    web: { apart: ['db'] },
  },
};
const ONLINE = { n1: 'online', n2: 'online', n3: 'online', s: 'online', m: 'online', w: 'online' };

interface Case {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
}

function soundPlan(wish: Partial<ObservedWish> = {}, cluster: SpecWish = CLUSTER): Case {
  const spec = buildSpec(cluster);
  const observed = buildObserved(spec, { nodes: ONLINE, rest: 'stopped', ...wish });
  return { spec, observed, plan: plan({ spec, observed }) };
}

function broken(sound: Case, breakIt: (made: Plan) => Plan): string[] {
  return lintPlan({ ...sound, plan: breakIt(sound.plan) });
}

/** Every mention of one node becomes another one, in the actions and placements of one group. */
function moveGroup(made: Plan, group: string, to: string): Plan {
  const from = made.placements.find((placement) => placement.group === group)?.node ?? '';
  const rename = (id: string) => (id.endsWith(`@${from}`) ? id.replace(/@.*$/, `@${to}`) : id);
  const ids = new Set(made.actions.filter((action) => action.group === group).map((action) => action.id));
  return {
    ...made,
    placements: made.placements.map((each) => (each.group === group ? { ...each, node: to } : each)),
    actions: made.actions.map((action) => ({
      ...action,
      ...(action.group === group && action.node === from ? { node: to, id: rename(action.id) } : {}),
      after: action.after.map((id) => (ids.has(id) ? rename(id) : id)),
    })),
  };
}

function changeAction(made: Plan, id: string, change: (action: Action) => Action): Plan {
  return { ...made, actions: made.actions.map((action) => (action.id === id ? change(action) : action)) };
}

const withoutAfter = (made: Plan, id: string): Plan => changeAction(made, id, (action) => ({ ...action, after: [] }));

const withoutAction = (made: Plan, id: string): Plan => ({
  ...made,
  actions: made.actions
    .filter((action) => action.id !== id)
    .map((action) => ({ ...action, after: action.after.filter((each) => each !== id) })),
});

const HELD: Partial<ObservedWish> = {
  nodes: { ...ONLINE, n2: 'online leaving' },
  leases: { db: 'n2 own 4', app: 'n1 own 3', log: 'n2 own 3' },
  resources: {
    disk: { n2: 'running' },
    server: { n2: 'running' },
    front: { n1: 'running' },
    back: { n1: 'running' },
    log: { n2: 'running' },
  },
};

describe('the linter finds what is wrong with a plan', () => {
  test('and nothing in a sound one', () => {
    expect(lintPlan(soundPlan())).toEqual([]);
    expect(lintPlan(soundPlan(HELD))).toEqual([]);
  });

  test('an id that stands twice', () => {
    const lint = broken(soundPlan(), (made) => ({ ...made, actions: [...made.actions, ...made.actions.slice(0, 1)] }));
    expect(lint.join()).toContain('twice');
  });

  test('an action that follows one that comes later', () => {
    const lint = broken(soundPlan(), (made) => ({ ...made, actions: [...made.actions].reverse() }));
    expect(lint.join()).toContain('which does not come before it');
  });

  test('an action that follows what is not there', () => {
    const lint = broken(soundPlan(), (made) =>
      changeAction(made, 'claim:db@n2', (action) => ({ ...action, after: ['stop:db@n9'] })),
    );
    expect(lint).toEqual(['"claim:db@n2" follows "stop:db@n9", which does not come before it']);
  });

  test.each([
    ['s', 'which is standby'],
    ['m', 'which is maintenance'],
    ['w', 'which may not run it'],
  ])('a claim on %s', (node, why) => {
    const lint = broken(soundPlan(), (made) => moveGroup(made, 'db', node));
    expect(lint.join()).toContain(why);
  });

  test('a claim on a node that is offline', () => {
    const sound = soundPlan({ nodes: { ...ONLINE, n3: 'offline' } });
    expect(broken(sound, (made) => moveGroup(made, 'db', 'n3')).join()).toContain('which is offline');
  });

  test('a start without lease and claim', () => {
    const lint = broken(soundPlan(), (made) => withoutAction(made, 'claim:db@n2'));
    expect(lint.join()).toContain('"start:disk@n2" starts without a lease or a claim');
  });

  test('a start that does not follow the claim', () => {
    const lint = broken(soundPlan(), (made) => withoutAfter(made, 'start:disk@n2'));
    expect(lint.join()).toContain('"start:disk@n2" does not follow "claim:db@n2"');
  });

  test('members in the wrong order', () => {
    const lint = broken(soundPlan(), (made) =>
      changeAction(made, 'start:server@n2', (action) => ({ ...action, after: ['claim:db@n2'] })),
    );
    expect(lint).toContain('"start:server@n2" starts before disk');
  });

  test('a start before the node is known', () => {
    const sound = soundPlan({ rest: 'stopped', resources: { disk: { n2: 'unknown' } } });
    const lint = broken(sound, (made) => withoutAfter(made, 'claim:db@n2'));
    expect(lint.join()).toContain('starts before it is known what disk does there');
  });

  test('S1 S7 a start before other nodes are known', () => {
    const sound = soundPlan({ resources: { disk: { n3: 'unknown' } } });
    const lint = broken(sound, (made) => withoutAfter(made, 'claim:db@n2'));
    expect(lint).toContain('"start:disk@n2" starts before it is known whether disk runs on n3');
  });

  test('S1 a start while the resource runs on another node', () => {
    const sound = soundPlan({ leases: { db: 'n1 own 4' }, resources: { disk: { n3: 'running' } } });
    expect(lintPlan(sound)).toEqual([]);
    const lint = broken(sound, (made) => withoutAfter(made, 'start:disk@n1'));
    expect(lint).toContain('"start:disk@n1" starts while disk may run on n3');
  });

  test('S3 a claim that does not follow the release by the holder', () => {
    const sound = soundPlan(HELD);
    const claim = sound.plan.actions.find((action) => action.kind === 'claim' && action.group === 'db')?.id ?? '';
    const lint = broken(sound, (made) => withoutAfter(made, claim));
    expect(lint).toContain(`"${claim}" does not follow "release:db@n2"`);
  });

  test('a release before everything is stopped', () => {
    const lint = broken(soundPlan(HELD), (made) => withoutAfter(made, 'release:db@n2'));
    expect(lint).toContain('"release:db@n2" releases before disk is stopped');
  });

  test('stops in the wrong order', () => {
    const lint = broken(soundPlan(HELD), (made) => withoutAfter(made, 'stop:disk@n2'));
    expect(lint).toContain('"stop:disk@n2" stops before server');
  });

  test('a group that does not wait for the one that it must follow', () => {
    const lint = broken(soundPlan(), (made) => {
      const claim = made.actions.find((action) => action.kind === 'claim' && action.group === 'app')?.id ?? '';
      return withoutAfter(made, claim);
    });
    expect(lint.join()).toContain('does not wait for db');
  });

  test('a group that is placed without the one that it must run beside', () => {
    const lint = broken(soundPlan(), (made) => moveGroup(made, 'log', 'n3'));
    expect(lint).toContain('log is placed on n3 without db');
  });

  test('a group that is placed beside one that it must run apart from', () => {
    const lint = broken(soundPlan(), (made) => moveGroup(made, 'web', 'n2'));
    expect(lint).toContain('web and db are both placed on n2');
  });

  test('an action on a group whose stop failed', () => {
    const sound = soundPlan({ resources: { disk: { n1: 'failed blocked failures=1' } } });
    const action: Action = {
      id: 'probe:disk@n3',
      kind: 'probe',
      node: 'n3',
      group: 'db',
      resource: 'disk',
      after: [],
      reason: { text: 'it looked like fun' },
    };
    const lint = broken(sound, (made) => ({ ...made, actions: [action, ...made.actions] }));
    expect(lint).toContain('"probe:disk@n3" touches a group whose stop failed');
  });

  test('a claim of what a silent node holds, without a word of waiting', () => {
    const sound = soundPlan({ nodes: { ...ONLINE, n3: 'offline' }, leases: { db: 'n3 own 4' } });
    const lint = broken(sound, (made) => ({ ...made, waits: [] }));
    expect(lint.join()).toContain('claims what another node holds without waiting for it');
  });

  test('L2 a plan that leaves something undone', () => {
    const lint = broken(soundPlan(), (made) => ({ ...made, actions: made.actions.slice(0, -1) }));
    expect(lint.join()).toContain('is still to be done');
  });
});
