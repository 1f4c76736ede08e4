import { stableJson } from '../base/stable-json.js';
import { attributesIn, isFullFor, ownAttributes, restoreAttributes, setAttribute } from '../membership/attributes.js';
import type { Attribute, AttributeChange, AttributeEntry } from '../model/attribute.js';
import { whyNoAttribute } from '../model/attribute.js';
import { limits } from '../model/limits.js';
import type { Effect, StepTime } from './input-effect.js';
import type { Mind } from './mind.js';
import { selfReport } from './observe.js';

/** Takes up what an earlier daemon of this node wrote. What belongs to another incarnation is over. */
export function beginAttributes(mind: Mind, entries: readonly AttributeEntry[]): void {
  restoreAttributes(mind.records, entries);
  mind.attributes.isStale = entries.length > 0;
}

/** Why an attribute cannot be written here, in one sentence; null when it can. */
export function whyNotWritten(mind: Mind, change: AttributeChange): string | null {
  const why = whyNoAttribute(change);
  if (why !== null) return why;
  const { node, isLasting, value } = change;
  if (node !== null && !mind.index.nodes.has(node)) {
    return `the spec has no node "${node}"; it has ${[...mind.index.nodes.keys()].join(', ')}`;
  }
  if (node === null && !isLasting)
    return 'an attribute of the whole cluster lasts; only a node has one that ends with its boot';
  if (node !== null && !isLasting && value !== null && lifeOf(mind, node) === null) {
    return `"${node}" was not heard of yet, so nothing can be said of its present boot; try again`;
  }
  if (!isFullFor(mind.records, change)) return null;
  return `"${mind.node}" wrote ${limits.attributesPerWriterMax} attributes, the most that one node may; take some away`;
}

/** Writes an attribute, of whatever node, where it can be. */
export function writeAttribute(mind: Mind, change: AttributeChange, time: StepTime): void {
  if (whyNotWritten(mind, change) !== null) return;
  const { node, isLasting } = change;
  const life = node === null || isLasting ? null : lifeOf(mind, node);
  if (setAttribute(mind.records, change, { life, wallMs: time.wallMs })) mind.attributes.isStale = true;
}

/** Every attribute that is true by this node's lights. */
export function observeAttributes(mind: Mind): Attribute[] {
  return attributesIn(mind.records, (node) => lifeOf(mind, node));
}

function lifeOf(mind: Mind, node: string): string | null {
  return node === mind.node ? mind.holder.incarnation : (selfReport(mind, node)?.incarnation ?? null);
}

/** What of it is to be kept in this step: for this boot what ends with one, for good what lasts. */
export function saveAttributes(mind: Mind): Effect[] {
  const { attributes } = mind;
  if (!attributes.isStale) return [];
  attributes.isStale = false;
  const own = ownAttributes(mind.records);
  const volatile = stableJson(own.filter(({ isLasting }) => !isLasting));
  const durable = stableJson(own.filter(({ isLasting }) => isLasting));
  const effects: Effect[] = [];
  if (volatile !== (attributes.volatile || '[]'))
    effects.push({ kind: 'save', name: 'attributes.json', text: volatile, durable: false });
  if (durable !== (attributes.durable || '[]'))
    effects.push({ kind: 'save', name: 'lasting-attributes.json', text: durable, durable: true });
  Object.assign(attributes, { volatile, durable });
  return effects;
}
