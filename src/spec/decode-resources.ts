import { sortedBy } from '../base/order.js';
import type { Exclusivity, MonitorSpec, ParameterValue, ResourceSpec } from '../model/cluster-spec.js';
import { decodeChecks } from './decode-checks.js';
import { defaults } from './defaults.js';
import type { ClusterDocument, Parameter, Resource } from './raw-document.js';
import { usesSharedDisk } from './shared-disk.js';
import type { SourceIndex } from './source-index.js';
import { msOr } from './written-duration.js';

/** What decoding of resources needs. Shape: `groupOf` maps members to their groups. */
export interface ResourceDecoding {
  readonly document: ClusterDocument;
  readonly source: SourceIndex;
  readonly groupOf: ReadonlyMap<string, string>;
}

/** The resources in order of id. */
export function decodeResources(decoding: ResourceDecoding): ResourceSpec[] {
  const resources = sortedBy(Object.entries(decoding.document.resources ?? {}), ([id]) => id);
  return resources.map(([id, resource]) => decodeResource(id, resource, decoding));
}

function decodeResource(id: string, resource: Resource, decoding: ResourceDecoding): ResourceSpec {
  const { source, groupOf } = decoding;
  const usual = decoding.document.defaults ?? {};
  const timeouts = { ...usual.timeouts, ...resource.timeouts };
  const monitorMs = msOr(timeouts.monitor, defaults.timeouts.monitorMs);
  const params = decodeParams(id, resource, source);
  return {
    id,
    group: groupOf.get(id) ?? id,
    type: resource.type,
    params,
    checks: decodeChecks(resource.checks, source, ['resources', id, 'checks']),
    monitors: decodeMonitors(resource.monitor ?? usual.monitor ?? [{}], monitorMs),
    timeouts: {
      startMs: msOr(timeouts.start, defaults.timeouts.startMs),
      stopMs: msOr(timeouts.stop, defaults.timeouts.stopMs),
      monitorMs,
    },
    onFail: {
      monitor: resource.onFail?.monitor ?? defaults.onFail.monitor,
      start: resource.onFail?.start ?? defaults.onFail.start,
      stop: resource.onFail?.stop ?? defaults.onFail.stop,
    },
    exclusive: resource.exclusive ?? usualExclusivity({ type: resource.type, params }, decoding.document),
    place: source.key('resources', id).place,
  };
}

/** What EC2 itself lets nobody but one have. */
const keptByProvider: ReadonlySet<string> = new Set(['builtin:aws-eip', 'builtin:aws-route', 'builtin:aws-private-ip']);

function usualExclusivity(resource: Pick<ResourceSpec, 'type' | 'params'>, { fencing }: ClusterDocument): Exclusivity {
  if (keptByProvider.has(resource.type)) return 'provider';
  const hasDevices = Object.keys(fencing?.devices ?? {}).length > 0;
  return hasDevices && usesSharedDisk(resource) ? 'fencing' : 'lease';
}

function decodeMonitors(monitors: NonNullable<Resource['monitor']>, monitorMs: number): MonitorSpec[] {
  return monitors.map(({ every, timeout, depth }) => ({
    everyMs: msOr(every, defaults.monitor.everyMs),
    timeoutMs: msOr(timeout, monitorMs),
    depth: depth ?? defaults.monitor.depth,
  }));
}

/** Parameters as they are written: `0755` stays `0755`, and `1.10` does not become `1.1`. */
function decodeParams(id: string, resource: Resource, source: SourceIndex): Record<string, ParameterValue> {
  const params = Object.entries(resource.params ?? {});
  return Object.fromEntries(
    params.map(([name, value]) => [name, decodeParam(value, source, ['resources', id, 'params', name])]),
  );
}

function decodeParam(value: Parameter, source: SourceIndex, path: readonly string[]): ParameterValue {
  if (Array.isArray(value)) {
    return value.map((item, index) => (typeof item === 'string' ? item : source.text(...path, index)));
  }
  return typeof value === 'string' ? value : source.text(...path);
}
