/** Reads a daemon's orders. A daemon of another version may have written them, so each member is looked at. */
import { isJsonObject, parseJson } from '../base/json-object.js';
import { GUARD_ORDERS_VERSION } from '../model/guard-orders.js';
import type { GuardedLease, GuardedMember, GuardedStop, GuardedWatchdog, GuardOrders } from '../model/guard-orders.js';
import type { ParameterValue } from '../model/cluster-spec.js';
import type { KillPath } from '../model/kill-path.js';
import type { LeaseState } from '../model/lease.js';

const STATES: readonly LeaseState[] = ['claim', 'own', 'stop', 'lapsed'];

/** The orders in a text; null when there are none, or when they are of another form. */
export function decodeGuardOrders(text: string | null): GuardOrders | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || value.version !== GUARD_ORDERS_VERSION || typeof value.isOver !== 'boolean') return null;
  const leases = decodeList(value.leases, decodeLease);
  const watchdog = decodeWatchdog(value.watchdog);
  const { lookEveryMs, isOver } = value;
  if (leases === null || watchdog === undefined || !isNumber(lookEveryMs) || lookEveryMs < 1) return null;
  return { version: GUARD_ORDERS_VERSION, leases, watchdog, lookEveryMs, isOver };
}

function decodeLease(value: unknown): GuardedLease | null {
  if (!isJsonObject(value)) return null;
  const { key, epoch, validUntilMs, deadByMs } = value;
  const state = STATES.find((each) => each === value.state);
  const members = decodeList(value.members, decodeMember);
  // A daemon of an earlier version names none.
  const stops = decodeList(value.stops ?? [], decodeStop);
  const withoutKillPath = decodeList(value.withoutKillPath, (each) => (typeof each === 'string' ? each : null));
  if (typeof key !== 'string' || state === undefined || members === null) return null;
  if (stops === null || withoutKillPath === null) return null;
  if (!isNumber(epoch) || !isNumber(validUntilMs) || !isNumber(deadByMs) || deadByMs < validUntilMs) return null;
  return { key, epoch, state, validUntilMs, deadByMs, members, stops, withoutKillPath };
}

function decodeMember(value: unknown): GuardedMember | null {
  if (!isJsonObject(value) || typeof value.resource !== 'string') return null;
  const path = decodePath(value.path);
  return path === null ? null : { resource: value.resource, path };
}

function decodeStop(value: unknown): GuardedStop | null {
  if (!isJsonObject(value)) return null;
  const { resource, type, timeoutMs, membersBefore } = value;
  const params = decodeParams(value.params);
  if (typeof resource !== 'string' || typeof type !== 'string' || params === null) return null;
  return isNumber(timeoutMs) && isNumber(membersBefore) ? { resource, type, params, timeoutMs, membersBefore } : null;
}

function decodeParams(value: unknown): Record<string, ParameterValue> | null {
  if (!isJsonObject(value)) return null;
  const params: Record<string, ParameterValue> = {};
  for (const [name, parameter] of Object.entries(value)) {
    if (typeof parameter === 'string') {
      params[name] = parameter;
      continue;
    }
    const list = decodeList(parameter, (each) => (typeof each === 'string' ? each : null));
    if (list === null) return null;
    params[name] = list;
  }
  return params;
}

function decodePath(value: unknown): KillPath | null {
  if (!isJsonObject(value)) return null;
  switch (value.kind) {
    case 'process':
    case 'noop':
      return { kind: value.kind };
    case 'unit':
      return typeof value.type === 'string' ? { kind: 'unit', type: value.type } : null;
    case 'address': {
      const params = decodeParams(value.params);
      return params === null ? null : { kind: 'address', params };
    }
    default:
      return null;
  }
}

/** Null for none, undefined for one that cannot be read. */
function decodeWatchdog(value: unknown): GuardedWatchdog | null | undefined {
  if (value === null) return null;
  if (!isJsonObject(value) || typeof value.device !== 'string' || !isNumber(value.timeoutMs)) return undefined;
  return { device: value.device, timeoutMs: value.timeoutMs };
}

/** The text of orders of a daemon that was over, for the guard of one that begins: it would end at once by those. Null when they do not say so. */
export function reopenedOrders(orders: GuardOrders | null): string | null {
  return orders?.isOver === true ? JSON.stringify({ ...orders, isOver: false }) : null;
}

/** Null as soon as one of the list cannot be read: a lease that is half understood would be half ended. */
function decodeList<T>(value: unknown, decode: (each: unknown) => T | null): T[] | null {
  if (!Array.isArray(value)) return null;
  const list: T[] = [];
  for (const each of value) {
    const decoded = decode(each);
    if (decoded === null) return null;
    list.push(decoded);
  }
  return list;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
