/** What the control server has to answer, written down a second time from docs/cli.md and not from its code. */
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import { limits } from '../../src/model/limits.js';

/** A request that is well formed as HTTP. */
export interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['/v1/attributes', 'GET or POST'],
  ['/v1/health', 'GET'],
  ['/v1/status', 'GET'],
  ['/v1/spec', 'GET'],
  ['/v1/retry', 'POST'],
  ['/v1/leave', 'POST'],
  ['/v1/detach', 'POST'],
  ['/v1/reconcile', 'POST'],
  ['/v1/fence/history', 'GET'],
  ['/v1/fence/confirm', 'POST'],
]);

/** The codes that may answer a request; mostly one. */
export function expectedCodes(asked: ControlRequest, spec: ClusterSpec): readonly number[] {
  const path = asked.path.replace(/\?.*$/s, '');
  const method = METHODS.get(path);
  if (method === undefined) return [404];
  if (!method.split(' or ').includes(asked.method)) return [405];
  if (asked.body.length > limits.controlBodyBytesMax) return [413];
  const text = asked.body.toString('utf8');
  let value: unknown = {};
  if (text.trim() !== '') {
    try {
      value = JSON.parse(text);
    } catch {
      return [400];
    }
  }
  switch (path) {
    case '/v1/retry':
      return retryCodes(value, spec);
    case '/v1/reconcile':
      return reconcileCodes(value);
    case '/v1/fence/confirm':
      return confirmCodes(value);
    case '/v1/attributes':
      return asked.method === 'GET' ? [200] : attributeCodes(value, spec);
    case '/v1/leave':
      return [202];
    case '/v1/detach':
      return [409];
    default:
      return [200];
  }
}

/** What is wrong with an answer as such; null when it is well formed. */
export function describesItself(answer: {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}): string | null {
  const { code, headers, text } = answer;
  if (headers['content-type'] !== 'application/json; charset=utf-8') return 'a wrong content-type';
  if (headers['content-length'] !== String(Buffer.byteLength(text))) return 'a wrong content-length';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  if (!isMembers(value)) return 'no JSON object';
  if (code < 400) return 'error' in value ? 'an error beside a success' : null;
  const error: unknown = value.error;
  if (!isMembers(error) || typeof error.code !== 'string' || typeof error.message !== 'string') return 'no error';
  return error.message.length > 0 && error.code.length > 0 ? null : 'an empty error';
}

function retryCodes(value: unknown, spec: ClusterSpec): readonly number[] {
  if (!isMembers(value) || Object.keys(value).some((key) => key !== 'resource' && key !== 'node')) return [400];
  const { resource, node = null } = value;
  if (typeof resource !== 'string' || resource === '' || (node !== null && typeof node !== 'string')) return [400];
  const isKnown = [...spec.groups, ...spec.resources].some(({ id }) => id === resource);
  return isKnown && (node === null || spec.nodes.some(({ id }) => id === node)) ? [200] : [409];
}

function reconcileCodes(value: unknown): readonly number[] {
  if (!isMembers(value) || Object.keys(value).some((key) => key !== 'path' && key !== 'adopt')) return [400];
  const { path = null, adopt = false } = value;
  if (typeof adopt !== 'boolean' || (path !== null && (typeof path !== 'string' || !path.startsWith('/'))))
    return [400];
  return path === null ? [200] : [200, 409];
}

/** What is well formed is refused for its name, its value or its node only. */
function attributeCodes(value: unknown, spec: ClusterSpec): readonly number[] {
  const known = ['node', 'name', 'value', 'isLasting'];
  if (!isMembers(value) || Object.keys(value).some((key) => !known.includes(key))) return [400];
  const { node, name, value: text, isLasting = false } = value;
  if (node !== null && (typeof node !== 'string' || node === '')) return [400];
  if (typeof name !== 'string' || (text !== null && typeof text !== 'string') || typeof isLasting !== 'boolean')
    return [400];
  const isNode = node === null ? isLasting : spec.nodes.some(({ id }) => id === node);
  return isNode ? [200, 409] : [409];
}

/** Everybody is heard, so nobody's death is believed. */
function confirmCodes(value: unknown): readonly number[] {
  if (!isMembers(value) || Object.keys(value).some((key) => key !== 'node')) return [400];
  return typeof value.node === 'string' && value.node !== '' ? [409] : [400];
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
