import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ControlHandlers } from '../../src/control/handlers.js';
import { controlHandlers } from '../../src/daemon/control-handlers.js';
import { FenceHistory } from '../../src/daemon/fence-history.js';
import { systemClock } from '../../src/host/system-clock.js';
import type { SpecWatch } from '../../src/host/spec-watch.js';
import { watchSpec } from '../../src/host/spec-watch.js';
import { setCondition } from '../../src/reconciler/conditions.js';
import { freshFolder } from '../agents/harness/folder.js';
import { FuzzCluster } from '../fuzz/fuzz-cluster.js';
import { specYaml } from '../fuzz/cluster-yaml.js';
import { KEYS } from '../fuzz/feed-without-key.js';

const log = { event: (): void => undefined };

let folder: ReturnType<typeof freshFolder>;
let watch: SpecWatch;
let handlers: ControlHandlers;
let cluster: FuzzCluster;
let leaves = 0;
beforeEach(async () => {
  folder = freshFolder();
  const specPath = join(folder.path, 'cluster.yaml');
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(specPath, specYaml());
  const edited = specYaml().replace('[10.0.0.1, 10.0.1.1] }', '[10.0.0.1, 10.0.1.1], state: maintenance }');
  cluster = new FuzzCluster({ keys: [KEYS.first], seed: 1, edited });
  leaves = 0;
  cluster.run(4000);
  watch = await watchSpec({ path: specPath, log, onSighting: () => undefined });
  handlers = controlHandlers({
    driver: cluster.node('n1').driver,
    time: () => cluster.stepTime(),
    watch,
    specPath,
    transport: null,
    fences: new FenceHistory({
      node: 'n1',
      store: { read: () => null, write: () => undefined, remove: () => undefined },
      clock: systemClock(),
      log,
    }),
    leave: () => {
      leaves += 1;
    },
    detach: async () => ({ ok: false, why: 'no guard stands by' }),
  });
});
afterEach(async () => {
  await watch.close();
  folder.remove();
});

describe('the word that a node is without power', () => {
  it.each([
    ['n1', '"n1" is the node that was asked, so it has power'],
    ['n2', '"n2" is heard, so it has power; look at the right machine, and take its power away first'],
    ['n9', 'the spec has no node "n9", and nothing is promised to one; it has n1, n2, n3'],
  ])('is not taken for %s', async (node, why) => {
    expect(await handlers.fenceConfirm({ node })).toEqual({ ok: false, why });
    expect(handlers.fenceHistory()).toEqual([]);
  });
});

describe('a look at a text that is not put in force', () => {
  it('says why that is, whatever else is to be said of the cluster', async () => {
    const { mind } = cluster.node('n1').driver;
    const sighting = await watch.look();
    if (sighting.kind !== 'files') throw new Error('there is no file');
    // The file moved on, from one text of the past to a later one.
    mind.revisions.fileHashBefore = 'older';
    mind.revisions.superseded.set('older', 1).set(sighting.hash, 2);
    const { nowMs } = cluster.stepTime();
    const sentence = 'a new cluster begins';
    setCondition(mind.conditions, { kind: 'voters-changed', subject: 'founding', severity: 'info', sentence, nowMs });
    const said = await handlers.reconcile({ path: null, adopt: false });
    expect(said).toMatchObject({ ok: true, condition: { kind: 'spec-differs' } });
  });
});

describe('a text that a person proposes once', () => {
  it('is answered with why it is refused', async () => {
    const path = join(folder.path, 'other.yaml');
    writeFileSync(path, 'groups: [');
    const said = handlers.reconcile({ path, adopt: true });
    const { mind } = cluster.node('n1').driver;
    while (mind.revisions.turnedDown === null) {
      await new Promise((wake) => setTimeout(wake, 5));
      cluster.run(10);
    }
    expect(await said).toMatchObject({
      ok: true,
      condition: { kind: 'spec-invalid', severity: 'error', sentence: mind.revisions.turnedDown.sentence },
    });
    expect([...mind.conditions.values()].filter(({ kind }) => kind === 'spec-invalid')).toEqual([]);
  });
});

describe('a request to leave', () => {
  it('is taken by a node that can hand over what it holds', async () => {
    expect(await handlers.leave()).toEqual({ ok: true });
    expect(leaves).toBe(1);
  });

  it('is refused by a node in maintenance that holds something, with the two ways out', async () => {
    cluster.edit('n1');
    cluster.run(1000);
    expect(await handlers.leave()).toEqual({
      ok: false,
      why: 'n1 is in maintenance (cluster.yaml:9), in which nothing is stopped, and holds db: end the maintenance first, or run `fairlead detach`, which leaves it to a daemon that is back within the lease, else to the guard, which ends it',
    });
    expect(leaves).toBe(0);
  });
});
