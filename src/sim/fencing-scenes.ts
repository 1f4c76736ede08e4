/** Scenes about fencing: each needs things to happen in an order that chance does not find. The first node is the one that owns everything. */
import type { RandomStream } from '../base/random.js';
import { randomBetween } from '../base/random.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import { longestPromiseMs } from './patience.js';
import type { SceneOptions } from './profiles.js';
import { cutBetween, cutOff } from './scenes.js';
import type { Fault } from './schedule.js';
import { specText } from './spec-library.js';

/** Real milliseconds after which a node that was fenced is back and has its groups again. */
const BACK_MS = 11_000;

/** The owner stands still with its services, and all others are started anew a moment later: they have nothing but their voters' memories to know it by. */
export function forgottenOwnerScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  return standStillAndForget(random, spec, fromMs);
}

/** The owner is fenced, comes back, owns again, and stands still once more while all others are started anew and tell of the death of its earlier life. */
export function successorScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const [owner] = spec.nodes;
  if (owner === undefined) return [];
  const forMs = BACK_MS / 2;
  return [
    { kind: 'freeze', atMs: fromMs, host: owner.id, forMs },
    ...standStillAndForget(random, spec, fromMs + BACK_MS + randomBetween(random, 0, 1000)),
  ];
}

/** The owner stands still while the voters change to a set of which most know nothing of it, and no device can end it. When that is done, all others are started anew. */
export function unknownToNewVotersScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const [owner, , ...others] = spec.nodes;
  if (owner === undefined) return [];
  const next: ClusterSpec = {
    ...spec,
    nodes: spec.nodes.map((node) => ({ ...node, votes: others.includes(node) })),
  };
  const text = specText('the voters that know nothing of the owner\n', next);
  const atMs = fromMs + 500;
  return [
    { kind: 'freeze', atMs: fromMs, host: owner.id, forMs: 14_000 },
    // Nothing waits for it meanwhile that it would have to answer all at once.
    cutOff(spec, owner.id, fromMs, 14_000),
    { kind: 'edit', atMs, host: others[0]?.id ?? owner.id, what: 'other voters', text },
    ...forget(random, spec, atMs + 2 * longestPromiseMs(spec) + 3000),
  ];
}

function standStillAndForget(random: RandomStream, spec: ClusterSpec, atMs: number): Fault[] {
  const [owner] = spec.nodes;
  if (owner === undefined) return [];
  return [{ kind: 'freeze', atMs, host: owner.id, forMs: 60_000 }, ...forget(random, spec, atMs + 50)];
}

function forget(random: RandomStream, spec: ClusterSpec, atMs: number): Fault[] {
  const [, ...others] = spec.nodes;
  const downMs = randomBetween(random, 60, 200);
  return others.map((node) => ({ kind: 'daemon-kill', atMs, host: node.id, effect: null, downMs }));
}

/**
 * A scene of two voters and a third node: the first leaves, the third hears nothing from then on, and the first is back. Then the second is started anew, and finds only the third.
 */
export function oldWordScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const backMs = fromMs + 3000;
  const cutMs = backMs + longestPromiseMs(spec) + 1500 + randomBetween(random, 0, 500);
  return [
    { kind: 'leave', atMs: fromMs, host: 'n1', downMs: backMs - fromMs },
    cutOff(spec, 'n3', backMs - 500, cutMs - (backMs - 500)),
    { kind: 'host-crash', atMs: cutMs, host: 'n2', downMs: 300 },
    cutOff(spec, 'n1', cutMs, 10_000),
    activeAgain(spec, cutMs + 1000),
  ];
}

/**
 * A scene of two voters that lose sight of each other after the second crashed: the first has it fenced, its daemon is killed, and it is back about when the second, in a new boot, has it fenced in its turn.
 */
export function fencedInTurnScene(random: RandomStream, { fromMs }: SceneOptions): Fault[] {
  return [
    cutBetween(['n1'], ['n2'], fromMs, 14_000),
    { kind: 'host-crash', atMs: fromMs, host: 'n2', downMs: 6000 },
    { kind: 'daemon-kill', atMs: fromMs + 4000, host: 'n1', effect: null, downMs: randomBetween(random, 3000, 4000) },
  ];
}

function activeAgain(spec: ClusterSpec, atMs: number): Fault {
  const nodes = spec.nodes.map((node) => ({ ...node, state: 'active' as const }));
  const text = specText('n2 is active\n', { ...spec, nodes });
  return { kind: 'edit', atMs, host: 'n2', what: 'standby', text };
}
