/** What is done to the hosts, each by a plan of its own, so that the faults of several meet. */
import type { RandomStream } from '../../src/base/random.js';
import { pickRandom, randomBetween } from '../../src/base/random.js';
import { Tally } from '../../src/sim/tally.js';
import { sleep } from '../e2e/harness/wait-until.js';
import type { ChaosCluster } from './chaos-cluster.js';

/** Everything that can happen to a host. */
export const faultKinds = [
  'kill',
  'pause',
  'cut both ways',
  'cut, hears nothing',
  'cut, says nothing',
  'cut from one peer',
  'wall clock steps',
  'disk full',
  'restart storm',
  'all daemons killed at once',
] as const;

/** One of {@link faultKinds}. */
export type FaultKind = (typeof faultKinds)[number];

/** Rest between two faults of one host. Shape: milliseconds, at least and at most. */
const REST_MS = [500, 4000] as const;

/** How long faults last: shorter than a lease, and longer than a take-over. */
const LASTS_MS = [100, 4500] as const;

/** How far a wall clock steps. Shape: seconds. */
const STEP_S_MAX = 4000;

/** A wall clock that is so far off was stepped. */
const SEEN_STEP_MS = 5000;

/** Daemons started and killed in one storm. */
const STORM_MAX = 5;

/** Breaks the hosts until a moment, and mends everything at the end. */
export class Faults {
  readonly tally = new Tally();

  constructor(
    private readonly cluster: ChaosCluster,
    private readonly tell: (line: string) => void,
  ) {}

  /** Runs one host's plan. Shape: `stream` is its own; `isOver` is asked before each fault. */
  async plague(
    name: string,
    options: { readonly stream: RandomStream; readonly isOver: () => boolean },
  ): Promise<void> {
    const { stream, isOver } = options;
    // Each kind in turn, in an order of its own, so that a short run has them all.
    let kinds: FaultKind[] = [];
    while (!isOver()) {
      await sleep(randomBetween(stream, ...REST_MS));
      if (isOver()) return;
      if (kinds.length === 0) kinds = shuffled(faultKinds, stream);
      const kind = kinds.pop();
      if (kind === undefined) continue;
      const lastsMs = randomBetween(stream, ...LASTS_MS);
      this.tell(`${name}: ${kind}, ${lastsMs.toFixed(0)} ms`);
      this.tally.count(kind);
      await this.#happen(kind, { name, lastsMs, stream });
    }
  }

  /** Ends every fault that may still be there, and has every daemon running. */
  async mend(): Promise<void> {
    await this.cluster.lab.heal();
    for (const name of this.cluster.names) {
      this.cluster.daemon(name)?.resume();
      this.cluster.stepWall(name, 0);
      await this.cluster.emptyDisk(name);
      await this.cluster.startDaemon(name);
    }
  }

  async #happen(
    kind: FaultKind,
    at: { readonly name: string; readonly lastsMs: number; readonly stream: RandomStream },
  ): Promise<void> {
    const { name, lastsMs, stream } = at;
    const { cluster } = this;
    const host = cluster.lab.host(name);
    switch (kind) {
      case 'kill':
        cluster.daemon(name)?.kill('SIGKILL');
        await sleep(lastsMs);
        return cluster.startDaemon(name);
      case 'pause':
        await cluster.daemon(name)?.pause();
        await sleep(lastsMs);
        cluster.daemon(name)?.resume();
        return;
      case 'cut both ways':
      case 'cut, hears nothing':
      case 'cut, says nothing':
        await host.cut({ direction: directionOf(kind) });
        await sleep(lastsMs);
        return host.heal();
      case 'cut from one peer': {
        const peer = pickRandom(
          stream,
          cluster.lab.hosts.filter((each) => each.name !== name),
        );
        if (peer === undefined) return;
        await host.cutFrom(peer);
        await sleep(lastsMs);
        return host.heal();
      }
      case 'wall clock steps':
        cluster.stepWall(name, Math.round(randomBetween(stream, -STEP_S_MAX, STEP_S_MAX)));
        return this.#lookAtWall(name);
      case 'disk full':
        // A daemon seldom writes there but when it starts.
        await cluster.fillDisk(name);
        await this.#restart(name, lastsMs);
        return cluster.emptyDisk(name);
      case 'restart storm':
        for (let i = Math.floor(randomBetween(stream, 2, STORM_MAX)); i > 0; i--) {
          await this.#restart(name, randomBetween(stream, 50, 1500));
        }
        return;
      case 'all daemons killed at once':
        await Promise.all(cluster.names.map((each) => this.#restart(each, 0)));
    }
  }

  /** Counts the steps that a daemon can be seen to have taken part in. */
  async #lookAtWall(name: string): Promise<void> {
    const status = await this.cluster.status(name);
    if (status !== null && Math.abs(Date.parse(status.at) - Date.now()) > SEEN_STEP_MS)
      this.tally.count('wall clock steps seen');
  }

  async #restart(name: string, livesMs: number): Promise<void> {
    const daemon = this.cluster.daemon(name);
    daemon?.kill('SIGKILL');
    await daemon?.exited;
    await this.cluster.startDaemon(name);
    await sleep(livesMs);
  }
}

function directionOf(kind: 'cut both ways' | 'cut, hears nothing' | 'cut, says nothing'): 'both' | 'in' | 'out' {
  if (kind === 'cut both ways') return 'both';
  return kind === 'cut, hears nothing' ? 'in' : 'out';
}

function shuffled<T>(values: readonly T[], stream: RandomStream): T[] {
  const left = [...values];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(Math.floor(randomBetween(stream, 0, left.length)), 1));
  return out;
}
