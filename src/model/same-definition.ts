import type { ResourceSpec } from './cluster-spec.js';

/** Whether two specs of a resource run the same thing: only what the agent is given counts. */
export function isSameDefinition(a: ResourceSpec, b: ResourceSpec): boolean {
  if (a.type !== b.type) return false;
  const names = Object.keys(a.params);
  if (names.length !== Object.keys(b.params).length) return false;
  return names.every((name) => JSON.stringify(a.params[name]) === JSON.stringify(b.params[name]));
}
