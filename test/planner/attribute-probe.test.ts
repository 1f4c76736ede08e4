import { describe, expect, it } from 'vitest';
import type { AttributeProbe, AttributeWish } from '../../src/model/attribute-probe.js';
import { limits } from '../../src/model/limits.js';
import { attributesByNode, compareValues, describeAttributes, isAsWished } from '../../src/model/attribute-probe.js';

function passes(wish: AttributeWish, value?: string): boolean {
  return isAsWished({ kind: 'attribute', name: 'a', wish }, new Map(value === undefined ? [] : [['a', value]]));
}

function within(by: 'number' | 'version', atLeast: string | null, atMost: string | null = null): AttributeWish {
  return { kind: 'within', by, atLeast, atMost };
}

describe('a check of an attribute', () => {
  it.each<[string, AttributeWish, readonly (string | undefined)[], readonly (string | undefined)[]]>([
    ['defined', { kind: 'defined' }, ['', '0'], [undefined]],
    ['not defined', { kind: 'undefined' }, [undefined], ['', '0']],
    ['is', { kind: 'is', values: ['east', 'west'] }, ['east', 'west'], ['East', 'north', '', undefined]],
    ['is not', { kind: 'is-not', values: ['busy'] }, ['idle', '', undefined], ['busy']],
    [
      'at least',
      within('number', '1'),
      ['1', '1.0', '2', '+7', 'INFINITY'],
      ['0', '0.9', '-1', '-INFINITY', 'x', '', undefined],
    ],
    ['at most', within('number', null, '1.5'), ['1.5', '1', '-INFINITY'], ['1.6', '2', 'INFINITY', '1 2', undefined]],
    ['between', within('number', '2', '10'), ['2', '9', '10'], ['1', '11']],
    [
      'a version',
      within('version', '1.9'),
      ['1.9', '1.9.0', '1.10', '2', '5.10.0-30-amd64'],
      ['1.8.9', '1', 'v2', undefined],
    ],
  ])('%s passes for some values, and fails for others and where it is not there', (_, wish, good, bad) => {
    expect([...good, ...bad].map((value) => passes(wish, value))).toEqual([
      ...good.map(() => true),
      ...bad.map(() => false),
    ]);
  });

  it('says what is seen, and tells what is not there from what cannot be compared', () => {
    const probe: AttributeProbe = { kind: 'attribute', name: 'site', wish: within('number', '1') };
    const words = [new Map(), new Map([['site', '0']]), new Map([['site', 'x']])].map((own) =>
      describeAttributes(probe, own),
    );
    expect(words).toEqual([
      'attribute site is not defined',
      'attribute site is "0"',
      'attribute site is "x", which is no number',
    ]);
  });
});

it('what is said of the longest attributes is no longer than a reason may be', () => {
  const own = new Map([...'abc'].map((letter) => [`#health-${letter.repeat(92)}`, 'red']));
  const long = new Map([['site', 'x'.repeat(limits.attributeValueBytesMax - 2)]]);
  const probes: [AttributeProbe, ReadonlyMap<string, string>][] = [
    [{ kind: 'attribute', name: 'site', wish: { kind: 'undefined' } }, long],
    [{ kind: 'health-attributes', badFrom: 'red' }, own],
  ];
  const words = probes.map(([probe, attributes]) => describeAttributes(probe, attributes));
  expect(words.map((each) => [each.length, each.at(-1)])).toEqual(Array(2).fill([limits.reasonLengthMax, '…']));
});

describe('the attributes of a health', () => {
  const own = new Map([
    ['#health-cpu', 'green'],
    ['#health_disk', 'yellow'],
    ['#health-smart', '-5'],
    ['#health-temp', '-INFINITY'],
    ['#health-raid', 'red'],
    ['cpu', 'red'],
  ]);

  it('are bad from the colour on that the spec names, numbers by what they are worth', () => {
    const words = (['red', 'yellow'] as const).map((badFrom) => {
      const probe: AttributeProbe = { kind: 'health-attributes', badFrom };
      return `${isAsWished(probe, own)} ${describeAttributes(probe, own)}`;
    });
    expect(words).toEqual([
      'false #health-temp is -INFINITY and #health-raid is red',
      'false #health_disk is yellow and #health-smart is -5 and #health-temp is -INFINITY and #health-raid is red',
    ]);
  });

  it('are good where none is worse than green, or none is there', () => {
    const probe: AttributeProbe = { kind: 'health-attributes', badFrom: 'yellow' };
    expect(
      [new Map([['#health-cpu', 'green']]), new Map([['#health-cpu', '10']]), new Map()].map((each) =>
        isAsWished(probe, each),
      ),
    ).toEqual([true, true, true]);
  });
});

it('attributes of one name: what ends with the boot hides what lasts, and those of the whole cluster are of no node', () => {
  const byNode = attributesByNode([
    { node: null, name: 'site', value: 'all', isLasting: true },
    { node: 'n1', name: 'site', value: 'now', isLasting: false },
    { node: 'n1', name: 'site', value: 'ever', isLasting: true },
  ]);
  expect([...byNode].map(([node, own]) => [node, ...own])).toEqual([['n1', ['site', 'now']]]);
});

it('values are compared as numbers or part by part', () => {
  expect([
    compareValues('1.10', '1.9', 'number'),
    compareValues('1.10', '1.9', 'version'),
    compareValues('1', 'x', 'number'),
  ]).toEqual([-1, 1, null]);
});
