/** Reads the bodies of requests. */
import type { AttributeChange } from '../model/attribute.js';
import { isJsonObject } from '../base/json-object.js';

/** A body that could be read, or why not, in one sentence. */
export type Decoded<T> = { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'bad'; readonly why: string };

/** Shape of `POST /v1/retry`. */
export interface RetryRequest {
  readonly resource: string;
  readonly node: string | null;
}

/** Shape of `POST /v1/reconcile`. */
export interface ReconcileRequest {
  readonly path: string | null;
  readonly adopt: boolean;
}

/** Shape of `POST /v1/fence/confirm`. */
export interface FenceConfirmRequest {
  readonly node: string;
}

/** Shape of `POST /v1/lab/cut`. */
export interface CutRequest {
  readonly peers: readonly string[];
}

/** `{"resource": "nginx", "node": "lb1"}`; without `node`, the daemon chooses. */
export function decodeRetry(body: unknown): Decoded<RetryRequest> {
  const members = decodeMembers(body, ['resource', 'node']);
  if (members.kind === 'bad') return members;
  const { resource, node = null } = members.value;
  if (typeof resource !== 'string' || resource === '') return bad('"resource" must be the id of a resource or group');
  if (node !== null && typeof node !== 'string') return bad('"node" must be the id of a node');
  return { kind: 'ok', value: { resource, node } };
}

/** `{"path": "/etc/fairlead/cluster.yaml", "adopt": false}`; both may be left out. */
export function decodeReconcile(body: unknown): Decoded<ReconcileRequest> {
  const members = decodeMembers(body, ['path', 'adopt']);
  if (members.kind === 'bad') return members;
  const { path = null, adopt = false } = members.value;
  if (path !== null && (typeof path !== 'string' || !path.startsWith('/')))
    return bad('"path" must be an absolute path');
  if (typeof adopt !== 'boolean') return bad('"adopt" must be true or false');
  return { kind: 'ok', value: { path, adopt } };
}

/** `{"node": "lb2"}`. */
export function decodeFenceConfirm(body: unknown): Decoded<FenceConfirmRequest> {
  const members = decodeMembers(body, ['node']);
  if (members.kind === 'bad') return members;
  const { node } = members.value;
  return typeof node === 'string' && node !== ''
    ? { kind: 'ok', value: { node } }
    : bad('"node" must be the id of a node');
}

/** `{"node": "lb1", "name": "pingd", "value": "1000", "isLasting": false}`; `node` null for the whole cluster, `value` null to take it away. */
export function decodeAttributeChange(body: unknown): Decoded<AttributeChange> {
  const members = decodeMembers(body, ['node', 'name', 'value', 'isLasting']);
  if (members.kind === 'bad') return members;
  const { node, name, value, isLasting = false } = members.value;
  if (node !== null && (typeof node !== 'string' || node === ''))
    return bad('"node" must be the id of a node, or null for the whole cluster');
  if (typeof name !== 'string') return bad('"name" must be the name of an attribute');
  if (value !== null && typeof value !== 'string') return bad('"value" must be a text, or null to take it away');
  if (typeof isLasting !== 'boolean') return bad('"isLasting" must be true or false');
  return { kind: 'ok', value: { node, name, value, isLasting } };
}

/** `{"peers": ["lb2", "lb3"]}`. */
export function decodeCut(body: unknown): Decoded<CutRequest> {
  const members = decodeMembers(body, ['peers']);
  if (members.kind === 'bad') return members;
  const { peers } = members.value;
  if (!Array.isArray(peers)) return bad('"peers" must be a list of node ids');
  const ids = peers.filter((peer) => typeof peer === 'string');
  return ids.length === peers.length
    ? { kind: 'ok', value: { peers: ids } }
    : bad('"peers" must be a list of node ids');
}

/** The members of a JSON object, none for an empty body. A member that nobody knows is a typing mistake, so it is refused. */
function decodeMembers(body: unknown, known: readonly string[]): Decoded<Readonly<Record<string, unknown>>> {
  if (body === undefined) return { kind: 'ok', value: {} };
  if (!isJsonObject(body)) return bad('the body must be a JSON object');
  const stranger = Object.keys(body).find((key) => !known.includes(key));
  if (stranger !== undefined) {
    return bad(`the body has no member "${stranger}"; known are ${known.map((key) => `"${key}"`).join(', ')}`);
  }
  return { kind: 'ok', value: { ...body } };
}

function bad(why: string): { readonly kind: 'bad'; readonly why: string } {
  return { kind: 'bad', why };
}
