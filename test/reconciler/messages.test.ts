import { ackIn } from '../../src/model/message.js';
import { describe, expect, it } from 'vitest';
import { nextRandom, pickRandom, randomStream } from '../../src/base/random.js';
import { stableJson } from '../../src/base/stable-json.js';
import type { Input } from '../../src/reconciler/input-effect.js';
import { liveness } from '../../src/reconciler/observe.js';
import { step } from '../../src/reconciler/step.js';
import { wakeAtMs } from '../../src/reconciler/wake.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const web: SpecWish = { groups: { web: { prefer: ['n1'] } } };

function running(wish: SpecWish = web): Cluster {
  const cluster = Cluster.begin(wish);
  cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
  cluster.run(500);
  return cluster;
}

/** Datagrams that reached a node, played again over a link. */
function replayed(
  cluster: Cluster,
  options: { readonly to: string; readonly from: string; readonly link?: number },
): Input[] {
  return cluster.heard
    .filter(({ from, to }) => from === options.from && to === options.to)
    .map(({ message }) => ({ kind: 'message', message, link: options.link ?? 0, address: `${options.from}/0` }));
}

describe('a message', () => {
  it.each([
    ['a node that the spec does not have', 'n9'],
    ['this node itself', 'n1'],
  ])('from %s is counted and changes nothing', (_, from) => {
    const cluster = running();
    const mind = cluster.mind('n1');
    const before = stableJson(mind.records.changes);
    const [input] = replayed(cluster, { to: 'n1', from: 'n2' });
    if (input?.kind !== 'message') throw new Error('nothing was heard');
    const heard = { ...input, message: { ...input.message, from } };
    cluster.put('n1', heard);
    expect(mind.counters.get('messages from unknown nodes')).toBe(1);
    expect(stableJson(mind.records.changes)).toBe(before);
    expect(mind.hearing.heard.has(from)).toBe(false);
  });

  it('that is no good is counted by what is wrong with it', () => {
    const cluster = running();
    for (const why of ['key', 'key', 'short']) cluster.put('n1', { kind: 'bad-frame', why, address: '10.9.9.9' });
    expect(Object.fromEntries(cluster.mind('n1').counters)).toMatchObject({
      'bad datagrams: key': 2,
      'bad datagrams: short': 1,
    });
  });
});

describe('what waited for a daemon that stood still', () => {
  it('asks for the same again and again and is answered once', () => {
    const cluster = running();
    const waited = replayed(cluster, { to: 'n1', from: 'n2' }).flatMap((input) => {
      if (input.kind !== 'message' || input.message.kind !== 'heartbeat') return [];
      // It knew nothing of n1 then, as after a restart.
      return [{ ...input, message: { ...input.message, digest: [['n1', 0, 0] as const] } }];
    });
    const last = waited.at(-1);
    if (last === undefined) throw new Error('nothing was heard');
    const { seq } = last.message;
    const mind = cluster.mind('n1');
    const inputs = Array.from({ length: 50 }, (_, at) => ({
      ...last,
      message: { ...last.message, seq: seq + 1 + at },
    }));
    const sent = step(mind, inputs, cluster.time).flatMap((effect) =>
      effect.kind === 'send' && effect.message.kind === 'gossip' && effect.to === 'n2' ? [effect.message.delta] : [],
    );
    const whole = sent.filter((delta) => delta?.node === 'n1' && delta.piece.from === 0);
    expect(whole).toHaveLength(1);
  });
});

describe('replays', () => {
  it('of answers from before a voter was restarted do not give a node its old token back', () => {
    const cluster = running();
    cluster.host('n2').kill();
    cluster.start('n2');
    cluster.run(1000);
    const tokenOf = () => cluster.mind('n1').holder.contacts.get('n2')?.token;
    const token = tokenOf();
    expect(token).toBe('n2-2');
    const answers = replayed(cluster, { to: 'n1', from: 'n2' }).filter(
      (input) => input.kind === 'message' && (input.message.kind === 'refusal' || ackIn(input.message) !== null),
    );
    expect(answers.length).toBeGreaterThan(3);
    for (const input of answers) {
      cluster.put('n1', input);
      expect(tokenOf()).toBe(token);
    }
  });

  it.each(['n1', 'n2'])(
    'of everything that a dead node ever sent do not make it look alive to %s, on any link',
    (to) => {
      const cluster = running();
      cluster.host('n3').reset();
      cluster.until('n3 looks dead', () => liveness(cluster.mind(to), 'n3', cluster.nowMs) === 'offline', 2500);
      // Over a second link each number counts once more, in rising order: that is over after the first round.
      for (const link of [0, 1])
        for (const input of replayed(cluster, { to, from: 'n3', link })) cluster.put(to, input);
      cluster.run(1100);
      for (let round = 0; round < 3; round++) {
        for (const link of [0, 1])
          for (const input of replayed(cluster, { to, from: 'n3', link })) cluster.put(to, input);
        expect(liveness(cluster.mind(to), 'n3', cluster.nowMs)).toBe('offline');
        cluster.run(100);
      }
    },
  );

  it('of everything that was ever sent change nothing of leases, promises and revisions', () => {
    const cluster = running();
    cluster.edit('n2', { ...web, nodes: { n1: { state: 'standby' }, n2: {}, n3: {} } });
    cluster.run(2000);
    const leases = () =>
      stableJson(
        [...cluster.hosts.keys()].map((name) => {
          const { holder, voter, revisions } = cluster.mind(name);
          const held = [...holder.held.values()].map(({ key, state, epoch }) => [key, state, epoch]);
          const promises = [...(voter?.promises.values() ?? [])].map(({ key, node, epoch }) => [key, node, epoch]);
          return { held, promises: promises.sort(), inForce: revisions.inForce };
        }),
      );
    const before = leases();
    for (const { from, to, message } of [...cluster.heard]) {
      cluster.put(to, { kind: 'message', message, link: 0, address: `${from}/0` });
    }
    cluster.run(1000);
    expect(leases()).toBe(before);
    expect(cluster.whereRuns('web')).toEqual(['n2']);
  });

  it('of heartbeats from before a voter’s start are refused, and its node is not heard by them', () => {
    const cluster = running();
    cluster.host('n3').reset();
    cluster.host('n2').kill();
    cluster.run(1500);
    cluster.start('n2');
    for (const input of replayed(cluster, { to: 'n2', from: 'n3' })) cluster.put('n2', input);
    expect(cluster.mind('n2').hearing.heard.has('n3')).toBe(false);
  });
});

describe('redundant links', () => {
  const twoLinks: SpecWish = {
    ...web,
    nodes: {
      n1: { addresses: ['10.0.0.1', '10.1.0.1'] },
      n2: { addresses: ['10.0.0.2', '10.1.0.2'] },
      n3: { addresses: ['10.0.0.3', '10.1.0.3'] },
    },
  };

  it('the loss of one changes nothing, and is known', () => {
    const cluster = running(twoLinks);
    for (const from of ['n1', 'n2', 'n3']) for (const to of ['n1', 'n2', 'n3']) cluster.cut.add(`${from}>${to}/1`);
    const before = cluster.host('n1').calls.length;
    cluster.run(3000);
    expect(cluster.host('n1').calls.slice(before)).toEqual([]);
    const heard = cluster.mind('n1').hearing.heard.get('n2');
    expect(cluster.nowMs - (heard?.get(0) ?? 0)).toBeLessThan(1000);
    expect(cluster.nowMs - (heard?.get(1) ?? 0)).toBeGreaterThan(1000);
  });
});

describe('when a mind wakes', () => {
  it('is later after every step, unless a heartbeat is due: it never wakes again and again for nothing', () => {
    for (let seed = 0; seed < 6; seed++) {
      const cluster = Cluster.begin({
        groups: { web: { members: ['vip', 'nginx'], prefer: ['n1'], requires: ['gateway'] }, db: { prefer: ['n2'] } },
        pings: { gateway: {} },
      });
      const random = randomStream(seed);
      for (let turn = 0; turn < 60; turn++) {
        disturb(cluster, random);
        cluster.run(Math.floor(nextRandom(random) * 150));
        for (const host of cluster.hosts.values()) {
          if (host.mind === null) continue;
          const copy = structuredClone(host.mind);
          const atMs = wakeAtMs(copy, cluster.nowMs);
          expect(atMs).toBeGreaterThanOrEqual(cluster.nowMs);
          const isBeatDue = copy.holder.nextBeatAtMs <= atMs;
          step(copy, [{ kind: 'tick' }], { nowMs: atMs, wallMs: 1_700_000_000_000 + atMs });
          const nextMs = wakeAtMs(copy, atMs);
          expect(nextMs > atMs || isBeatDue, `seed ${seed}, turn ${turn}, ${host.name}: ${atMs} then ${nextMs}`).toBe(
            true,
          );
        }
      }
    }
  });
});

/** Something that happens: a link is cut or healed, a daemon dies or comes back, a service breaks, a ping is lost. */
function disturb(cluster: Cluster, random: { state: number }): void {
  cluster.mayHaveTwo = true;
  const host = pickRandom(random, [...cluster.hosts.values()]);
  if (host === undefined) return;
  const what = Math.floor(nextRandom(random) * 8);
  if (what === 0) cluster.isolate(host.name);
  else if (what === 1) cluster.cut.clear();
  else if (what === 2) host.kill();
  else if (what === 3 && host.mind === null) cluster.start(host.name);
  else if (what === 4) host.running.delete(pickRandom(random, ['vip', 'nginx', 'db']) ?? '');
  else if (what === 5) host.pingAnswers = host.pingAnswers === 1 ? 0 : 1;
  else if (what === 6) host.behaviours.set('stop:vip', { outcome: { kind: 'timeout', reason: 'no answer' } });
  else host.behaviours.clear();
}
