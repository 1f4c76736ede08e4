import type { RandomStream } from '../base/random.js';
import { randomBetween } from '../base/random.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import { votersOf } from '../reconciler/spec-index.js';
import { longestPromiseMs } from './patience.js';
import type { SceneOptions } from './profiles.js';
import type { Fault } from './schedule.js';
import { pick } from './random-spec.js';
import type { SpecText } from './spec-library.js';
import { specText } from './spec-library.js';

/**
 * A scene of three: one is cut off and loses its memory; another stands still, with its clock, for so long that the third and the first own everything meanwhile and give it up again, because the third is cut off in its turn. Who
 * stood still finds nobody but the first, which knows nothing of it.
 *
 * Shape: faults from `fromMs` on, some twenty leases long.
 */
export function frozenOwnerScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const { leaseMs } = spec.heartbeat;
  const promise = longestPromiseMs(spec);
  const ids = spec.nodes.map((node) => node.id);
  const forgetful = pick(random, ids);
  const frozen = pick(
    random,
    ids.filter((id) => id !== forgetful),
  );
  const third = ids.filter((id) => id !== forgetful && id !== frozen);
  const crashMs = fromMs + leaseMs;
  const freezeMs = crashMs + 1.5 * promise + randomBetween(random, 0, leaseMs);
  const takenMs = freezeMs + promise + randomBetween(random, 1, 3) * leaseMs + 1000;
  const thawMs = takenMs + promise + randomBetween(random, 1, 2) * leaseMs + 500;
  return [
    cutOff(spec, forgetful, fromMs, freezeMs + 100 - fromMs),
    { kind: 'host-crash', atMs: crashMs, host: forgetful, downMs: 300 },
    { kind: 'freeze', atMs: freezeMs, host: frozen, forMs: thawMs - freezeMs },
    ...third.map((host) => cutOff(spec, host, takenMs, thawMs - takenMs + 2 * leaseMs)),
  ];
}

/** A change of the voters. */
interface VoterChange {
  /** By which others vote: the first of the present voters, and two nodes that did not. */
  readonly text: SpecText;
  readonly stays: string;
  /** The present voters but the first, who vote no more. */
  readonly old: readonly string[];
  /** Everybody else. */
  readonly rest: readonly string[];
}

function otherVoters(spec: ClusterSpec): VoterChange {
  const [stays = '', ...old] = votersOf(spec);
  const added = spec.nodes
    .filter((node) => !node.votes)
    .map((node) => node.id)
    .slice(0, 2);
  const nodes = spec.nodes.map((node) => ({ ...node, votes: node.id === stays || added.includes(node.id) }));
  const rest = spec.nodes.map((node) => node.id).filter((id) => !old.includes(id));
  return { text: specText('others vote\n', { ...spec, nodes }), stays, old, rest };
}

/** Everybody's file says the same at nearly the same time. */
function editedEverywhere(random: RandomStream, spec: ClusterSpec, text: SpecText, atMs: number): Fault[] {
  const editAtMs = () => atMs + randomBetween(random, 0, 20);
  return spec.nodes.map(({ id: host }) => ({ kind: 'edit', atMs: editAtMs(), host, what: 'other voters', text }));
}

/** One node and all others lose sight of each other. */
export function cutOff(spec: ClusterSpec, host: string, atMs: number, forMs: number): Fault {
  const others = spec.nodes.map((node) => node.id).filter((id) => id !== host);
  return cutBetween([host], others, atMs, forMs);
}

/** Some nodes and some others lose sight of each other. */
export function cutBetween(from: readonly string[], to: readonly string[], atMs: number, forMs: number): Fault {
  return { kind: 'cut', atMs, from, to, isBothWays: true, link: null, forMs };
}

/**
 * A scene of voters that change, on a slow network: whoever has the change chosen is cut off from all the other old voters before they hear that it is. They go on granting by the old set alone, and nobody of the new one
 * hears of them.
 *
 * Shape: faults from `fromMs` on. The cut comes at the right moment in some schedules of a hundred.
 */
export function unheardChoiceScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const promise = longestPromiseMs(spec);
  const { text, stays, old, rest } = otherVoters(spec);
  const forMs = 4 * promise + 4000;
  const weather = { loss: 0, duplication: 0, late: 0, lateMs: 0, delayMs: 60 };
  const editMs = fromMs + 300;
  const chosenMs = editMs + randomBetween(random, 250, 750);
  return [
    { kind: 'weather', atMs: fromMs, weather, forMs },
    cutBetween(
      rest.filter((id) => id !== stays),
      old,
      fromMs,
      forMs,
    ),
    { kind: 'edit', atMs: editMs, host: stays, what: 'other voters', text },
    { kind: 'cut', atMs: chosenMs, from: [stays], to: old, isBothWays: false, link: null, forMs },
    cutBetween([stays], old, chosenMs + 300, forMs),
  ];
}

/**
 * A scene of a new cluster: two of its voters are heard by the others and hear none of them, and a file of theirs is changed so that one of the two votes alone.
 *
 * Shape: faults from the very beginning on.
 */
export function deafBeginningScene(random: RandomStream, { spec }: SceneOptions): Fault[] {
  const deaf = votersOf(spec).slice(0, 2);
  const [host = ''] = deaf;
  const others = spec.nodes.map((node) => node.id).filter((id) => !deaf.includes(id));
  const alone = pick(random, deaf);
  const nodes = spec.nodes.map((node) => ({ ...node, votes: node.id === alone }));
  const text = specText('one votes alone\n', { ...spec, nodes });
  const forMs = 2 * longestPromiseMs(spec) + 4000;
  return [
    { kind: 'cut', atMs: 0, from: others, to: deaf, isBothWays: false, link: null, forMs },
    { kind: 'edit', atMs: randomBetween(random, 3, 8) * spec.heartbeat.everyMs, host, what: 'other voters', text },
  ];
}

/**
 * A scene of voters that have changed: most of the old ones start again, cut off from all the others.
 *
 * Shape: faults from `fromMs` on.
 */
export function outdatedVotersScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const promise = longestPromiseMs(spec);
  const { text, old, rest } = otherVoters(spec);
  const changedMs = fromMs + 3 * promise + 3000 + randomBetween(random, 0, 1000);
  const forMs = 4 * promise + 4000;
  return [
    ...editedEverywhere(random, spec, text, fromMs),
    cutBetween(old, rest, changedMs, forMs),
    ...old.map(
      (host): Fault => ({
        kind: 'daemon-kill',
        atMs: changedMs + randomBetween(random, 10, 200),
        host,
        effect: null,
        downMs: randomBetween(random, 30, 300),
      }),
    ),
  ];
}

/**
 * A scene of three: one stands still, with its clock, until the others have what it owned; then one of these loses its memory and the other one is cut off, so that whoever stood still finds nobody but the forgetful one, which waits out its quarantine.
 *
 * Shape: faults from `fromMs` on.
 */
export function forgetfulRenewalScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const promise = longestPromiseMs(spec);
  const ids = spec.nodes.map((node) => node.id);
  const frozen = pick(random, ids);
  const [forgetful = '', third = ''] = ids.filter((id) => id !== frozen);
  const lostMs = fromMs + promise + 1500 + randomBetween(random, 0, 500);
  const thawMs = lostMs + randomBetween(random, 350, 700);
  return [
    { kind: 'freeze', atMs: fromMs, host: frozen, forMs: thawMs - fromMs },
    cutBetween([third], [frozen, forgetful], lostMs, 3 * promise),
    { kind: 'host-crash', atMs: lostMs, host: forgetful, downMs: 50 },
  ];
}

/**
 * A scene of three: leases become shorter; then an owner that holds one of the old length is cut off, the only voter that renewed it loses its memory, and the third never heard of the last renewals.
 *
 * Shape: faults from `fromMs` on.
 */
export function shortenedLeaseScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const { everyMs } = spec.heartbeat;
  const promise = longestPromiseMs(spec);
  const text = specText('shorter leases\n', { ...spec, heartbeat: { ...spec.heartbeat, leaseMs: 4 * everyMs } });
  const ids = spec.nodes.map((node) => node.id);
  const owner = pick(random, ids);
  const [forgetful = '', third = ''] = ids.filter((id) => id !== owner);
  const editMs = fromMs + promise + 1000;
  const lostMs = editMs + randomBetween(random, 100, 400);
  return [
    cutBetween([owner], [third], fromMs, 3 * promise),
    { kind: 'edit', atMs: editMs, host: forgetful, what: 'lease length', text },
    cutBetween([owner], [forgetful], lostMs, 2 * promise),
    { kind: 'host-crash', atMs: lostMs, host: forgetful, downMs: 50 },
  ];
}

/**
 * A scene of voters that change: one of them hears nobody but another one, on a bad network. It has longer leases by a long text, and is cut off from that one too, at best when that has answered a heartbeat by them and does not have the text yet. Then others vote.
 *
 * Shape: faults from `fromMs` on. The cut comes at the right moment in some schedules of a hundred.
 */
export function longerLeaseScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const { everyMs } = spec.heartbeat;
  const { text, stays, old } = otherVoters(spec);
  const longer = specText('longer leases\n'.padEnd(8000, '#'), {
    ...spec,
    heartbeat: { ...spec.heartbeat, leaseMs: 40 * everyMs },
  });
  const [host = '', other = ''] = old;
  const rest = spec.nodes.map((node) => node.id).filter((id) => id !== host && id !== other);
  const weather = { loss: 0.3, duplication: 0, late: 0, lateMs: 0, delayMs: 20 };
  const forMs = 40 * everyMs + 4000;
  const cutMs = fromMs + randomBetween(random, 0.5, 3) * everyMs;
  return [
    { kind: 'weather', atMs: fromMs - 500, weather, forMs: cutMs - fromMs + 500 },
    cutBetween([host], rest, fromMs - 100, forMs),
    { kind: 'edit', atMs: fromMs, host, what: 'lease length', text: longer },
    cutBetween([host], [other], cutMs, forMs),
    { kind: 'edit', atMs: cutMs + 300, host: stays, what: 'other voters', text },
  ];
}
