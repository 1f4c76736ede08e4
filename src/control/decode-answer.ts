/** Reads the daemon's answers. Client and daemon are one program, so an answer is checked at its top: enough to tell it from something else's. */
import { isJsonObject } from '../base/json-object.js';
import type { Attribute } from '../model/attribute.js';
import type { FenceEvent } from '../model/fencing.js';
import type { Revision } from '../model/revision.js';
import type { Condition, Status } from '../model/status.js';
import type { SpecInForce } from './handlers.js';

/** A status; null when the value is none. */
export function decodeStatus(value: unknown): Status | null {
  if (!isJsonObject(value)) return null;
  const hasTexts = ['cluster', 'node', 'role', 'verdict', 'health', 'at', 'software'].every(
    (key) => typeof value[key] === 'string',
  );
  const hasLists = ['nodes', 'groups', 'leases', 'pings', 'failures', 'conditions'].every((key) =>
    Array.isArray(value[key]),
  );
  const hasParts = ['quorum', 'counters', 'observed'].every((key) => isJsonObject(value[key]));
  return hasTexts && hasLists && hasParts ? (value as unknown as Status) : null;
}

/** The spec in force; null when the value is none. */
export function decodeSpecInForce(value: unknown): SpecInForce | null {
  if (!isJsonObject(value) || (value.text !== null && typeof value.text !== 'string')) return null;
  const revision = decodeRevision(value.revision);
  return revision === undefined ? null : { revision, text: value.text };
}

/** What came of a look at the spec; null when the value is no answer to that. */
export function decodeReconciled(
  value: unknown,
): { readonly revision: Revision | null; readonly condition: Condition | null } | null {
  if (!isJsonObject(value)) return null;
  const revision = decodeRevision(value.revision);
  const { condition } = value;
  if (revision === undefined) return null;
  if (condition === null) return { revision, condition };
  if (!isJsonObject(condition) || typeof condition.kind !== 'string' || typeof condition.sentence !== 'string')
    return null;
  return { revision, condition: condition as unknown as Condition };
}

/** What came of a detach; null when the value is no answer to that. */
export function decodeDetached(
  value: unknown,
): { readonly leftMs: number | null; readonly withoutKillPath: readonly string[] } | null {
  if (!isJsonObject(value)) return null;
  const { leftMs, withoutKillPath } = value;
  if (leftMs !== null && typeof leftMs !== 'number') return null;
  if (!Array.isArray(withoutKillPath)) return null;
  const ids = withoutKillPath.filter((id): id is string => typeof id === 'string');
  return ids.length === withoutKillPath.length ? { leftMs, withoutKillPath: ids } : null;
}

/** What fencing did; null when the value is no answer to that. */
export function decodeFenceHistory(value: unknown): readonly FenceEvent[] | null {
  if (!isJsonObject(value) || !Array.isArray(value.events)) return null;
  const isEvent = (event: unknown): boolean =>
    isJsonObject(event) && typeof event.kind === 'string' && typeof event.atWallMs === 'number';
  return value.events.every(isEvent) ? (value.events as unknown as readonly FenceEvent[]) : null;
}

/** The attributes and whose daemon told them; null when the value is no answer to that. */
export function decodeAttributes(
  value: unknown,
): { readonly node: string; readonly attributes: readonly Attribute[] } | null {
  if (!isJsonObject(value) || typeof value.node !== 'string' || !Array.isArray(value.attributes)) return null;
  const isAttribute = (each: unknown): boolean =>
    isJsonObject(each) && typeof each.name === 'string' && typeof each.value === 'string';
  if (!value.attributes.every(isAttribute)) return null;
  return { node: value.node, attributes: value.attributes as unknown as readonly Attribute[] };
}

/** The sentence of an answer that is no success; null when there is none. */
export function decodeErrorMessage(value: unknown): string | null {
  if (!isJsonObject(value) || !isJsonObject(value.error)) return null;
  return typeof value.error.message === 'string' ? value.error.message : null;
}

function decodeRevision(value: unknown): Revision | null | undefined {
  if (value === null) return null;
  if (!isJsonObject(value)) return undefined;
  const { generation, hash, parent } = value;
  if (typeof generation !== 'number' || typeof hash !== 'string') return undefined;
  return parent === null || typeof parent === 'string' ? { generation, hash, parent } : undefined;
}
