import { invariant } from '../base/invariant.js';
import { jsonSize } from '../base/json-size.js';
import { limits } from './limits.js';

/**
 * A word about a node, or about the whole cluster, that was set at run time: by an agent, by a ping, by a person. It wants nothing and owns nothing; what may run where is said by the spec and by leases.
 *
 * Shape: `node` is null for the whole cluster. `isLasting`: it outlives the node's boot; otherwise it ends with the node's incarnation.
 */
export interface Attribute {
  readonly node: string | null;
  readonly name: string;
  readonly value: string;
  readonly isLasting: boolean;
}

/** A wish to set an attribute, or to take it away with null. */
export type AttributeChange = Omit<Attribute, 'value'> & { readonly value: string | null };

/**
 * What one node wrote of an attribute. Of all that was written of one, the entry with the highest stamp is true, and of equal stamps that of the greater writer.
 *
 * Shape: `stamp` counts up, at least as high as the writer's wall time in milliseconds; `life` is the incarnation of the node with which it ends, null for one that lasts.
 */
export interface AttributeEntry extends AttributeChange {
  readonly stamp: number;
  readonly life: string | null;
}

/** Names as agents choose them (`master-redis`, `#health-cpu`): printable ASCII without blank, quote and backslash. */
const NAME = /^[!#-[\]-~]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not stand in a value.
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Why something cannot be an attribute, in one sentence; null when it can. */
export function whyNoAttribute(change: AttributeChange): string | null {
  const { name, value } = change;
  if (name.length === 0 || name.length > limits.attributeNameLengthMax || !NAME.test(name)) {
    const form = `1 to ${limits.attributeNameLengthMax} printable letters without blank, quote and backslash`;
    return `"${name.slice(0, limits.attributeNameLengthMax)}" cannot be the name of an attribute; take ${form}`;
  }
  if (value === null) return null;
  if (CONTROL.test(value)) return `the value of "${name}" has control characters; an attribute is one line of text`;
  const bytes = jsonSize(value);
  if (bytes <= limits.attributeValueBytesMax) return null;
  return `the value of "${name}" takes ${bytes} bytes, and an attribute may take ${limits.attributeValueBytesMax}; keep more in a file or a service of its own`;
}

invariant(
  2 * limits.idLengthMax + 2 * limits.attributeNameLengthMax + limits.attributeValueBytesMax + 250 <=
    limits.entryBytesMax,
  'an attribute with the longest names must fit an entry of a record',
);
