import type { RandomStream } from '../base/random.js';
import { nextRandom, randomBetween, randomStream } from '../base/random.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { MindRules } from '../reconciler/mind.js';
import { allMindRules } from '../reconciler/mind.js';
import { votersOf } from '../reconciler/spec-index.js';
import { largestBudgetMs, longestPromiseMs } from './patience.js';
import type { Profile } from './profiles.js';
import { allProfiles, DEALT, DEALT_EVERY, MIXED, PROFILES } from './profiles.js';
import { editKinds, randomEdit } from './random-edit.js';
import { withFencing } from './fenced-spec.js';
import { between, chance, pick, randomSpec } from './random-spec.js';
import { quirkKinds } from './sim-agents.js';
import type { GuardRules } from './sim-guard.js';
import { allGuardRules } from './sim-guard.js';
import type { Fault, FaultKind, HostPlan, Schedule } from './schedule.js';
import type { NetworkWeather } from './sim-network.js';
import type { SpecText } from './spec-library.js';
import { specText } from './spec-library.js';

/** Every so many seeds the messages travel as bytes of the real codec. */
const WIRED_EVERY = 50;

/** The schedule of a seed. Shape: `profileName` is one of {@link profileNames}, drawn by the seed where it is null. */
export function randomSchedule(seed: number, profileName: string | null = null): Schedule {
  const random = randomStream(seed);
  const drawn = pick(random, PROFILES);
  const turn = seed % DEALT_EVERY;
  const profile = allProfiles.find((each) => each.name === profileName) ?? DEALT.get(turn) ?? drawn;
  return scheduleOf({ seed, random, profile, rules: allMindRules, firstSpec: specFor(random, profile) });
}

/** A cluster that a profile is about. */
export function specFor(random: RandomStream, profile: Profile): ClusterSpec {
  const spec = randomSpec(random, profile.breed);
  return profile.breed === 'fenced' ? withFencing(random, spec, profile.isWild === true) : spec;
}

/** A schedule of a profile on a cluster. */
export function scheduleOf(options: {
  readonly seed: number;
  readonly random: RandomStream;
  readonly profile: Profile;
  readonly rules: MindRules;
  readonly guard?: GuardRules;
  readonly firstSpec: ClusterSpec;
}): Schedule {
  const { seed, random, profile, rules, firstSpec } = options;
  const first = specText(`first text of seed ${seed}\n`, firstSpec);
  const { leaseMs, clockDrift } = firstSpec.heartbeat;
  const settledMs = longestPromiseMs(firstSpec) + 1500;
  const healAtMs = settledMs + between(random, 15_000, 35_000);
  const specs: ClusterSpec[] = [firstSpec];
  const faults: Fault[] = [];
  const count = between(random, profile.count[0], profile.count[1]);
  const times = Array.from({ length: count }, () =>
    randomBetween(random, chance(random, 0.1) ? 0 : settledMs * 0.7, healAtMs),
  );
  times.sort((a, b) => a - b);
  for (const atMs of times) {
    const fault = randomFault(random, {
      kind: pickWeighted(random, profile.faults),
      atMs,
      specs,
      profile,
      number: faults.length,
    });
    if (fault !== null) faults.push(...fault);
  }
  if (profile.scene !== undefined) faults.push(...profile.scene(random, { spec: firstSpec, fromMs: 1.5 * settledMs }));
  const written = faults.flatMap((fault) =>
    fault.kind === 'edit' && fault.text.spec !== null ? [fault.text.spec] : [],
  );
  const allSpecs = [firstSpec, ...written];
  return {
    seed,
    profile: profile.name,
    hosts: firstSpec.nodes.map((node) => randomHost(random, { id: node.id, drift: clockDrift, profile })),
    first,
    firstSpec,
    weather: randomWeather(random, leaseMs, 0.5),
    faults: [...faults].sort((a, b) => a.atMs - b.atMs),
    healAtMs,
    isWired: seed % WIRED_EVERY === 0,
    leaseMsMax: Math.max(...allSpecs.map((spec) => spec.heartbeat.leaseMs)),
    stopBudgetMsMax: Math.max(...allSpecs.map(largestBudgetMs)),
    rules,
    guard: options.guard ?? allGuardRules,
    isFenceBroken: profile.isFenceBroken === true,
    isWild: profile.isWild === true,
  };
}

function randomHost(
  random: RandomStream,
  options: { readonly id: string; readonly drift: number; readonly profile: Profile },
): HostPlan {
  const { id, drift, profile } = options;
  // R11's floor needs wall clocks that are apart by less than a quarantine when a majority may lose its memory; otherwise they may be anywhere.
  const canForget = profile.faults['host-crash'] !== undefined || profile.faults['daemon-kill'] !== undefined;
  const spreadMs = canForget ? 300 : 60_000;
  return {
    id,
    rate: randomRate(random, drift * (profile.rateFactor ?? 1)),
    upMs: randomBetween(random, 0, 10_000_000),
    wallOffsetMs: randomBetween(random, -spreadMs, spreadMs),
  };
}

/** Mostly at one of the bounds: what lies between is easier. */
function randomRate(random: RandomStream, drift: number): number {
  return 1 + pick(random, [-1, -1, 0, 1, 1]) * drift;
}

function randomWeather(random: RandomStream, leaseMs: number, calm: number): NetworkWeather {
  if (chance(random, calm)) return { loss: 0, duplication: 0, late: 0, lateMs: 0, delayMs: pick(random, [0.5, 2]) };
  return {
    loss: pick(random, [0, 0.02, 0.1, 0.3]),
    duplication: pick(random, [0, 0.05, 0.2]),
    late: pick(random, [0, 0.05, 0.2]),
    lateMs: leaseMs * pick(random, [0.2, 1, 3]),
    delayMs: pick(random, [0.5, 2, 20]),
  };
}

function pickWeighted(random: RandomStream, weights: Partial<Record<FaultKind, number>>): FaultKind {
  const entries = Object.entries(weights);
  let left = nextRandom(random) * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of entries) {
    left -= weight;
    if (left < 0 && isKind(kind)) return kind;
  }
  return 'cut';
}

function isKind(kind: string): kind is FaultKind {
  return kind in MIXED;
}

interface Drawing {
  readonly kind: FaultKind;
  readonly atMs: number;
  /** Every spec so far, newest last; an edit adds its own. */
  readonly specs: ClusterSpec[];
  readonly profile: Profile;
  readonly number: number;
}

function randomFault(random: RandomStream, drawing: Drawing): Fault[] | null {
  const { kind, atMs, specs, profile } = drawing;
  const spec = specs.at(-1) ?? specs[0];
  if (spec === undefined) return null;
  const { leaseMs, everyMs, clockDrift } = spec.heartbeat;
  const ids = spec.nodes.map((node) => node.id);
  const host = pick(random, ids);
  switch (kind) {
    case 'host-crash':
      return [
        {
          kind,
          atMs,
          host,
          downMs: randomBetween(random, 100, profile.downMsMax ?? pick(random, [1500, 4 * leaseMs])),
        },
      ];
    case 'daemon-kill':
      return killed(random, { atMs, host, ids, leaseMs });
    case 'leave':
      return [{ kind, atMs, host, downMs: randomBetween(random, 500, 4000) }];
    case 'pause':
      return [
        {
          kind,
          atMs,
          host,
          forMs: randomBetween(random, 0.2, profile.stillLeasesMax ?? 3) * leaseMs,
          isTimersFirst: chance(random, 0.5),
        },
      ];
    case 'freeze':
      return [{ kind, atMs, host, forMs: randomBetween(random, 0.5, profile.stillLeasesMax ?? 4) * leaseMs }];
    case 'cut':
      return [randomCut(random, { atMs, spec, forMs: randomBetween(random, everyMs, 4 * leaseMs) })];
    case 'weather':
      return [
        { kind, atMs, weather: randomWeather(random, leaseMs, 0), forMs: randomBetween(random, 500, 4 * leaseMs) },
      ];
    case 'disk-full':
      return [
        {
          kind,
          atMs,
          host,
          disk: pick(random, ['volatile', 'volatile', 'durable']),
          forMs: randomBetween(random, 100, 2 * leaseMs),
        },
      ];
    case 'vanish':
    case 'spoil': {
      // Nobody can notice it where no monitor looks.
      const watched = spec.resources.filter((resource) => resource.monitors.length > 0);
      return watched.length === 0 ? null : [{ kind, atMs, resource: pick(random, watched).id }];
    }
    case 'quirk':
      return [
        {
          kind,
          atMs,
          host,
          resource: pick(random, spec.resources).id,
          quirk: pick(random, profile.quirks ?? quirkKinds),
          times: between(random, 1, 2),
        },
      ];
    case 'ping-lost': {
      const [ping] = spec.pings;
      if (ping === undefined) return null;
      const hosts = chance(random, 0.3) ? ids : [host];
      return [{ kind, atMs, hosts, ping: ping.id, forMs: randomBetween(random, 1000, 8000) }];
    }
    case 'edit':
      return edited(random, drawing, spec, host);
    case 'retry':
      return [{ kind, atMs, host, resource: pick(random, spec.groups).id }];
    case 'wall-step':
      return [{ kind, atMs, host, byMs: randomBetween(random, -200, 200) }];
    case 'rate':
      return [{ kind, atMs, host, rate: randomRate(random, clockDrift * (profile.rateFactor ?? 1)) }];
  }
}

/** One daemon or several at once; often for less than a heartbeat, as a restart takes. */
function killed(
  random: RandomStream,
  options: { readonly atMs: number; readonly host: string; readonly ids: readonly string[]; readonly leaseMs: number },
): Fault[] {
  const { atMs, host, ids, leaseMs } = options;
  const hosts = chance(random, 0.15) ? ids.filter(() => chance(random, 0.7)) : [host];
  return hosts.map((each) => ({
    kind: 'daemon-kill',
    atMs,
    host: each,
    effect: chance(random, 0.4) ? between(random, 0, 12) : null,
    downMs: chance(random, 0.7) ? randomBetween(random, 30, 600) : downLong(random, leaseMs),
  }));
}

/** Up to three leases, or nobody starts it again. */
function downLong(random: RandomStream, leaseMs: number): number | null {
  const leases = randomBetween(random, 0.2, 4);
  return leases > 3 ? null : leases * leaseMs;
}

function randomCut(
  random: RandomStream,
  options: { readonly atMs: number; readonly spec: ClusterSpec; readonly forMs: number },
): Fault {
  const { atMs, spec, forMs } = options;
  const ids = spec.nodes.map((node) => node.id);
  const links = spec.nodes[0]?.addresses.length ?? 1;
  const link = links > 1 && chance(random, 0.4) ? between(random, 0, links - 1) : null;
  const shape = nextRandom(random);
  let from: string[];
  if (shape < 0.4) from = [pick(random, ids)];
  else if (shape < 0.7) from = ids.filter(() => chance(random, 0.5));
  else {
    // One way between two nodes, most often towards a voter.
    const one = pick(random, ids);
    const to = pick(random, chance(random, 0.7) ? votersOf(spec) : ids);
    return { kind: 'cut', atMs, from: [one], to: [to], isBothWays: chance(random, 0.3), link, forMs };
  }
  const to = ids.filter((id) => !from.includes(id));
  return { kind: 'cut', atMs, from, to, isBothWays: chance(random, 0.6), link, forMs };
}

/** A text for one machine's file; now and then another one for another machine at nearly the same time. */
function edited(random: RandomStream, drawing: Drawing, spec: ClusterSpec, host: string): Fault[] | null {
  const edits: Fault[] = [];
  const hosts = chance(random, 0.15) ? [host, pick(random, spec.nodes).id] : [host];
  let number = drawing.number * 10;
  for (const each of hosts) {
    number += 1;
    const edit = randomEdit(random, {
      spec,
      kind: pick(random, drawing.profile.edits ?? editKinds),
      number,
      first: drawing.specs[0] ?? spec,
    });
    if (edit === null) continue;
    drawing.specs.push(edit.next);
    const text: SpecText = edit.text;
    edits.push({ kind: 'edit', atMs: drawing.atMs + randomBetween(random, 0, 300), host: each, what: edit.kind, text });
  }
  if (edits.length > 0 && chance(random, drawing.profile.cutAfterEdit ?? 0))
    edits.push(isolation(random, drawing, spec));
  return edits.length === 0 ? null : edits;
}

/** A machine is cut off while the edit travels. */
function isolation(random: RandomStream, drawing: Drawing, spec: ClusterSpec): Fault {
  const ids = spec.nodes.map((node) => node.id);
  const one = pick(random, ids);
  const to = ids.filter((id) => id !== one);
  const forMs = randomBetween(random, 1, 4) * spec.heartbeat.leaseMs;
  const atMs = drawing.atMs + randomBetween(random, 0, 1500);
  return { kind: 'cut', atMs, from: [one], to, isBothWays: true, link: null, forMs };
}
