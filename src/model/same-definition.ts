import type { ResourceSpec } from './cluster-spec.js';

/** Whether two specs of a resource run the same thing: only what the agent is given counts. */
export function isSameDefinition(a: ResourceSpec, b: ResourceSpec): boolean {
  if (a.type !== b.type) return false;
  const names = Object.keys(a.params);
  if (names.length !== Object.keys(b.params).length) return false;
  return names.every((name) => isSameValue(a, b, name));
}

/** The parameters that two specs of a resource do not have alike, in order of name. */
export function changedParameters(a: ResourceSpec, b: ResourceSpec): readonly string[] {
  const names = new Set([...Object.keys(a.params), ...Object.keys(b.params)]);
  return [...names].filter((name) => !isSameValue(a, b, name)).sort();
}

function isSameValue(a: ResourceSpec, b: ResourceSpec, name: string): boolean {
  return JSON.stringify(a.params[name]) === JSON.stringify(b.params[name]);
}
