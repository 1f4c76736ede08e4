import { sortedBy } from '../base/order.js';
import type { AttributeProbe, AttributeWish } from '../model/attribute-probe.js';
import type { CheckProbe, CheckSpec } from '../model/check.js';
import type { NodeCheckSpec } from '../model/cluster-spec.js';
import type { Target } from '../model/target.js';
import { decodeHealth } from './decode-health.js';
import { defaults } from './defaults.js';
import type { Check, ClusterDocument, NodeCheck } from './raw-document.js';
import type { SourceIndex } from './source-index.js';
import { parseHostPort, parseUrl } from './target.js';
import { msOr } from './written-duration.js';

/** The keys that say what a check looks at; each check has one of them. */
export const probeKeys = ['run', 'tcp', 'http', 'file', 'process'] as const;

/** The same for a check of nodes. */
export const nodeProbeKeys = [...probeKeys, 'attribute'] as const;

/** The checks of a map, in order of id. Shape: one that says nothing to look at, which a rule tells, is left out. */
export function decodeChecks(
  checks: Readonly<Record<string, Check>> | undefined,
  source: SourceIndex,
  path: readonly string[],
): CheckSpec[] {
  return sortedBy(Object.entries(checks ?? {}), ([id]) => id).flatMap(([id, check]) => {
    const probe = decodeProbe(check);
    return probe === null ? [] : [decodeCheck({ id, check, probe, source, path })];
  });
}

/** The checks of nodes, the parts of their health among them, in order of id. */
export function decodeNodeChecks({ checks, health }: ClusterDocument, source: SourceIndex): NodeCheckSpec[] {
  const own = Object.entries(checks ?? {}).flatMap(([id, check]): NodeCheckSpec[] => {
    const probe = decodeAttributeProbe(id, check, source) ?? decodeProbe(check);
    if (probe === null) return [];
    const { mode = defaults.nodeCheck.mode, onAllLost = defaults.nodeCheck.onAllLost } = check;
    return [{ ...decodeCheck({ id, check, probe, source, path: ['checks'] }), need: 1, mode, onAllLost }];
  });
  return sortedBy([...own, ...decodeHealth(health, source)], (check) => check.id);
}

function decodeAttributeProbe(id: string, check: NodeCheck, source: SourceIndex): AttributeProbe | null {
  if (check.attribute === undefined) return null;
  return { kind: 'attribute', name: check.attribute, wish: decodeWish(id, check, source) };
}

/** Values and bounds as they are written: `1.10` does not become `1.1`. Of wishes that do not go together, which a rule tells, the first counts. */
function decodeWish(id: string, check: NodeCheck, source: SourceIndex): AttributeWish {
  const textAt = (value: unknown, ...path: readonly (string | number)[]): string =>
    typeof value === 'string' ? value : source.text('checks', id, ...path);
  const textsAt = (value: NonNullable<NodeCheck['is']>, key: 'is' | 'isNot'): string[] =>
    Array.isArray(value) ? value.map((each, index) => textAt(each, key, index)) : [textAt(value, key)];
  const { is, isNot, atLeast, atMost, as: by = 'number', defined = true } = check;
  if (is !== undefined) return { kind: 'is', values: textsAt(is, 'is') };
  if (isNot !== undefined) return { kind: 'is-not', values: textsAt(isNot, 'isNot') };
  if (atLeast === undefined && atMost === undefined) return { kind: defined ? 'defined' : 'undefined' };
  return {
    kind: 'within',
    by,
    atLeast: atLeast === undefined ? null : textAt(atLeast, 'atLeast'),
    atMost: atMost === undefined ? null : textAt(atMost, 'atMost'),
  };
}

function decodeCheck<Probe>(options: {
  readonly id: string;
  readonly check: Pick<Check, 'every' | 'timeout' | 'rise' | 'fall'>;
  readonly probe: Probe;
  readonly source: SourceIndex;
  readonly path: readonly string[];
}): CheckSpec<Probe> {
  const { id, check, probe, source, path } = options;
  return {
    id,
    probe,
    everyMs: msOr(check.every, defaults.check.everyMs),
    timeoutMs: msOr(check.timeout, defaults.check.timeoutMs),
    rise: check.rise ?? defaults.check.rise,
    fall: check.fall ?? defaults.check.fall,
    place: source.key(...path, id).place,
  };
}

function decodeProbe(check: Check): CheckProbe | null {
  const { run, tcp, http, file, process, status, contains, newerThan } = check;
  if (run !== undefined) return { kind: 'run', argv: run };
  if (tcp !== undefined) return { kind: 'target', target: wellFormed(parseHostPort(tcp), tcp) };
  if (http !== undefined) {
    const target = wellFormed(parseUrl(http), http);
    return {
      kind: 'target',
      target,
      ...(status === undefined ? {} : { statuses: status }),
      ...(contains === undefined ? {} : { contains }),
    };
  }
  if (file !== undefined) {
    return { kind: 'file', path: file, ...(newerThan === undefined ? {} : { newerThanMs: msOr(newerThan, 0) }) };
  }
  return process === undefined ? null : { kind: 'process', name: process };
}

/** What cannot be asked is told by a rule. */
function wellFormed(target: Target | { readonly kind: 'bad' }, text: string): Target {
  return target.kind === 'bad' ? { kind: 'http', text, host: '' } : target;
}
