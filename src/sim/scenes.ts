import type { RandomStream } from '../base/random.js';
import { randomBetween } from '../base/random.js';
import { takeoverMs } from '../model/lease.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import { largestBudgetMs } from '../reconciler/spec-index.js';
import type { Fault } from './schedule.js';
import { pick } from './random-spec.js';

/**
 * A scene of three: one is cut off and loses its memory; another stands still, with its clock, for so long that the third and the first own everything meanwhile and give it up again, because the third is cut off in its turn. Who
 * stood still finds nobody but the first, which knows nothing of it.
 *
 * Shape: faults from `fromMs` on, some twenty leases long.
 */
export function frozenOwnerScene(
  random: RandomStream,
  options: { readonly spec: ClusterSpec; readonly fromMs: number },
): Fault[] {
  const { spec, fromMs } = options;
  const { leaseMs, clockDrift } = spec.heartbeat;
  const stopBudgetMs = largestBudgetMs(spec);
  const promise = takeoverMs({ leaseMs, stopBudgetMs, drift: clockDrift });
  const ids = spec.nodes.map((node) => node.id);
  const forgetful = pick(random, ids);
  const frozen = pick(
    random,
    ids.filter((id) => id !== forgetful),
  );
  const third = ids.filter((id) => id !== forgetful && id !== frozen);
  const others = (id: string) => ids.filter((each) => each !== id);
  const cutOf = (host: string, atMs: number, forMs: number): Fault => ({
    kind: 'cut',
    atMs,
    from: [host],
    to: others(host),
    isBothWays: true,
    link: null,
    forMs,
  });
  const crashMs = fromMs + leaseMs;
  const freezeMs = crashMs + 1.5 * promise + randomBetween(random, 0, leaseMs);
  const takenMs = freezeMs + promise + randomBetween(random, 1, 3) * leaseMs + 1000;
  const thawMs = takenMs + promise + randomBetween(random, 1, 2) * leaseMs + 500;
  return [
    cutOf(forgetful, fromMs, freezeMs + 100 - fromMs),
    { kind: 'host-crash', atMs: crashMs, host: forgetful, downMs: 300 },
    { kind: 'freeze', atMs: freezeMs, host: frozen, forMs: thawMs - freezeMs },
    ...third.map((host) => cutOf(host, takenMs, thawMs - takenMs + 2 * leaseMs)),
  ];
}
