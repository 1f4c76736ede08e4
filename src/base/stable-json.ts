import { compareIds } from './order.js';

/**
 * JSON with every object's keys in one order, so that equal values give equal text.
 *
 * Shape: `value` is plain data (no cycles, functions or dates); undefined members are left out, as JSON does; `indent` as for JSON.stringify.
 */
export function stableJson(value: unknown, indent?: number): string {
  const text = indent === undefined ? write(value) : null;
  return text ?? JSON.stringify(sortKeys(value), undefined, indent);
}

/** The text in one go, without a sorted copy; null for what has names that objects keep in an order of their own, such as numbers. */
function write(value: unknown): string | null {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return Array.isArray(value) ? writeList(value) : writeObject(value);
    default:
      return null;
  }
}

function writeList(list: readonly unknown[]): string | null {
  let text = '[';
  for (let i = 0; i < list.length; i++) {
    const member = list[i];
    const part = member === undefined ? 'null' : write(member);
    if (part === null) return null;
    text += i === 0 ? part : `,${part}`;
  }
  return `${text}]`;
}

function writeObject(value: object): string | null {
  const entries: [string, unknown][] = Object.entries(value);
  entries.sort(([a], [b]) => compareIds(a, b));
  let text = '{';
  for (const [name, member] of entries) {
    if (member === undefined) continue;
    const part = isNumber(name) ? null : write(member);
    if (part === null) return null;
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${part}`;
  }
  return `${text}}`;
}

function isNumber(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareIds(a, b));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}
