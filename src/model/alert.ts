/** What an operator is told of when it happens. The words of the spec. */
export const alertEvents = ['failover', 'failure', 'fencing', 'node', 'spec', 'drift'] as const;

/** One of {@link alertEvents}. */
export type AlertEvent = (typeof alertEvents)[number];

/**
 * Something that happened, to be told to receivers.
 *
 * Shape: `number` counts up within a daemon's life, from 1; `node` is where it happened, `by` who tells it; `nodeNumber` is the place of `node` among the spec's nodes in order of id, from 1, 0 for one that is not in the
 * spec; `sentence` is one line without secrets; `group` and `resource` are absent where it is about none.
 */
export interface Alert extends AlertDetail {
  readonly number: number;
  readonly cluster: string;
  readonly nodeNumber: number;
  readonly by: string;
  readonly atWallMs: number;
}

/** What is told of one event. */
export interface AlertDetail {
  readonly event: AlertEvent;
  readonly severity: 'info' | 'warning' | 'error';
  readonly node: string;
  readonly sentence: string;
  readonly group?: string;
  readonly resource?: string;
  /** failover: the node that had it before. */
  readonly from?: string;
  /** node: whether it is there. */
  readonly isThere?: boolean;
  /** fencing: whether it was in vain so far. */
  readonly hasFailed?: boolean;
  /** failure: what was called and what came of it. */
  readonly call?: AlertCall;
}

/** A call of an agent that failed. Shape: `code` is null where there was no exit code, `intervalMs` 0 but for monitors. */
export interface AlertCall {
  readonly action: 'start' | 'stop' | 'monitor';
  readonly intervalMs: number;
  readonly code: number | null;
  readonly outcome: 'failed' | 'stopped' | 'timeout' | 'unknown';
  readonly reason: string;
  readonly tookMs: number;
}

/** What a template can name, in the order of the default body. */
export const alertFields = [
  'cluster',
  'event',
  'severity',
  'node',
  'group',
  'resource',
  'from',
  'sentence',
  'by',
  'at',
  'number',
] as const;

/** One of {@link alertFields}. */
export type AlertField = (typeof alertFields)[number];

/** The values of an alert's fields as texts. Shape: `at` is ISO 8601 in UTC; empty for what an alert does not have. */
export function fieldsOfAlert(alert: Alert, at: string): Record<AlertField, string> {
  return {
    cluster: alert.cluster,
    event: alert.event,
    severity: alert.severity,
    node: alert.node,
    group: alert.group ?? '',
    resource: alert.resource ?? '',
    from: alert.from ?? '',
    sentence: alert.sentence,
    by: alert.by,
    at,
    number: String(alert.number),
  };
}

/** A place in a template that a field fills. */
const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What a receiver is sent: text, or JSON whose texts are filled in. */
export type AlertTemplate =
  | string
  | number
  | boolean
  | null
  | readonly AlertTemplate[]
  | { readonly [key: string]: AlertTemplate };

/** The names that stand in a template between double braces, in order. */
export function placesOf(template: AlertTemplate): string[] {
  if (typeof template === 'string') return [...template.matchAll(PLACE)].map(([, name = '']) => name);
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap(placesOf);
}

/** A template with its places filled. A name that is no field is left as it is written. */
export function fillTemplate(template: AlertTemplate, fields: Readonly<Record<string, string>>): AlertTemplate {
  if (typeof template === 'string') {
    return template.replace(PLACE, (place, name: string) =>
      Object.hasOwn(fields, name) ? (fields[name] ?? '') : place,
    );
  }
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return template.map((each: AlertTemplate) => fillTemplate(each, fields));
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillTemplate(value, fields)]));
}
