/**
 * Attributes of nodes: values that any node may write about any node, spread by the records.
 *
 * Each writer keeps what it wrote in its own record; who reads takes the newest of all. So nobody is asked, a node that is down can be written about, and nodes that hear each other agree.
 * Two that write at the same moment may each see its own value until they have heard of each other.
 */
import { compareIds } from '../base/order.js';
import type { Attribute, AttributeChange, AttributeEntry } from '../model/attribute.js';
import { limits } from '../model/limits.js';
import type { RecordsState } from './records.js';
import { publish, recordValue, valuesOf } from './records.js';

/**
 * Writes an attribute into this node's record, or that it is gone.
 *
 * Shape: `life` is the incarnation of the node that it is about, with which it ends; null for one that lasts. The name and value must be fit to be an attribute's. Returns whether it was news.
 */
export function setAttribute(
  state: RecordsState,
  change: AttributeChange,
  options: { readonly life: string | null; readonly wallMs: number },
): boolean {
  const { life } = options;
  const key = keyOf(change);
  const newest = newestOf(state, key);
  if ((newest?.life === life ? newest.value : null) === change.value) return false;
  const { node, name, value, isLasting } = change;
  // Nobody else wrote of it, so there is nothing that a word of its end would have to outdo.
  if (value === null && !isWrittenElsewhere(state, key)) publish(state, key, null);
  else {
    const stamp = Math.max(Math.floor(options.wallMs), (newest?.stamp ?? 0) + 1);
    publish(state, key, { kind: 'attribute', attribute: { node, name, value, isLasting, stamp, life } });
  }
  return true;
}

/** Whether this node wrote so many attributes that it may not write this one as well. */
export function isFullFor(state: RecordsState, change: AttributeChange): boolean {
  if (recordValue(state, state.node, keyOf(change)) !== null) return false;
  return ownAttributes(state).length >= limits.attributesPerWriterMax;
}

/** Every attribute that is true by what is known here. Shape: `lifeOf` tells a node's incarnation, null where none is known; in order of node, the cluster's own first, then of name, what lasts last. */
export function attributesIn(state: RecordsState, lifeOf: (node: string) => string | null): Attribute[] {
  const newest = new Map<string, Written>();
  // Without a list of each record's values: in a large cluster they are many, and few of them attributes.
  for (const [writer, { table }] of state.records) {
    for (const { value } of table.entries.values()) {
      if (value?.kind !== 'attribute') continue;
      const key = keyOf(value.attribute);
      newest.set(key, newerOf(newest.get(key) ?? null, { entry: value.attribute, writer }));
    }
  }
  const attributes: Attribute[] = [];
  for (const { entry } of newest.values()) {
    const { node, name, value, isLasting, life } = entry;
    if (value === null || (life !== null && node !== null && lifeOf(node) !== life)) continue;
    attributes.push({ node, name, value, isLasting });
  }
  return attributes.sort(
    (a, b) =>
      compareIds(a.node ?? '', b.node ?? '') || compareIds(a.name, b.name) || Number(a.isLasting) - Number(b.isLasting),
  );
}

/** What this node wrote, to be kept. */
export function ownAttributes(state: RecordsState): AttributeEntry[] {
  return valuesOf(state, state.node).flatMap((value) => (value.kind === 'attribute' ? [value.attribute] : []));
}

/** Takes up what this node wrote in an earlier life of its daemon. */
export function restoreAttributes(state: RecordsState, entries: readonly AttributeEntry[]): void {
  for (const attribute of entries) publish(state, keyOf(attribute), { kind: 'attribute', attribute });
}

interface Written {
  readonly entry: AttributeEntry;
  readonly writer: string;
}

function keyOf({ node, name, isLasting }: Pick<Attribute, 'node' | 'name' | 'isLasting'>): string {
  return `${isLasting ? 'lasting' : 'attribute'}:${node ?? ''}:${name}`;
}

function newestOf(state: RecordsState, key: string): AttributeEntry | null {
  let newest: Written | null = null;
  for (const writer of state.records.keys()) {
    const value = recordValue(state, writer, key);
    if (value?.kind === 'attribute') newest = newerOf(newest, { entry: value.attribute, writer });
  }
  return newest?.entry ?? null;
}

function isWrittenElsewhere(state: RecordsState, key: string): boolean {
  for (const writer of state.records.keys())
    if (writer !== state.node && recordValue(state, writer, key) !== null) return true;
  return false;
}

function newerOf(a: Written | null, b: Written): Written {
  if (a === null || b.entry.stamp > a.entry.stamp) return b;
  return b.entry.stamp === a.entry.stamp && compareIds(b.writer, a.writer) > 0 ? b : a;
}
