import type { Condition } from '../model/status.js';

/** A lasting fact with the time since which it holds. */
export interface HeldCondition {
  readonly kind: Condition['kind'];
  readonly severity: Condition['severity'];
  readonly sentence: string;
  readonly sinceMs: number;
}

/** Lasting facts by kind and subject. */
export type Conditions = Map<string, HeldCondition>;

/** No conditions. */
export function beginConditions(): Conditions {
  return new Map();
}

/** States a condition; one that holds already keeps its age. Returns whether it or its words are new. */
export function setCondition(
  conditions: Conditions,
  condition: Omit<HeldCondition, 'sinceMs'> & { readonly subject?: string; readonly nowMs: number },
): boolean {
  const key = `${condition.kind} ${condition.subject ?? ''}`;
  const before = conditions.get(key);
  conditions.set(key, {
    kind: condition.kind,
    severity: condition.severity,
    sentence: condition.sentence,
    sinceMs: before?.sinceMs ?? condition.nowMs,
  });
  return before?.sentence !== condition.sentence;
}

/** Takes a condition back. Returns whether it held. */
export function clearCondition(conditions: Conditions, kind: Condition['kind'], subject = ''): boolean {
  // Asked for in every step, of which most find nothing to take back.
  return conditions.size > 0 && conditions.delete(`${kind} ${subject}`);
}

/** Takes back the conditions of a kind about other subjects than these. */
export function forgetConditions(conditions: Conditions, kind: Condition['kind'], subjects: ReadonlySet<string>): void {
  for (const key of conditions.keys()) {
    if (key.startsWith(`${kind} `) && !subjects.has(key.slice(kind.length + 1))) conditions.delete(key);
  }
}
