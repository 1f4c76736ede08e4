import { describe, expect, it } from 'vitest';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { allMindRules } from '../../src/reconciler/mind.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const web: SpecWish = { groups: { web: { members: ['vip', 'nginx'], prefer: ['n1'] } } };

/** A cluster whose web runs on its preferred node. */
function running(wish: SpecWish = web): Cluster {
  const cluster = Cluster.begin(wish);
  cluster.until('web runs', () => cluster.whereRuns('nginx').length > 0);
  cluster.run(500);
  return cluster;
}

function starts(cluster: Cluster, node: string): string[] {
  return cluster.host(node).calls.filter((call) => call.startsWith('start'));
}

describe('a cold start', () => {
  it('starts each group once, on the node that is preferred, members in order', () => {
    const cluster = Cluster.begin({ groups: { web: { members: ['vip', 'nginx'], prefer: ['n2'] } } });
    cluster.until('web runs', () => cluster.whereRuns('nginx').length > 0);
    cluster.run(2000);
    expect(cluster.whereRuns('vip')).toEqual(['n2']);
    expect(starts(cluster, 'n2')).toEqual(['start vip', 'start nginx']);
    expect([...starts(cluster, 'n1'), ...starts(cluster, 'n3')]).toEqual([]);
  });

  it('adopts what runs already, where it runs, without a restart', () => {
    const cluster = Cluster.begin(web);
    for (const resource of ['vip', 'nginx']) cluster.host('n3').running.add(resource);
    cluster.until('n3 owns web', () => cluster.mind('n3').holder.held.get('web')?.state === 'own');
    cluster.run(3000);
    expect(cluster.whereRuns('nginx')).toEqual(['n3']);
    expect(cluster.host('n3').calls.filter((call) => !call.startsWith('probe'))).toEqual([]);
  });

  it('R7 waits for voters that have lost their memory', () => {
    const cluster = Cluster.begin(web);
    for (const name of ['n1', 'n2', 'n3']) {
      cluster.host(name).reset();
      cluster.start(name);
    }
    const tookMs = cluster.until('web runs', () => cluster.whereRuns('nginx').length > 0);
    expect(tookMs).toBeGreaterThanOrEqual(1797);
    expect(tookMs).toBeLessThan(1797 + 400);
  });

  it('S2 starts nothing without a lease: a node that reaches no voter runs nothing', () => {
    const cluster = Cluster.begin(web);
    const hasBegun = (): boolean => ['n1', 'n2', 'n3'].every((name) => cluster.mind(name).voters.kept.line.isFounded);
    cluster.until('the cluster has begun', hasBegun);
    cluster.isolate('n1');
    cluster.run(3000);
    expect(starts(cluster, 'n1')).toEqual([]);
    expect(cluster.whereRuns('nginx')).toEqual(['n2']);
  });

  it.each([
    ['S2 starts nothing more when too little is left of the lease', allMindRules, ['start vip']],
    ['and does start it without the rule', { ...allMindRules, permit: false }, ['start vip', 'start nginx']],
  ])('%s', (_, rules, expected) => {
    const cluster = Cluster.begin(web, { rules });
    cluster.host('n1').behaviours.set('start:vip', { takesMs: 900 });
    cluster.until('vip is being started', () => starts(cluster, 'n1').length > 0);
    cluster.isolate('n1');
    cluster.run(950);
    expect(starts(cluster, 'n1')).toEqual(expected);
  });
});

describe('the loss of an owner', () => {
  it('a crash: another node takes over when lease and stop budget have surely ended', () => {
    const cluster = running();
    cluster.host('n1').reset();
    const tookMs = cluster.until('web runs elsewhere', () => cluster.whereRuns('nginx').length > 0);
    expect(tookMs).toBeGreaterThan(1797 - 200);
    expect(tookMs).toBeLessThan(1797 + 100);
  });

  it('an isolation: the old owner has stopped, in reverse order, before the new one starts', () => {
    const cluster = running();
    cluster.isolate('n1');
    cluster.until('web runs elsewhere', () => cluster.whereRuns('nginx').some((node) => node !== 'n1'));
    expect(cluster.host('n1').calls.slice(-2)).toEqual(['stop nginx', 'stop vip']);
    cluster.cut.clear();
    cluster.run(3000);
    expect(cluster.whereRuns('nginx')).toEqual(['n2']);
  });

  it('a restart of its daemon within the lease: nothing happens to the services', () => {
    const cluster = running();
    cluster.host('n1').kill();
    cluster.run(500);
    const before = cluster.host('n1').calls.length;
    cluster.start('n1');
    cluster.run(3000);
    expect(cluster.host('n1').calls.slice(before).sort()).toEqual(['probe nginx', 'probe vip']);
    expect(cluster.whereRuns('nginx')).toEqual(['n1']);
  });

  it('a restart of every daemon at once: nothing happens to the services', () => {
    const cluster = running();
    for (const name of ['n1', 'n2', 'n3']) cluster.host(name).kill();
    cluster.run(600);
    for (const name of ['n1', 'n2', 'n3']) cluster.start(name);
    cluster.run(3000);
    expect(cluster.whereRuns('nginx')).toEqual(['n1']);
    expect(cluster.host('n1').calls.filter((call) => call.startsWith('stop'))).toEqual([]);
  });

  it('a minority loss moves nothing', () => {
    const cluster = running();
    cluster.host('n3').reset();
    cluster.run(5000);
    expect(cluster.host('n1').calls.filter((call) => call.startsWith('stop'))).toEqual([]);
  });

  it('the return of the preferred node moves nothing back', () => {
    const cluster = running();
    cluster.host('n1').reset();
    cluster.run(3000);
    cluster.start('n1');
    cluster.run(5000);
    expect(cluster.whereRuns('nginx')).toEqual(['n2']);
  });
});

describe('a planned move', () => {
  it('to another node takes the agents and two round trips: the release is told, not waited for', () => {
    const cluster = running();
    const standby: SpecWish = { ...web, nodes: { n1: { state: 'standby' }, n2: {}, n3: {} } };
    cluster.edit('n3', standby);
    const tookMs = cluster.until('web runs on n2', () => cluster.whereRuns('nginx').includes('n2'));
    // Four agent calls of 10 ms each, the edit's way to n1, and less than one heartbeat besides.
    expect(tookMs).toBeLessThan(40 + 150);
  });

  it('a stop that fails keeps the group there, blocked and renewed, and nobody takes it', () => {
    const cluster = running();
    cluster.host('n1').behaviours.set('stop:vip', {
      outcome: { kind: 'failed', reason: 'device is busy', class: 'soft', code: 1 },
    });
    cluster.edit('n1', { ...web, nodes: { n1: { state: 'standby' }, n2: {}, n3: {} } });
    cluster.run(10_000);
    expect(cluster.mind('n1').lives.get('vip')).toMatchObject({ blocked: true });
    expect(['own', 'stop']).toContain(cluster.mind('n1').holder.held.get('web')?.state);
    expect(cluster.whereRuns('vip')).toEqual(['n1']);
    expect([...starts(cluster, 'n2'), ...starts(cluster, 'n3')]).toEqual([]);
  });

  it('a retry after that looks first, and then goes on', () => {
    const cluster = running();
    const host = cluster.host('n1');
    host.behaviours.set('stop:vip', { outcome: { kind: 'failed', reason: 'busy', class: 'soft', code: 1 } });
    cluster.edit('n1', { ...web, nodes: { n1: { state: 'standby' }, n2: {}, n3: {} } });
    cluster.run(3000);
    host.behaviours.clear();
    const before = host.calls.length;
    cluster.put('n1', { kind: 'retry', resource: 'vip', node: 'n1' });
    cluster.run(1000);
    expect(host.calls.slice(before)).toEqual(['probe vip', 'stop vip']);
    expect(cluster.whereRuns('vip')).toEqual(['n2']);
  });

  it('a retry is asked of another node also when the wall clock was set back since the last one', () => {
    const cluster = Cluster.begin({ groups: { web: { prefer: ['n1'], restarts: 0 } } });
    const { said, behaviours } = cluster.host('n1');
    behaviours.set('start:web', { outcome: { kind: 'failed', reason: 'busy', class: 'soft', code: 1 } });
    cluster.until('web runs elsewhere', () => cluster.whereRuns('web').length > 0);
    for (const times of [1, 2]) {
      cluster.put('n2', { kind: 'retry', resource: 'web', node: 'n1' });
      cluster.run(500);
      expect(said.filter((each) => each.includes('by request'))).toHaveLength(times);
      cluster.host('n2').kill();
      cluster.wallSetByMs = -3_600_000;
      cluster.start('n2');
      cluster.run(1000);
    }
  });

  it('leave hands everything over before the daemon ends', () => {
    const cluster = running();
    cluster.put('n1', { kind: 'leave' });
    cluster.until('n1 has left', () => cluster.host('n1').hasLeft);
    expect(cluster.whereRuns('nginx')).not.toContain('n1');
    cluster.until('web runs elsewhere', () => cluster.whereRuns('nginx').length > 0, 300);
  });

  it('leave hands over also when the word of the release is lost at first', () => {
    const cluster = running();
    cluster.put('n1', { kind: 'leave' });
    cluster.until('n1 stopped nginx', () => cluster.host('n1').calls.includes('stop nginx'));
    cluster.cut.add('n1>n2').add('n1>n3');
    cluster.until('n1 stopped vip', () => !cluster.whereRuns('vip').includes('n1'));
    cluster.run(50);
    cluster.cut.clear();
    cluster.until('web runs elsewhere', () => cluster.whereRuns('nginx').length > 0, 500);
  });

  it('a node in maintenance is left alone, its lease is kept; others take over when it dies', () => {
    const cluster = running();
    cluster.edit('n1', { ...web, nodes: { n1: { state: 'maintenance' }, n2: {}, n3: {} } });
    cluster.run(500);
    const before = cluster.host('n1').calls.length;
    cluster.host('n1').running.delete('nginx');
    cluster.run(5000);
    expect(cluster.host('n1').calls.slice(before)).toEqual([]);
    expect(cluster.mind('n1').holder.held.get('web')?.state).toBe('own');
    cluster.host('n1').reset();
    cluster.until('web runs elsewhere', () => cluster.whereRuns('nginx').length > 0, 3000);
  });
});

describe('a claim under way', () => {
  /** A cluster in which n1 asks for `db`, and no answer reaches it. */
  function asking(): Cluster {
    const cluster = running({ groups: { ...web.groups, db: { desired: 'stopped' } } });
    cluster.cut.add('n2>n1').add('n3>n1');
    cluster.edit('n1', { groups: { ...web.groups, db: { prefer: ['n1'] } } });
    cluster.until('n1 asks for db', () => cluster.mind('n1').holder.held.get('db')?.state === 'claim', 100);
    return cluster;
  }

  it.each([
    ['that is to be stopped', { groups: { ...web.groups, db: { desired: 'stopped' } } }],
    ['that belongs on another node', { groups: { ...web.groups, db: { require: ['n2'] } } }],
    ['that the spec no longer has', web],
  ] as const)('is dropped at once when it is for a group %s', (_, wish) => {
    const cluster = asking();
    cluster.edit('n1', wish);
    cluster.run(10);
    expect(cluster.mind('n1').holder.held.has('db')).toBe(false);
    expect(cluster.mind('n1').holder.held.get('web')?.state).toBe('own');
  });

  it('lets what a provider keeps be learned of before the lease of a silent owner has ended', () => {
    const provided = { vip: { exclusive: 'provider' } } as const;
    const cluster = Cluster.begin({
      groups: { web: { members: ['vip'], exclusive: 'provider' } },
      resources: provided,
    });
    cluster.until('web runs', () => cluster.whereRuns('vip').length > 0);
    const owner = cluster.whereRuns('vip')[0] ?? '';
    cluster.host(owner).reset();
    cluster.until('web runs elsewhere', () => cluster.whereRuns('vip').length > 0);
    const next = cluster.whereRuns('vip')[0] ?? '';
    expect([...new Set(cluster.host(next).calls)]).toEqual(['probe vip', 'prepare vip', 'start vip']);
  });

  it('is not dropped while it is wanted', () => {
    const cluster = asking();
    cluster.run(300);
    expect(cluster.mind('n1').holder.held.get('db')?.state).toBe('claim');
  });
});

describe('a service that fails', () => {
  it('is found by its monitor and restarted where it is', () => {
    const cluster = running();
    cluster.host('n1').running.delete('nginx');
    cluster.until('nginx runs again', () => cluster.whereRuns('nginx').length > 0, 1100);
    expect(cluster.whereRuns('nginx')).toEqual(['n1']);
    expect(cluster.whereRuns('vip')).toEqual(['n1']);
  });

  it('is found at once when its agent nudges', () => {
    const cluster = running();
    cluster.host('n1').running.delete('nginx');
    cluster.put('n1', { kind: 'nudged', resource: 'nginx' });
    cluster.until('nginx runs again', () => cluster.whereRuns('nginx').length > 0, 50);
  });

  it('is restarted where it is when a check of it fails', () => {
    const check = { id: 'web', probe: { kind: 'process', name: 'nginx' }, everyMs: 200, timeoutMs: 100 } as const;
    const place = { file: 'test.yaml', line: 1, column: 1 };
    const wish: SpecWish = { ...web, resources: { nginx: { checks: [{ ...check, rise: 1, fall: 2, place }] } } };
    const cluster = running(wish);
    const before = starts(cluster, 'n1').length;
    cluster.host('n1').failingChecks.set('web', 'no process runs');
    cluster.until('nginx is started anew', () => starts(cluster, 'n1').length > before, 1000);
    expect(cluster.mind('n1').lives.get('nginx')?.failures).toMatchObject([
      { action: 'monitor', reason: 'check web failed 2 times: no process runs' },
    ]);
    expect(cluster.whereRuns('vip')).toEqual(['n1']);
    cluster.host('n1').failingChecks.clear();
    cluster.run(2000);
    expect(cluster.mind('n1').lives.get('nginx')).toMatchObject({ state: 'running', failures: [{}] });
  });

  it('is looked at when the guard ended it, even if nothing monitors it, and that is no failure of it', () => {
    const cluster = Cluster.begin({ groups: { web: { members: ['vip'] } }, resources: { vip: { monitors: [] } } });
    cluster.until('web runs', () => cluster.whereRuns('vip').length > 0);
    const owner = cluster.whereRuns('vip')[0] ?? '';
    cluster.host(owner).running.delete('vip');
    cluster.run(5000);
    expect(cluster.whereRuns('vip')).toEqual([]);
    cluster.put(owner, { kind: 'touched-by-guard', resource: 'vip' });
    cluster.until('web runs again', () => cluster.whereRuns('vip').length > 0, 50);
    expect(cluster.whereRuns('vip')).toEqual([owner]);
    expect(cluster.mind(owner).lives.get('vip')?.failures).toEqual([]);
  });

  it('moves when it cannot be started', () => {
    const cluster = Cluster.begin(web);
    cluster.host('n1').behaviours.set('start:nginx', {
      outcome: { kind: 'failed', reason: 'not installed', class: 'node', code: 5 },
    });
    cluster.until('web runs elsewhere', () => cluster.whereRuns('nginx').length > 0);
    expect(cluster.whereRuns('vip')).toEqual(cluster.whereRuns('nginx'));
    expect(starts(cluster, 'n1').filter((call) => call === 'start nginx')).toHaveLength(1);
  });

  it('moves when its pings are lost on its node only, and stays when they are lost everywhere', () => {
    const wish: SpecWish = {
      groups: { web: { members: ['vip', 'nginx'], prefer: ['n1'], requires: ['gateway'] } },
      pings: { gateway: {} },
    };
    const lostHere = running(wish);
    lostHere.host('n1').pingAnswers = 0;
    lostHere.until('web moved', () => lostHere.whereRuns('nginx').includes('n2'), 3000);
    const lostEverywhere = running(wish);
    for (const host of lostEverywhere.hosts.values()) host.pingAnswers = 0;
    lostEverywhere.run(5000);
    expect(lostEverywhere.whereRuns('nginx')).toEqual(['n1']);
  });

  it('leaves a node whose health fails, and stays when that of all fails', () => {
    const place = { file: 'test.yaml', line: 1, column: 1 };
    const probe = { kind: 'disk', paths: ['/'], freeShare: 0.05 } as const;
    const disk = { id: 'health:disk', probe, everyMs: 200, timeoutMs: 100, rise: 2, fall: 3, place } as const;
    const wish: SpecWish = {
      ...web,
      checks: [{ ...disk, need: 1, mode: 'relative', onAllLost: 'keep' }],
      health: ['health:disk'],
    };
    const here = running(wish);
    here.host('n1').failingChecks.set('health:disk', '1% of / is free');
    here.until('web moved', () => here.whereRuns('nginx').length > 0 && !here.whereRuns('nginx').includes('n1'), 3000);
    expect(here.host('n1').said).toContain('warn: check health:disk fails: 1% of / is free');
    const status = describeMind(here.mind('n2'), { nowMs: here.nowMs, wallMs: here.nowMs }, '2026-01-01T00:00:00.000Z');
    const pings = status.pings.filter(({ node }) => node === 'n1');
    expect(pings).toMatchObject([{ kind: 'health', ok: false, reason: '1% of / is free' }]);
    const everywhere = running(wish);
    for (const host of everywhere.hosts.values()) host.failingChecks.set('health:disk', '1% of / is free');
    everywhere.run(5000);
    expect(everywhere.whereRuns('nginx')).toEqual(['n1']);
  });
});
