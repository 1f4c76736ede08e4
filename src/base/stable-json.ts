import { compareIds } from './order.js';

/**
 * JSON with every object's keys in one order, so that equal values give equal text.
 *
 * Shape: `value` is plain data (no cycles, functions or dates); undefined members are left out, as JSON does; `indent` as for JSON.stringify.
 */
export function stableJson(value: unknown, indent?: number): string {
  return JSON.stringify(sortKeys(value), undefined, indent);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareIds(a, b));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}
