import { describe, expect, it } from 'vitest';
import type { Cluster } from './cluster.js';
import { hashOf } from './cluster.js';
import { begun, conditions, first, fourth, inForce, is, second, third } from './revision-specimens.js';

describe('a file that is pulled late', () => {
  function twiceEdited(): Cluster {
    const cluster = begun();
    cluster.edit('n1', second);
    cluster.run(500);
    cluster.edit('n1', third);
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(3, third));
    return cluster;
  }

  it('and moves forward to what was replaced meanwhile is not proposed, and shown until it is up to date', () => {
    const cluster = twiceEdited();
    cluster.edit('n2', second);
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(3, third));
    expect([...cluster.mind('n2').conditions.values()].map(({ sentence }) => sentence).join()).toContain(
      'which was in force until generation 2 was replaced, but revision',
    );
    cluster.edit('n2', third);
    cluster.run(500);
    expect(conditions(cluster, 'n2')).toEqual([]);
  });

  it('is not proposed either where nothing came of what it said in between: a half of it, or a slip that was undone', () => {
    const cluster = twiceEdited();
    cluster.edit('n2', 'a slip');
    cluster.run(500);
    expect(conditions(cluster, 'n2')).toContain('spec-invalid');
    cluster.edit('n2', first);
    cluster.edit('n3', 'a half');
    cluster.edit('n3', second);
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(3, third));
    for (const name of ['n2', 'n3']) expect(conditions(cluster, name)).toEqual(['spec-differs']);
  });

  it('is known by a daemon that was restarted, and by one that was down while a revision passed', () => {
    const cluster = begun();
    cluster.edit('n1', second);
    cluster.run(500);
    cluster.host('n3').kill();
    for (const wish of [third, fourth]) {
      cluster.edit('n1', wish);
      cluster.run(500);
    }
    cluster.host('n2').kill();
    cluster.start('n2', second);
    cluster.start('n3');
    cluster.run(500);
    cluster.edit('n3', third);
    cluster.run(500);
    for (const name of ['n2', 'n3']) expect(conditions(cluster, name)).toEqual(['spec-differs']);
    expect(inForce(cluster)).toEqual(is(4, fourth));
  });

  it('is proposed when it moves back, or by a person’s word', () => {
    const cluster = twiceEdited();
    cluster.edit('n2', second);
    cluster.run(500);
    cluster.edit('n2', first);
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(4, first));
    const text = JSON.stringify(second);
    cluster.put('n3', { kind: 'file', text, hash: hashOf(text), once: true });
    cluster.run(500);
    expect(inForce(cluster)).toEqual(is(5, second));
  });

  it('is not told from a change once it was in force too long ago', () => {
    const cluster = begun();
    for (let generation = 2; generation <= 35; generation++) {
      cluster.edit('n1', { ...first, groups: { web: { prefer: ['n1'], stopBudgetMs: generation * 10 + 500 } } });
      cluster.run(300);
    }
    expect(cluster.mind('n2').revisions.superseded.size).toBe(32);
    expect(Math.min(...cluster.mind('n2').revisions.superseded.values())).toBe(3);
  });
});
