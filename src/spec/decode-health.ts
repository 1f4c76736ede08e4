/** The health of nodes: checks of their own, and the checks that it names. Every group requires them. */
import type { NameUse, NodeCheckSpec, NodeProbe } from '../model/cluster-spec.js';
import { defaults } from './defaults.js';
import type { ClusterDocument } from './raw-document.js';
import type { SourceIndex } from './source-index.js';
import { msOr } from './written-duration.js';

type Health = ClusterDocument['health'];

/** The parts of the health. Shape: ids with a colon, which no name of a spec has. */
export function decodeHealth(health: Health, source: SourceIndex): NodeCheckSpec[] {
  const parts = partsOf(health);
  return parts.map(([part, probe]) => ({
    id: healthId(part),
    probe,
    everyMs: msOr(health?.every, defaults.health.everyMs),
    timeoutMs: defaults.health.timeoutMs,
    rise: health?.rise ?? defaults.health.rise,
    fall: health?.fall ?? defaults.health.fall,
    need: 1,
    mode: 'relative',
    onAllLost: 'keep',
    place: source.key('health', part).place,
  }));
}

/** What every group requires for it. */
export function healthUses(health: Health, source: SourceIndex): NameUse[] {
  const parts = partsOf(health).map(
    ([part]): NameUse => ({ id: healthId(part), place: source.key('health', part).place }),
  );
  const named = (health?.checks ?? []).map(
    (id, index): NameUse => ({
      id,
      place: source.value('health', 'checks', index).place,
    }),
  );
  return [...parts, ...named];
}

type Part = 'attributes' | 'disk' | 'load' | 'memory';

function healthId(part: Part): string {
  return `health:${part}`;
}

function partsOf({ attributes, disk, load, memory }: NonNullable<Health> = {}): (readonly [Part, NodeProbe])[] {
  const parts: (readonly [Part, NodeProbe])[] = [];
  if (attributes !== undefined) parts.push(['attributes', { kind: 'health-attributes', badFrom: attributes }]);
  if (disk !== undefined) {
    const { paths = defaults.health.paths, free = defaults.health.free } = disk;
    parts.push(['disk', { kind: 'disk', paths, freeShare: shareOf(free) }]);
  }
  if (load !== undefined) parts.push(['load', { kind: 'load', perCpu: load.perCpu }]);
  if (memory !== undefined) {
    const { available, pressure } = memory;
    const availableShare = available === undefined ? {} : { availableShare: shareOf(available) };
    const pressureShare = pressure === undefined ? {} : { pressureShare: shareOf(pressure) };
    parts.push(['memory', { kind: 'memory', ...availableShare, ...pressureShare }]);
  }
  return parts;
}

function shareOf(percentage: string): number {
  return Number(percentage.slice(0, -1)) / 100;
}
