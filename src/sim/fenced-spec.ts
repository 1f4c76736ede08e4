import type { RandomStream } from '../base/random.js';
import type { ClusterSpec, Exclusivity, FenceDeviceSpec, FenceLevels, GroupSpec } from '../model/cluster-spec.js';
import { between, chance, pick } from './random-spec.js';

/** A cluster in which every node can be fenced, with groups of every strictness. Shape: `isStrict` when all of them need fencing. */
export function withFencing(random: RandomStream, spec: ClusterSpec, isStrict: boolean): ClusterSpec {
  const devices: FenceDeviceSpec[] = [];
  const levels: FenceLevels[] = [];
  for (const { id, place } of spec.nodes) {
    const board = deviceOf(random, { id: `board-${id}`, node: id, supply: null, place });
    const hasSupplies = chance(random, 0.3);
    const supplies = hasSupplies
      ? ['a', 'b'].map((supply) => deviceOf(random, { id: `supply-${supply}-${id}`, node: id, supply, place }))
      : [];
    devices.push(board, ...supplies);
    const second = hasSupplies ? [supplies.map((device) => device.id)] : [];
    levels.push({ node: id, levels: chance(random, 0.5) ? [[board.id], ...second] : [...second, [board.id]], place });
  }
  const [first] = spec.nodes;
  const prefer = first !== undefined && chance(random, 0.3) ? [{ id: first.id, place: first.place }] : [];
  const groups = spec.groups.map((group) => ({ ...group, exclusive: drawExclusivity(random, isStrict) }));
  const byId = new Map(groups.map((group): [string, GroupSpec] => [group.id, group]));
  return {
    ...spec,
    quorum: { ...spec.quorum, firstStart: pick(random, ['see', 'see', 'fence']) },
    fencing: {
      ...spec.fencing,
      devices: devices.sort((a, b) => (a.id < b.id ? -1 : 1)),
      levels,
      prefer,
      headStartMs: 1500,
    },
    groups,
    resources: spec.resources.map((resource) => ({
      ...resource,
      exclusive: byId.get(resource.group)?.exclusive ?? 'lease',
      onFail: { ...resource.onFail, stop: chance(random, 0.5) ? 'fence' : 'block' },
    })),
  };
}

function drawExclusivity(random: RandomStream, isStrict: boolean): Exclusivity {
  const drawn = pick(random, ['fencing', 'fencing', 'lease', 'lease', 'provider', 'none'] as const);
  return isStrict ? 'fencing' : drawn;
}

function deviceOf(
  random: RandomStream,
  of: Pick<FenceDeviceSpec, 'id' | 'place'> & { readonly node: string; readonly supply: string | null },
): FenceDeviceSpec {
  const { id, node, supply, place } = of;
  return {
    id,
    agent: 'fence_simulated',
    nodes: [node],
    plugs: {},
    action: pick(random, ['off', 'reboot']),
    timeoutMs: 1500,
    retries: between(random, 0, 1),
    delayBaseMs: pick(random, [0, 0, 200]),
    delayRandomMs: pick(random, [0, 300, 1000]),
    params: supply === null ? {} : { supply },
    place,
  };
}
