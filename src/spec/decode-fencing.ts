import { compareIds, sortedBy } from '../base/order.js';
import type { FenceDeviceSpec, FenceLevels, FencingSpec, SecretReference } from '../model/cluster-spec.js';
import { decodeSecret } from './decode-secret.js';
import { defaults } from './defaults.js';
import type { ClusterDocument, FenceDevice } from './raw-document.js';
import type { SourceIndex } from './source-index.js';
import { msOr } from './written-duration.js';

/** The means to make sure that a node is dead. */
export function decodeFencing(document: ClusterDocument, source: SourceIndex): FencingSpec {
  const { devices = {}, prefer = [], headStart, watchdog } = document.fencing ?? {};
  return {
    devices: sortedBy(
      Object.entries(devices).map(([id, device]) => decodeDevice(id, device, source)),
      ({ id }) => id,
    ),
    levels: decodeLevels(document, source),
    prefer: prefer.map((id, index) => ({ id, place: source.value('fencing', 'prefer', index).place })),
    headStartMs: msOr(headStart, defaults.fencing.headStartMs),
    watchdog:
      watchdog === undefined
        ? null
        : {
            device: watchdog.device ?? defaults.watchdog.device,
            timeoutMs: msOr(watchdog.timeout, defaults.watchdog.timeoutMs),
          },
  };
}

/** Where nothing is written for a node, each device that names it is a level of its own, in the order of the file. */
function decodeLevels(document: ClusterDocument, source: SourceIndex): FenceLevels[] {
  const { devices = {}, levels: written = {} } = document.fencing ?? {};
  const named = new Map<string, string[][]>();
  for (const [id, device] of Object.entries(devices)) {
    for (const node of new Set(device.nodes)) {
      const levels = named.get(node) ?? [];
      levels.push([id]);
      named.set(node, levels);
    }
  }
  const nodes = [...new Set([...named.keys(), ...Object.keys(written)])].sort(compareIds);
  return nodes.map((node) => {
    const own = Object.hasOwn(written, node) ? written[node] : undefined;
    const { place } = own === undefined ? source.key('fencing', 'devices') : source.key('fencing', 'levels', node);
    return { node, levels: own ?? named.get(node) ?? [], place };
  });
}

function decodeDevice(id: string, device: FenceDevice, source: SourceIndex): FenceDeviceSpec {
  const path = ['fencing', 'devices', id];
  const usual = defaults.fenceDevice;
  return {
    id,
    agent: device.agent,
    nodes: device.nodes,
    plugs: decodePlugs(device, source, path),
    action: device.action ?? usual.action,
    timeoutMs: msOr(device.timeout, usual.timeoutMs),
    retries: device.retries ?? usual.retries,
    delayBaseMs: msOr(device.delay?.base, usual.delayBaseMs),
    delayRandomMs: msOr(device.delay?.random, usual.delayRandomMs),
    params: decodeParams(device, source, path),
    place: source.key(...path).place,
  };
}

/** Names of plugs as they are written: `01` stays `01`. */
function decodePlugs(device: FenceDevice, source: SourceIndex, path: readonly string[]): Record<string, string> {
  const plugs = Object.entries(device.plugs ?? {});
  return Object.fromEntries(
    plugs.map(([node, plug]) => [node, typeof plug === 'string' ? plug : source.text(...path, 'plugs', node)]),
  );
}

function decodeParams(
  device: FenceDevice,
  source: SourceIndex,
  path: readonly string[],
): Record<string, string | SecretReference> {
  const params = Object.entries(device.params ?? {}).map(([name, value]): [string, string | SecretReference] => {
    const at = [...path, 'params', name];
    if (typeof value === 'object') return [name, decodeSecret(value, source, at) ?? ''];
    return [name, typeof value === 'string' ? value : source.text(...at)];
  });
  return Object.fromEntries(params);
}
