import type { Exclusivity } from './cluster-spec.js';

/** How strict, weakest first. */
const STRICTNESS: readonly Exclusivity[] = ['none', 'provider', 'lease', 'fencing'];

/** What a group of these members needs; null for none. */
export function strictest(exclusivities: readonly Exclusivity[]): Exclusivity | null {
  return STRICTNESS.findLast((each) => exclusivities.includes(each)) ?? null;
}

/** Whether it does no harm when it runs on after another node has taken it over: then no deadline is about it. */
export function isHarmlessLate(exclusive: Exclusivity): boolean {
  return exclusive === 'none' || exclusive === 'provider';
}
