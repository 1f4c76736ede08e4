/**
 * Reads what is observed from a file: an `ObservedCluster`, or a status that has one (`fairlead status -o json`).
 */
import { isJsonObject } from '../base/json-object.js';
import type { Attribute } from '../model/attribute.js';
import type {
  FencingObservation,
  LeaseObservation,
  NodeObservation,
  ObservedCluster,
  PingObservation,
  ResourceObservation,
  ResourceState,
} from '../model/observation.js';
import type { LeaseState } from '../model/lease.js';
import type { FormerGroup } from './removed-groups.js';

/** What a file tells. Shape: `cluster`, `by` and `at` are null for a view put together by hand. */
export interface ObservedFile {
  readonly observed: ObservedCluster;
  readonly former: readonly FormerGroup[];
  readonly cluster: string | null;
  readonly by: string | null;
  readonly at: string | null;
}

/** A decoded file, or the first thing in it that is not as it should be, in one sentence. */
export type ObservedResult =
  | { readonly kind: 'observed'; readonly file: ObservedFile }
  | { readonly kind: 'bad'; readonly why: string };

/** Decodes the text of such a file. Errors: none. */
export function decodeObserved(text: string): ObservedResult {
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'observed', file: readFile(value) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'bad', why: `it is no JSON: ${error.message}` };
    if (error instanceof ShapeError) return { kind: 'bad', why: error.message };
    throw error;
  }
}

/** Stops decoding at the first thing that is wrong. */
class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

type Fields = Readonly<Record<string, unknown>>;

const LIVENESS: readonly NodeObservation['liveness'][] = ['online', 'offline', 'unknown'];
const LEASE_STATES: readonly LeaseState[] = ['claim', 'own', 'stop', 'lapsed'];
const TURNS: readonly ('less' | 'more')[] = ['less', 'more'];
const RESOURCE_STATES: readonly ResourceState[] = ['unknown', 'stopped', 'starting', 'running', 'failed', 'stopping'];

function readFile(value: unknown): ObservedFile {
  const top = fieldsOf(value, 'the file');
  const isStatus = 'observed' in top;
  const observed = readObserved(isStatus ? fieldsOf(top.observed, 'observed') : top, isStatus ? 'observed.' : '');
  if (!isStatus) return { observed, former: [], cluster: null, by: observed.self, at: null };
  return {
    observed,
    former: 'groups' in top ? listOf(top, 'groups', '').map((each, index) => readFormer(each, `groups[${index}]`)) : [],
    cluster: typeof top.cluster === 'string' ? top.cluster : null,
    by: typeof top.node === 'string' ? top.node : observed.self,
    at: typeof top.at === 'string' ? top.at : null,
  };
}

function readFormer(value: unknown, path: string): FormerGroup {
  const fields = fieldsOf(value, path);
  const members = listOf(fields, 'members', `${path}.`).map((each, index) => {
    const at = `${path}.members[${index}]`;
    return textOf(fieldsOf(each, at), 'resource', at);
  });
  return { group: textOf(fields, 'group', path), members };
}

function readObserved(fields: Fields, path: string): ObservedCluster {
  const each = <T>(key: string, read: (fields: Fields, at: string) => T): T[] =>
    listOf(fields, key, path).map((value, index) => {
      const at = `${path}${key}[${index}]`;
      return read(fieldsOf(value, at), at);
    });
  const { self } = fields;
  if (self !== null && self !== undefined && typeof self !== 'string')
    throw new ShapeError(`"${path}self" must be the id of a node or null`);
  return {
    self: self ?? null,
    nodes: each('nodes', readNode),
    resources: each('resources', readResource),
    leases: each('leases', readLease),
    pings: each('pings', readPing),
    ...('fencing' in fields ? { fencing: each('fencing', readFencing) } : {}),
    ...('attributes' in fields ? { attributes: each('attributes', readAttribute) } : {}),
  };
}

function readNode(fields: Fields, at: string): NodeObservation {
  const { quorate } = fields;
  if (quorate !== null && typeof quorate !== 'boolean')
    throw new ShapeError(`"${at}.quorate" must be true, false or null`);
  return {
    node: textOf(fields, 'node', at),
    liveness: wordOf(fields, 'liveness', { at, words: LIVENESS }),
    leaving: truthOf(fields, 'leaving', at),
    ...('left' in fields && truthOf(fields, 'left', at) ? { left: true } : {}),
    quorate,
  };
}

function readResource(fields: Fields, at: string): ResourceObservation {
  return {
    resource: textOf(fields, 'resource', at),
    node: textOf(fields, 'node', at),
    state: wordOf(fields, 'state', { at, words: RESOURCE_STATES }),
    busy: truthOf(fields, 'busy', at),
    failures: numberOf(fields, 'failures', at),
    banned: truthOf(fields, 'banned', at),
    blocked: truthOf(fields, 'blocked', at),
    ...('reason' in fields ? { reason: textOf(fields, 'reason', at) } : {}),
    ...('backingOff' in fields ? { backingOff: truthOf(fields, 'backingOff', at) } : {}),
    ...('halted' in fields ? { halted: truthOf(fields, 'halted', at) } : {}),
    ...('fence' in fields ? { fence: truthOf(fields, 'fence', at) } : {}),
    ...('outdated' in fields ? { outdated: truthOf(fields, 'outdated', at) } : {}),
    ...('reloadable' in fields ? { reloadable: truthOf(fields, 'reloadable', at) } : {}),
    ...('drift' in fields ? { drift: textOf(fields, 'drift', at) } : {}),
    ...('startTookMs' in fields ? { startTookMs: numberOf(fields, 'startTookMs', at) } : {}),
    ...('stopTookMs' in fields ? { stopTookMs: numberOf(fields, 'stopTookMs', at) } : {}),
  };
}

function readLease(fields: Fields, at: string): LeaseObservation {
  return {
    group: textOf(fields, 'group', at),
    node: textOf(fields, 'node', at),
    epoch: numberOf(fields, 'epoch', at),
    state: wordOf(fields, 'state', { at, words: LEASE_STATES }),
  };
}

function readFencing(fields: Fields, at: string): FencingObservation {
  const { by } = fields;
  if (by !== null && typeof by !== 'string') throw new ShapeError(`"${at}.by" must be the id of a node or null`);
  return { node: textOf(fields, 'node', at), by, text: textOf(fields, 'text', at) };
}

function readAttribute(fields: Fields, at: string): Attribute {
  const { node } = fields;
  if (node !== null && typeof node !== 'string') throw new ShapeError(`"${at}.node" must be the id of a node or null`);
  return {
    node,
    name: textOf(fields, 'name', at),
    value: textOf(fields, 'value', at),
    isLasting: truthOf(fields, 'isLasting', at),
  };
}

function readPing(fields: Fields, at: string): PingObservation {
  const reachable = fields.reachable === null ? null : numberOf(fields, 'reachable', at);
  return {
    ping: textOf(fields, 'ping', at),
    node: textOf(fields, 'node', at),
    reachable,
    ...('turning' in fields ? { turning: wordOf(fields, 'turning', { at, words: TURNS }) } : {}),
    ...('reason' in fields ? { reason: textOf(fields, 'reason', at) } : {}),
  };
}

function fieldsOf(value: unknown, path: string): Fields {
  if (!isJsonObject(value)) throw new ShapeError(`"${path}" must be an object`);
  return value;
}

function listOf(fields: Fields, key: string, path: string): readonly unknown[] {
  const value = fields[key];
  if (!Array.isArray(value)) throw new ShapeError(`"${path}${key}" must be a list`);
  return value;
}

function textOf(fields: Fields, key: string, at: string): string {
  const value = fields[key];
  if (typeof value !== 'string') throw new ShapeError(`"${at}.${key}" must be a text`);
  return value;
}

function numberOf(fields: Fields, key: string, at: string): number {
  const value = fields[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ShapeError(`"${at}.${key}" must be a number`);
  return value;
}

function truthOf(fields: Fields, key: string, at: string): boolean {
  const value = fields[key];
  if (typeof value !== 'boolean') throw new ShapeError(`"${at}.${key}" must be true or false`);
  return value;
}

function wordOf<T extends string>(
  fields: Fields,
  key: string,
  options: { readonly at: string; readonly words: readonly T[] },
): T {
  const { at, words } = options;
  const word = words.find((each) => each === fields[key]);
  if (word === undefined) throw new ShapeError(`"${at}.${key}" must be one of ${words.join(', ')}`);
  return word;
}
