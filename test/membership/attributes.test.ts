import { describe, expect, it } from 'vitest';
import {
  attributesIn,
  isFullFor,
  ownAttributes,
  restoreAttributes,
  setAttribute,
} from '../../src/membership/attributes.js';
import type { RecordsState } from '../../src/membership/records.js';
import { beginRecords, publish, pushTo, receiveDelta } from '../../src/membership/records.js';
import type { Attribute, AttributeChange } from '../../src/model/attribute.js';
import { limits } from '../../src/model/limits.js';

const NODES = ['n1', 'n2', 'n3'];
const LIFE = { life: 'life-1', wallMs: 1000 };

function begin(node: string): RecordsState {
  return beginRecords({ node, age: 100, nodes: NODES });
}

/** The words of an attribute of n1 that ends with its boot. */
function score(value: string | null, node: string | null = 'n1'): AttributeChange {
  return { node, name: 'master-db', value, isLasting: false };
}

function told(state: RecordsState, life = 'life-1'): string[] {
  return attributesIn(state, () => life).map(({ node, name, value }: Attribute) => `${node ?? 'all'} ${name}=${value}`);
}

/** Tells one what another wrote. */
function tell(from: RecordsState, to: RecordsState): void {
  for (const { delta } of pushTo(from, to.node)) if (delta !== null) receiveDelta(to, delta);
}

describe('an attribute', () => {
  it('reaches the others by the record of whoever wrote it', () => {
    const [n1, n2] = [begin('n1'), begin('n2')];
    expect(setAttribute(n1, score('5'), LIFE)).toBe(true);
    tell(n1, n2);
    expect(told(n2)).toEqual(['n1 master-db=5']);
  });

  it('is no news when it says the same', () => {
    const n1 = begin('n1');
    setAttribute(n1, score('5'), LIFE);
    const before = n1.changes;
    expect(setAttribute(n1, score('5'), { life: 'life-1', wallMs: 9999 })).toBe(false);
    expect(n1.changes).toBe(before);
  });

  it('written by two is what was written last, also by a node whose clock is behind', () => {
    const [n1, n2] = [begin('n1'), begin('n2')];
    setAttribute(n1, score('5'), { life: 'life-1', wallMs: 9000 });
    tell(n1, n2);
    setAttribute(n2, score('100'), { life: 'life-1', wallMs: 10 });
    tell(n2, n1);
    expect([told(n1), told(n2)]).toEqual([['n1 master-db=100'], ['n1 master-db=100']]);
  });

  it('written by two at one moment ends the same for everybody', () => {
    const [n1, n2, n3] = [begin('n1'), begin('n2'), begin('n3')];
    setAttribute(n1, score('1', 'n3'), LIFE);
    setAttribute(n2, score('2', 'n3'), LIFE);
    for (const from of [n1, n2]) for (const to of [n1, n2, n3]) if (from !== to) tell(from, to);
    expect([told(n1), told(n2), told(n3)]).toEqual(Array(3).fill(['n3 master-db=2']));
  });

  it('that another node takes away stays away', () => {
    const [n1, n2] = [begin('n1'), begin('n2')];
    setAttribute(n1, score('5'), LIFE);
    tell(n1, n2);
    setAttribute(n2, score(null), LIFE);
    tell(n2, n1);
    expect([told(n1), told(n2)]).toEqual([[], []]);
  });

  it('that its only writer takes away leaves nothing behind', () => {
    const n1 = begin('n1');
    setAttribute(n1, score('5'), LIFE);
    setAttribute(n1, score(null), LIFE);
    expect(ownAttributes(n1)).toEqual([]);
    expect(setAttribute(n1, score(null), LIFE)).toBe(false);
  });

  it('ends with the incarnation of its node, whoever wrote it', () => {
    const n2 = begin('n2');
    setAttribute(n2, score('5'), LIFE);
    expect(told(n2, 'life-2')).toEqual([]);
    setAttribute(n2, score('5'), { life: 'life-2', wallMs: 1000 });
    expect(told(n2, 'life-2')).toEqual(['n1 master-db=5']);
  });

  it('that lasts does not, and stands beside one of the same name', () => {
    const n1 = begin('n1');
    setAttribute(n1, { ...score('LATEST'), isLasting: true }, { life: null, wallMs: 1000 });
    setAttribute(n1, score('5'), LIFE);
    expect(told(n1)).toEqual(['n1 master-db=5', 'n1 master-db=LATEST']);
    expect(told(n1, 'life-2')).toEqual(['n1 master-db=LATEST']);
  });

  it('of the whole cluster stands first', () => {
    const n1 = begin('n1');
    setAttribute(n1, score('5'), LIFE);
    setAttribute(n1, { node: null, name: 'db_REPL_INFO', value: 'n1', isLasting: true }, { life: null, wallMs: 1 });
    expect(told(n1)).toEqual(['all db_REPL_INFO=n1', 'n1 master-db=5']);
  });

  it('is taken up again by the next daemon of its writer', () => {
    const [n1, again] = [begin('n1'), begin('n1')];
    setAttribute(n1, score('5'), LIFE);
    restoreAttributes(again, ownAttributes(n1));
    expect(told(again)).toEqual(['n1 master-db=5']);
  });

  it('is refused to a node that wrote as many as it may, but for those that it has', () => {
    const n1 = begin('n1');
    for (let i = 0; i < limits.attributesPerWriterMax; i++) setAttribute(n1, { ...score('1'), name: `a${i}` }, LIFE);
    expect(isFullFor(n1, { ...score('2'), name: 'a0' })).toBe(false);
    expect(isFullFor(n1, score('5'))).toBe(true);
  });

  it('is told among whatever else a record says', () => {
    const n1 = begin('n1');
    publish(n1, 'ping:gw', { kind: 'ping', ping: { ping: 'gw', node: 'n1', reachable: 1 } });
    setAttribute(n1, score('5'), LIFE);
    expect(told(n1)).toEqual(['n1 master-db=5']);
  });
});
