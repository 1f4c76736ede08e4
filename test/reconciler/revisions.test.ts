import { describe, expect, it } from 'vitest';
import { Cluster, hashOf } from './cluster.js';
import { begun, conditions, first, inForce, is, names, second, third } from './revision-specimens.js';
import type { SpecWish } from './specs.js';

describe('the change of one node’s file', () => {
  it('is not undone by a text that was proposed before it and could not be looked at then', () => {
    const cluster = begun();
    cluster.threadless.add('n1');
    const text = JSON.stringify(second);
    cluster.write(second);
    cluster.put('n1', { kind: 'file', text, hash: hashOf(text), once: true });
    cluster.run(100);
    cluster.threadless.delete('n1');
    cluster.edit('n1', third);
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(2, third));
    cluster.run(3000);
    expect(inForce(cluster)).toEqual(is(2, third));
  });

  it('reaches every node, becomes the next generation, and is carried out', () => {
    const cluster = begun();
    cluster.edit('n3', second);
    cluster.until('db runs', () => cluster.whereRuns('db').length > 0, 1000);
    expect(cluster.whereRuns('db')).toEqual(['n2']);
    expect(inForce(cluster)).toEqual(is(2, second));
    expect(cluster.mind('n1').revisions.inForce.parent).toBe(hashOf(JSON.stringify(first)));
  });

  it('leads to the first agent call within 150 ms', () => {
    const cluster = begun();
    cluster.edit('n3', second);
    const tookMs = cluster.until('an agent of db is called', () =>
      names.some((name) => cluster.host(name).calls.some((call) => call.endsWith(' db'))),
    );
    expect(tookMs).toBeLessThan(150);
  });

  it('reaches a node that was down meanwhile, as soon as it is back', () => {
    const cluster = begun();
    cluster.host('n3').kill();
    cluster.edit('n1', second);
    cluster.run(1000);
    cluster.start('n3');
    cluster.run(1000);
    expect(inForce(cluster)).toEqual(is(2, second));
  });

  it('travels in as many pieces as it takes, over a network that loses most', () => {
    const long: SpecWish = { ...second, name: 'test', quorum: { onLoss: 'freeze', acknowledge: 'x'.repeat(9000) } };
    const cluster = begun();
    cluster.edit('n1', long);
    for (let i = 0; i < 40; i++) {
      if (i % 3 > 0) cluster.cut.add('n1>n3').add('n2>n3');
      else cluster.cut.clear();
      cluster.run(70);
    }
    cluster.cut.clear();
    cluster.run(1500);
    expect(inForce(cluster)).toEqual(is(2, long));
  });

  it('is fetched from another node when the one that had it first goes away', () => {
    const long: SpecWish = { ...second, quorum: { onLoss: 'freeze', acknowledge: 'x'.repeat(9000) } };
    const cluster = begun();
    cluster.cut.add('n3>n1').add('n3>n2');
    cluster.edit('n1', long);
    cluster.until('n2 has it', () => cluster.mind('n2').revisions.inForce.generation === 2);
    cluster.cut.clear();
    cluster.until('n3 has begun to fetch it', () => (cluster.mind('n3').revisions.fetch?.received ?? 0) > 0);
    cluster.host('n1').kill();
    cluster.until('n3 has it', () => cluster.mind('n3').revisions.inForce.generation === 2, 3000);
  });

  it('of two nodes at once ends in one revision everywhere; the node whose file lost shows it and does not fight', () => {
    const cluster = begun();
    cluster.edit('n1', second);
    cluster.edit('n2', third);
    cluster.run(3000);
    const [winner] = [second, third]
      .map((wish) => hashOf(JSON.stringify(wish)))
      .sort()
      .reverse();
    expect(inForce(cluster)).toEqual([`2 ${winner}`]);
    const loser = cluster.mind('n1').revisions.fileHash === winner ? 'n2' : 'n1';
    expect(conditions(cluster, loser)).toEqual(['spec-differs']);
    cluster.run(3000);
    expect(inForce(cluster)).toEqual([`2 ${winner}`]);
  });

  it('of a node that had lost proposes again, on top of what is in force', () => {
    const cluster = begun();
    cluster.edit('n1', second);
    cluster.run(500);
    cluster.edit('n2', third);
    cluster.run(1000);
    expect(inForce(cluster)).toEqual(is(3, third));
    expect(conditions(cluster, 'n1')).toEqual(['spec-differs']);
    cluster.edit('n1', third);
    cluster.run(500);
    expect(conditions(cluster, 'n1')).toEqual([]);
    expect(inForce(cluster)).toEqual(is(3, third));
  });

  it('is not proposed again when the same text is merely seen again', () => {
    const cluster = begun();
    cluster.edit('n1', second);
    cluster.run(500);
    cluster.edit('n2', third);
    cluster.run(500);
    cluster.edit('n1', second);
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(3, third));
  });

  it('that is taken back before it was decoded proposes nothing', () => {
    const cluster = begun();
    cluster.edit('n1', second);
    cluster.edit('n1', first);
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(1, first));
    expect(conditions(cluster, 'n1')).toEqual([]);
  });

  it('waits for a peer’s revision that is being decoded, and is not lost to the next one', () => {
    const cluster = begun();
    cluster.edit('n1', second);
    cluster.until('n2 decodes it', () => cluster.mind('n2').revisions.decoding !== null);
    cluster.edit('n2', third);
    cluster.run(1000);
    expect(inForce(cluster)).toEqual(is(3, third));
  });

  it('that comes to every node’s file while it is on its way from the first one is one revision', () => {
    const cluster = begun();
    cluster.edit('n1', second);
    cluster.until('n2 decodes it', () => cluster.mind('n2').revisions.decoding !== null);
    cluster.edit('n2', second);
    cluster.until('n3 decodes it', () => cluster.mind('n3').revisions.decoding !== null);
    cluster.edit('n3', second);
    cluster.run(1000);
    expect(inForce(cluster)).toEqual(is(2, second));
    expect(names.flatMap((name) => conditions(cluster, name))).toEqual([]);
    // Each node's file counts from now on: what it says before the next change is no proposal.
    cluster.edit('n1', third);
    cluster.run(500);
    cluster.edit('n2', second);
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(3, third));
  });

  it.each([1, 2, 3, 20])('in the file of all nodes, %i ms after each other, is one revision', (ms) => {
    const cluster = begun();
    for (const name of names) {
      cluster.edit(name, second);
      cluster.run(ms);
    }
    cluster.run(1000);
    expect(inForce(cluster)).toEqual(is(2, second));
  });

  it('proposed once by a person says nothing of the watched file', () => {
    const cluster = begun();
    const { text } = cluster.write(second);
    cluster.put('n1', { kind: 'file', text, hash: hashOf(text), once: true });
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(2, second));
    cluster.edit('n1', first);
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(2, second));
  });
});

describe('a text that cannot be taken', () => {
  it.each<[string, string | SpecWish]>([
    ['not valid', 'groups: ['],
    ['refused', { ...first, name: 'other' }],
  ])('proposed once by a person and %s is answered and logged, and is no condition of this node', (_, wish) => {
    const cluster = begun();
    cluster.edit('n1', 'groups: [[');
    cluster.run(500);
    const text = typeof wish === 'string' ? wish : cluster.write(wish).text;
    cluster.put('n1', { kind: 'file', text, hash: hashOf(text), once: true });
    cluster.run(500);
    const { turnedDown } = cluster.mind('n1').revisions;
    expect(turnedDown).toMatchObject({ hash: hashOf(text), kind: 'spec-invalid' });
    expect(cluster.host('n1').said.at(-1)).toContain(turnedDown?.sentence);
    // Its own file is as wrong as before.
    expect(conditions(cluster, 'n1')).toEqual(['spec-invalid']);
    const held = [...cluster.mind('n1').conditions.values()].map(({ sentence }) => sentence);
    expect(held.join()).not.toContain('the proposed text');
    expect(inForce(cluster)).toEqual(is(1, first));
  });

  it('that could not be looked at, here or on another node, is looked at again and put in force', () => {
    const cluster = begun();
    for (const name of ['n1', 'n2']) {
      cluster.threadless.add(name);
      cluster.edit('n1', second);
      cluster.run(3000);
      expect(cluster.mind(name).revisions.inForce).toMatchObject({ generation: 1 });
      expect(conditions(cluster, name)).toEqual(['spec-unreadable']);
      cluster.threadless.delete(name);
      if (name === 'n1') cluster.threadless.add('n2');
      cluster.run(3000);
    }
    expect(inForce(cluster)).toEqual(is(2, second));
    expect(conditions(cluster, 'n1')).toEqual([]);
  });

  it('S8 an invalid one stays a condition, and what is in force stays in force', () => {
    const cluster = begun();
    cluster.edit('n1', 'groups: [');
    cluster.run(1000);
    expect(inForce(cluster)).toEqual(is(1, first));
    expect(conditions(cluster, 'n1')).toEqual(['spec-invalid']);
    expect(cluster.host('n1').said.at(-1)).toContain('test.yaml:1:1: it is not valid');
    cluster.edit('n1', second);
    cluster.run(500);
    expect(conditions(cluster, 'n1')).toEqual([]);
    expect(inForce(cluster)).toEqual(is(2, second));
  });

  it.each<[string, SpecWish, string]>([
    ['no node that still votes', { ...first, nodes: { n1: {}, n2: {}, n4: {} } }, 'spec-invalid'],
    ['another name of the cluster', { ...first, name: 'other' }, 'spec-invalid'],
    ['no group at all', { groups: {} }, 'spec-invalid'],
    ['another signing key in one step', { ...first, keys: ['NEW', 'KEY'] }, 'spec-invalid'],
    ['no such node as this one', { ...first, nodes: { n2: {}, n3: {}, n4: {} } }, 'spec-invalid'],
  ])('%s is refused with a reason, and nothing happens', (_, wish, kind) => {
    const cluster = begun();
    cluster.edit('n1', wish);
    cluster.run(2000);
    expect(inForce(cluster)).toEqual(is(1, first));
    expect(conditions(cluster, 'n1')).toEqual([kind]);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
  });

  it('a file that vanished changes nothing, and its return with the same text neither', () => {
    const cluster = begun();
    cluster.put('n1', { kind: 'file-lost', condition: 'spec-vanished', sentence: '"test.yaml" is gone' });
    cluster.run(500);
    expect(conditions(cluster, 'n1')).toEqual(['spec-vanished']);
    cluster.edit('n1', first);
    cluster.run(500);
    expect(conditions(cluster, 'n1')).toEqual([]);
    expect(inForce(cluster)).toEqual(is(1, first));
  });
});

describe('the keys', () => {
  it('change in three steps, on every node', () => {
    const cluster = begun();
    for (const [index, keys] of [['KEY', 'NEW'], ['NEW', 'KEY'], ['NEW']].entries()) {
      cluster.edit('n1', { ...first, keys });
      cluster.run(1000);
      expect(inForce(cluster)).toEqual(is(2 + index, { ...first, keys }));
    }
    expect(cluster.whereRuns('web')).toEqual(['n1']);
  });

  it('of a node that hears nobody are what its file says', () => {
    const cluster = begun();
    cluster.cut.add('n1>n3').add('n2>n3');
    cluster.run(2000);
    cluster.edit('n3', { ...first, keys: ['NEW'] });
    cluster.run(500);
    expect(cluster.mind('n3').revisions.inForce.generation).toBe(2);
  });
});

describe('a daemon that starts again', () => {
  it('proposes the change that was made to its file while it was down', () => {
    const cluster = begun();
    cluster.host('n1').kill();
    cluster.run(300);
    cluster.start('n1', second);
    cluster.run(1000);
    expect(inForce(cluster)).toEqual(is(2, second));
  });

  it('does not propose a file that it had seen before, however much the others have moved on', () => {
    const cluster = begun();
    cluster.edit('n2', second);
    cluster.run(500);
    cluster.host('n1').kill();
    cluster.run(300);
    cluster.start('n1', first);
    cluster.run(1000);
    expect(inForce(cluster)).toEqual(is(2, second));
    expect(conditions(cluster, 'n1')).toEqual(['spec-differs']);
  });

  it('proposes again what it had not got decoded when it died', () => {
    const cluster = begun();
    cluster.edit('n1', second);
    cluster.host('n1').kill();
    cluster.run(300);
    expect(inForce(cluster)).toEqual(is(1, first));
    cluster.start('n1', second);
    cluster.run(1000);
    expect(inForce(cluster)).toEqual(is(2, second));
  });

  it('shows again that its file is invalid', () => {
    const cluster = begun();
    cluster.edit('n1', 'groups: [');
    cluster.run(300);
    cluster.host('n1').kill();
    cluster.start('n1');
    cluster.edit('n1', 'groups: [');
    cluster.run(300);
    expect(conditions(cluster, 'n1')).toContain('spec-invalid');
  });
});

it('a daemon that listens elsewhere than the spec in force says asks to be restarted', () => {
  const cluster = begun();
  const moved: SpecWish = { ...first, nodes: { n1: { addresses: ['10.1.0.1'] }, n2: {}, n3: {} } };
  cluster.edit('n2', moved);
  cluster.run(500);
  expect(conditions(cluster, 'n1')).toContain('restart-needed');
  expect(conditions(cluster, 'n2')).not.toContain('restart-needed');
  cluster.host('n1').kill();
  cluster.start('n1', moved);
  cluster.run(500);
  expect(conditions(cluster, 'n1')).not.toContain('restart-needed');
  cluster.edit('n2', { ...moved, nodes: { n1: {}, n2: {}, n3: {} } });
  cluster.run(500);
  expect([...cluster.mind('n1').conditions.values()].map(({ sentence }) => sentence).join()).toContain(
    'listens on 10.1.0.1 port 7418, and the revision in force says 10.0.0.1 port 7418',
  );
});

describe('what a spec no longer has', () => {
  it('a removed group is stopped where it runs and its lease released', () => {
    const cluster = begun();
    cluster.edit('n2', { groups: { db: {} } });
    cluster.run(1000);
    expect(cluster.whereRuns('web')).toEqual([]);
    expect(cluster.mind('n1').holder.held.has('web')).toBe(false);
    expect([...cluster.mind('n1').lives.keys()]).toEqual(['db']);
  });

  it('a group under a new name keeps its resource running', () => {
    const cluster = begun();
    cluster.edit('n2', { groups: { front: { members: ['web'], prefer: ['n1'] } } });
    cluster.run(3000);
    expect(cluster.host('n1').calls.filter((call) => call.startsWith('stop'))).toEqual([]);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
    expect([...cluster.mind('n1').holder.held.keys()]).toEqual(['front']);
  });

  it('a resource that moves to another group on another node has one owner all the time', () => {
    const cluster = Cluster.begin({
      groups: { web: { members: ['vip', 'nginx'], prefer: ['n1'] }, db: { prefer: ['n2'] } },
    });
    cluster.until('all run', () => ['vip', 'nginx', 'db'].every((each) => cluster.whereRuns(each).length > 0));
    cluster.run(300);
    cluster.edit('n3', {
      groups: { web: { members: ['nginx'], prefer: ['n1'] }, db: { members: ['vip', 'db'], prefer: ['n2'] } },
    });
    cluster.until('vip runs with db', () => cluster.whereRuns('vip').includes('n2'), 5000);
    expect(cluster.whereRuns('nginx')).toEqual(['n1']);
    expect(cluster.host('n1').calls.filter((call) => call.endsWith('nginx') && call.startsWith('stop'))).toEqual([]);
  });

  it('members that edits take out one after another are all stopped, though none of them could be at once', () => {
    const patient = { timeouts: { startMs: 10_000, stopMs: 10_000, monitorMs: 500 } };
    const web = (members: readonly string[]) => ({
      groups: { web: { members, prefer: ['n1'] } },
      resources: { app: patient, log: patient },
    });
    const cluster = Cluster.begin(web(['log', 'app']));
    cluster.host('n1').behaviours.set('start:app', { takesMs: 2000 }).set('stop:log', { takesMs: 4000 });
    cluster.until('app is starting', () => cluster.host('n1').calls.includes('start app'));
    for (const members of [['vip', 'app'], ['vip'], ['vip', 'nginx']]) {
      cluster.edit('n1', web(members));
      cluster.run(300);
    }
    cluster.run(8000);
    expect(['log', 'app'].flatMap((each) => cluster.whereRuns(each))).toEqual([]);
    expect([...cluster.mind('n1').lives.keys()].sort()).toEqual(['nginx', 'vip']);
    expect(cluster.mind('n1').holder.held.get('web')?.resources).toEqual(['nginx', 'vip']);
  });

  it('a member added to a running group starts without a stop of the others', () => {
    const cluster = begun();
    cluster.edit('n3', { groups: { web: { members: ['web', 'vip'], prefer: ['n1'] } } });
    cluster.until('vip runs', () => cluster.whereRuns('vip').length > 0, 1000);
    expect(cluster.whereRuns('vip')).toEqual(['n1']);
    expect(cluster.host('n1').calls.filter((call) => call.startsWith('stop'))).toEqual([]);
    expect(cluster.mind('n1').holder.held.get('web')?.resources).toEqual(['vip', 'web']);
  });
});
