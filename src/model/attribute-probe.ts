import { unreachable } from '../base/invariant.js';
import type { Attribute } from './attribute.js';
import { limits } from './limits.js';

/**
 * What a check of a node looks at that the cluster knows already: attributes of that node.
 *
 * attribute: one by its name. health: all that Pacemaker's health agents write, bad from a colour on.
 */
export type AttributeProbe =
  | { readonly kind: 'attribute'; readonly name: string; readonly wish: AttributeWish }
  | { readonly kind: 'health-attributes'; readonly badFrom: 'yellow' | 'red' };

/**
 * What an attribute must be. One that is not defined is what `undefined` asks for, and is not any of the values that `is-not` refuses; all else it is not.
 *
 * Shape: values are compared letter by letter; bounds as numbers, or as versions part by part, and are part of what passes.
 */
export type AttributeWish =
  | { readonly kind: 'defined' }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'is'; readonly values: readonly string[] }
  | { readonly kind: 'is-not'; readonly values: readonly string[] }
  | {
      readonly kind: 'within';
      readonly by: 'number' | 'version';
      readonly atLeast: string | null;
      readonly atMost: string | null;
    };

/** Whether a check looks at attributes, and not at something of its machine. */
export function isOfAttributes<Other extends { readonly kind: string }>(
  probe: AttributeProbe | Other,
): probe is AttributeProbe {
  return probe.kind === 'attribute' || probe.kind === 'health-attributes';
}

/** The attributes of one node, by name. */
export type AttributesOfNode = ReadonlyMap<string, string>;

/** Attributes of the health of nodes have names that begin so. Source: Pacemaker Explained, "Tracking Node Health". */
const HEALTH_PREFIX = '#health';

/** A score from which on Pacemaker allows nothing. Source: Pacemaker Explained, "Scores". */
const INFINITE_SCORE = 1_000_000;

const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const INFINITY = /^([+-]?)INFINITY$/;
const VERSION = /^\d+(\.\d+)*/;

/** Attributes by the node that they are about, without those of the whole cluster. Of one name what ends with the boot hides what lasts. Shape: `attributes` in the order of an observation. */
export function attributesByNode(attributes: readonly Attribute[]): ReadonlyMap<string, AttributesOfNode> {
  const nodes = new Map<string, Map<string, string>>();
  for (const { node, name, value } of attributes) {
    if (node === null) continue;
    const own = nodes.get(node) ?? new Map<string, string>();
    if (!own.has(name)) own.set(name, value);
    nodes.set(node, own);
  }
  return nodes;
}

/** The attributes of a node of which none are known. */
export const noAttributes: AttributesOfNode = new Map();

/** Whether a node's attributes are as a check wants them. */
export function isAsWished(probe: AttributeProbe, attributes: AttributesOfNode): boolean {
  if (probe.kind === 'health-attributes') return unhealthyOf(probe.badFrom, attributes).length === 0;
  const value = attributes.get(probe.name);
  const { wish } = probe;
  switch (wish.kind) {
    case 'defined':
      return value !== undefined;
    case 'undefined':
      return value === undefined;
    case 'is':
      return value !== undefined && wish.values.includes(value);
    case 'is-not':
      return value === undefined || !wish.values.includes(value);
    case 'within':
      return value !== undefined && isWithin(value, wish);
    default:
      return unreachable(wish);
  }
}

/** Whether the answer rests on an attribute that is not there, which whoever has heard of nobody cannot know. */
export function restsOnAbsence(probe: AttributeProbe, attributes: AttributesOfNode): boolean {
  return probe.kind === 'attribute' && !attributes.has(probe.name);
}

/** What is seen of it, in words without a full stop. Shape: it travels as the reason of a check, so at most {@link limits}.reasonLengthMax characters. */
export function describeAttributes(probe: AttributeProbe, attributes: AttributesOfNode): string {
  const words = wordsOf(probe, attributes);
  return words.length <= limits.reasonLengthMax ? words : `${words.slice(0, limits.reasonLengthMax - 1)}…`;
}

function wordsOf(probe: AttributeProbe, attributes: AttributesOfNode): string {
  if (probe.kind === 'attribute') {
    const { name, wish } = probe;
    const value = attributes.get(name);
    if (value === undefined) return `attribute ${name} is not defined`;
    const isOdd = wish.kind === 'within' && partsOf(value, wish.by) === null;
    return `attribute ${name} is "${value}"${isOdd ? `, which is no ${wish.by}` : ''}`;
  }
  const bad = unhealthyOf(probe.badFrom, attributes);
  return bad.length === 0
    ? `no ${HEALTH_PREFIX} attribute is ${probe.badFrom}`
    : bad.map(([name, value]) => `${name} is ${value}`).join(' and ');
}

/** Whether a text can be a bound of what is compared so. */
export function isComparable(text: string, by: 'number' | 'version'): boolean {
  return partsOf(text, by) !== null;
}

/** The sign of a - b; null where one of them cannot be compared so. */
export function compareValues(a: string, b: string, by: 'number' | 'version'): number | null {
  const left = partsOf(a, by);
  const right = partsOf(b, by);
  if (left === null || right === null) return null;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [here = 0, there = 0] = [left[i], right[i]];
    if (here !== there) return here < there ? -1 : 1;
  }
  return 0;
}

function isWithin(value: string, wish: Extract<AttributeWish, { kind: 'within' }>): boolean {
  const { by, atLeast, atMost } = wish;
  if (partsOf(value, by) === null) return false;
  const isEnough = atLeast === null || (compareValues(value, atLeast, by) ?? -1) >= 0;
  return isEnough && (atMost === null || (compareValues(value, atMost, by) ?? 1) <= 0);
}

/** A number is one part; a version has those before and after its dots, and what comes after them does not count. */
function partsOf(text: string, by: 'number' | 'version'): readonly number[] | null {
  if (by === 'version') return VERSION.exec(text)?.[0].split('.').map(Number) ?? null;
  const number = numberOf(text);
  return number === null ? null : [number];
}

function numberOf(text: string): number | null {
  const [, sign] = INFINITY.exec(text) ?? [];
  if (sign !== undefined) return sign === '-' ? -INFINITE_SCORE : INFINITE_SCORE;
  return NUMBER.test(text) ? Number(text) : null;
}

/** Shape: in order of name. */
function unhealthyOf(badFrom: 'yellow' | 'red', attributes: AttributesOfNode): (readonly [string, string])[] {
  return [...attributes].filter(([name, value]) => {
    if (!name.startsWith(HEALTH_PREFIX)) return false;
    const score = numberOf(value) ?? 0;
    const isRed = value === 'red' || score <= -INFINITE_SCORE;
    return isRed || (badFrom === 'yellow' && (value === 'yellow' || score < 0));
  });
}
