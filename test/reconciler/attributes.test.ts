import { beforeEach, describe, expect, it } from 'vitest';
import { setAttribute } from '../../src/membership/attributes.js';
import type { AttributeChange } from '../../src/model/attribute.js';
import { limits } from '../../src/model/limits.js';
import { observeAttributes, whyNotWritten } from '../../src/reconciler/attributes.js';
import { storeFailed } from '../../src/reconciler/save.js';
import { Cluster } from './cluster.js';

let cluster: Cluster;
beforeEach(() => {
  cluster = Cluster.begin({ groups: { web: {} } });
  cluster.run(3000);
});

function set(by: string, change: Partial<AttributeChange> = {}): void {
  const full = { node: 'n1', name: 'master-db', value: '5', isLasting: false, ...change };
  cluster.put(by, { kind: 'attribute', change: full });
}

function seenBy(node: string): string[] {
  return observeAttributes(cluster.mind(node)).map((each) => `${each.node ?? 'all'} ${each.name}=${each.value}`);
}

describe('a node attribute', () => {
  it('is seen by every node, and by what plans are made from', () => {
    set('n1');
    cluster.run(1000);
    expect([seenBy('n1'), seenBy('n2'), seenBy('n3')]).toEqual(Array(3).fill(['n1 master-db=5']));
    expect(cluster.mind('n3').planFor?.observed.attributes).toEqual([
      { node: 'n1', name: 'master-db', value: '5', isLasting: false },
    ]);
  });

  it('of a node that is down can be written, and ends with its next boot', () => {
    set('n1');
    cluster.run(500);
    cluster.host('n1').reset();
    set('n2', { value: '-1' });
    cluster.run(1000);
    expect(seenBy('n3')).toEqual(['n1 master-db=-1']);
    cluster.start('n1');
    cluster.run(2000);
    expect([seenBy('n1'), seenBy('n3')]).toEqual([[], []]);
  });

  it('outlives a restart of the daemon that wrote it', () => {
    set('n1');
    set('n1', { name: 'data-status', value: 'LATEST', isLasting: true });
    cluster.run(500);
    cluster.host('n1').kill();
    cluster.start('n1');
    cluster.run(2000);
    expect([seenBy('n1'), seenBy('n2')]).toEqual(Array(2).fill(['n1 data-status=LATEST', 'n1 master-db=5']));
  });

  it('outlives the boot where it lasts', () => {
    set('n1');
    set('n1', { name: 'data-status', value: 'LATEST', isLasting: true });
    cluster.run(500);
    cluster.host('n1').reset();
    cluster.start('n1');
    cluster.run(2000);
    expect([seenBy('n1'), seenBy('n2')]).toEqual(Array(2).fill(['n1 data-status=LATEST']));
  });

  it('that was taken away does not come back with a restart', () => {
    set('n1');
    cluster.run(500);
    set('n1', { value: null });
    cluster.run(500);
    cluster.host('n1').kill();
    cluster.start('n1');
    cluster.run(2000);
    expect([seenBy('n1'), seenBy('n2')]).toEqual([[], []]);
  });

  it('that could not be kept is kept with the next step', () => {
    set('n1');
    cluster.host('n1').kept.delete('attributes.json');
    storeFailed(cluster.mind('n1'), {
      name: 'attributes.json',
      isNeeded: true,
      cause: 'no space',
      nowMs: cluster.nowMs,
    });
    cluster.run(500);
    expect(cluster.host('n1').kept.get('attributes.json')).toContain('"master-db"');
  });

  it('is what each ping counts, by its name, for as long as the spec has it', () => {
    const pings = Cluster.begin({ groups: { web: { requires: ['pingd'] } }, pings: { pingd: {} } });
    pings.run(3000);
    const pingd = () => observeAttributes(pings.mind('n2')).map(({ node, name, value }) => `${node} ${name}=${value}`);
    expect(pingd()).toEqual(['n1 pingd=1', 'n2 pingd=1', 'n3 pingd=1']);
    pings.host('n1').pingAnswers = 0;
    pings.run(3000);
    expect(pingd()).toEqual(['n1 pingd=0', 'n2 pingd=1', 'n3 pingd=1']);
    for (const node of ['n1', 'n2', 'n3']) pings.edit(node, { groups: { web: {} } });
    pings.run(3000);
    expect(pingd()).toEqual([]);
  });

  it.each([
    ['of a node that is not in the spec', { node: 'n9' }, 'the spec has no node "n9"; it has n1, n2, n3'],
    [
      'with a blank in its name',
      { name: 'two words' },
      '"two words" cannot be the name of an attribute; take 1 to 100',
    ],
    ['of two lines', { value: 'a\nb' }, 'the value of "master-db" has control characters; an attribute is one line'],
    ['that is too long', { value: 'ä'.repeat(400) }, 'takes 802 bytes, and an attribute may take 400'],
    ['of the whole cluster that does not last', { node: null }, 'an attribute of the whole cluster lasts'],
  ])('%s is refused, with the reason', (_, change, why) => {
    const full = { node: 'n1', name: 'master-db', value: '5', isLasting: false, ...change };
    expect(whyNotWritten(cluster.mind('n1'), full)).toContain(why);
    set('n1', change);
    expect(seenBy('n1')).toEqual([]);
  });

  it('of a node that was never heard of is refused, unless it lasts', () => {
    const alone = new Cluster();
    alone.beginAll({ groups: { web: {} } });
    const change = { node: 'n2', name: 'a', value: '1', isLasting: false };
    expect(whyNotWritten(alone.mind('n1'), change)).toContain('"n2" was not heard of yet');
    expect(whyNotWritten(alone.mind('n1'), { ...change, isLasting: true })).toBe(null);
  });

  it('beyond what one node may write is refused', () => {
    const { records } = cluster.mind('n1');
    for (let i = 0; i < limits.attributesPerWriterMax; i++) {
      const change = { node: 'n1', name: `a${i}`, value: '1', isLasting: true };
      setAttribute(records, change, { life: null, wallMs: 1 });
    }
    expect(whyNotWritten(cluster.mind('n1'), { node: 'n1', name: 'b', value: '1', isLasting: false })).toContain(
      '"n1" wrote 512 attributes, the most that one node may',
    );
  });
});
