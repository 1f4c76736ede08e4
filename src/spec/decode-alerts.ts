import { sortedBy } from '../base/order.js';
import type { AlertTemplate } from '../model/alert.js';
import { alertEvents } from '../model/alert.js';
import type { AlertReceiver, MaybeSecret } from '../model/cluster-spec.js';
import { decodeSecret } from './decode-secret.js';
import { defaults } from './defaults.js';
import type { AlertReceiver as WrittenReceiver, ClusterDocument, Secret } from './raw-document.js';
import type { PathPart, SourceIndex } from './source-index.js';
import { msOr } from './written-duration.js';

/** Whom to tell what happens, in order of id. What is neither a webhook nor a program is left out; a rule tells. */
export function decodeAlerts(document: ClusterDocument, source: SourceIndex): AlertReceiver[] {
  const written = sortedBy(Object.entries(document.alerts ?? {}), ([id]) => id);
  return written.flatMap(([id, receiver]) => decodeReceiver(id, receiver, source) ?? []);
}

function decodeReceiver(id: string, written: WrittenReceiver, source: SourceIndex): AlertReceiver | null {
  const path = ['alerts', id];
  const usual = defaults.alert;
  const common = {
    id,
    on: alertEvents.filter((event) => written.events?.includes(event) ?? true),
    timeoutMs: msOr(written.timeout, usual.timeoutMs),
    retries: written.retries ?? usual.retries,
    place: source.key(...path).place,
  };
  if (written.webhook !== undefined) {
    return {
      ...common,
      kind: 'webhook',
      url: textOrSecret(written.webhook, source, [...path, 'webhook']),
      headers: textsOrSecrets(written.headers, source, [...path, 'headers']),
      // What YAML gives where the schema allows anything is a JSON value.
      body: (written.body ?? null) as AlertTemplate,
    };
  }
  if (written.program === undefined) return null;
  return {
    ...common,
    kind: 'program',
    path: written.program,
    recipient: written.recipient ?? null,
    params: textsOrSecrets(written.params, source, [...path, 'params']),
    timestampFormat: written.timestampFormat ?? usual.timestampFormat,
  };
}

function textsOrSecrets(
  written: Readonly<Record<string, string | number | boolean | Secret>> | undefined,
  source: SourceIndex,
  path: readonly PathPart[],
): Record<string, MaybeSecret> {
  const entries = Object.entries(written ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, textOrSecret(value, source, [...path, name])]));
}

/** Text as it is written: `01` stays `01`. */
function textOrSecret(
  value: string | number | boolean | Secret,
  source: SourceIndex,
  path: readonly PathPart[],
): MaybeSecret {
  if (typeof value === 'object') return decodeSecret(value, source, path) ?? '';
  return typeof value === 'string' ? value : source.text(...path);
}
