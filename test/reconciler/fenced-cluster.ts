/** Clusters of whole minds whose nodes can be fenced. */
import type { FenceDeviceSpec } from '../../src/model/cluster-spec.js';
import type { FenceOutcome, FenceRequest } from '../../src/model/fencing.js';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const place = { file: 'test.yaml', line: 1, column: 1 };

/** A device for every node, with which each call takes 50 ms. */
export function deviceFor(id: string, nodes: readonly string[], wish: Partial<FenceDeviceSpec> = {}): FenceDeviceSpec {
  return {
    id,
    agent: 'fence_test',
    nodes,
    plugs: {},
    action: 'off',
    timeoutMs: 1000,
    retries: 0,
    delayBaseMs: 0,
    delayRandomMs: 0,
    params: {},
    place,
    ...wish,
  };
}

/** What a test says of a cluster that fences. */
export interface Wish {
  readonly nodes?: readonly string[];
  readonly devices?: readonly FenceDeviceSpec[];
  readonly levels?: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly prefer?: readonly string[];
  readonly firstStart?: 'see' | 'fence';
  readonly more?: Partial<SpecWish>;
}

/** Three nodes with one device for all of them, a group that needs fencing and one that does not, unless said otherwise. */
export function specOfFenced(wish: Wish = {}): SpecWish {
  const nodes = wish.nodes ?? ['n1', 'n2', 'n3'];
  const devices = wish.devices ?? [deviceFor('pdu', nodes)];
  const levels = nodes.map((node) => ({
    node,
    levels: wish.levels?.[node] ?? devices.filter((each) => each.nodes.includes(node)).map(({ id }) => [id]),
    place,
  }));
  return {
    nodes: Object.fromEntries(nodes.map((node) => [node, {}])),
    groups: { db: { exclusive: 'fencing', prefer: ['n1'] }, web: { prefer: ['n1'] } },
    quorum: { firstStart: wish.firstStart ?? 'see' },
    fencing: {
      devices,
      levels: levels.filter((each) => each.levels.length > 0),
      prefer: (wish.prefer ?? []).map((id) => ({ id, place })),
      headStartMs: 5000,
    },
    ...wish.more,
  };
}

/** A cluster whose fence devices answer as told, 50 ms after they were asked, and that notes every call as `n2: pdu off n1`. */
export class FencedCluster extends Cluster {
  readonly fences: string[] = [];
  /** Answers by `device action node`, in order; a success that resets the host without them. */
  readonly outcomes = new Map<string, FenceOutcome[]>();

  static start(wish: Wish = {}): FencedCluster {
    const cluster = new FencedCluster();
    cluster.onFence = (by, request) => cluster.fence(by, request);
    cluster.beginAll(specOfFenced(wish));
    return cluster;
  }

  fence(by: string, { device, action, node }: FenceRequest): { afterMs: number; outcome: () => FenceOutcome } {
    this.fences.push(`${by}: ${device.id} ${action} ${node}`);
    const told = this.outcomes.get(`${device.id} ${action} ${node}`)?.shift();
    return {
      afterMs: 50,
      outcome: () => {
        if (told !== undefined) return told;
        if (action !== 'on') this.host(node).reset();
        return { kind: 'succeeded' };
      },
    };
  }

  fail(what: string, times: number): void {
    this.outcomes.set(
      what,
      Array.from({ length: times }, () => ({ kind: 'failed', reason: 'no answer' })),
    );
  }

  /** A host loses power: its daemon and all that runs there are gone. */
  powerOff(name: string): void {
    this.host(name).reset();
  }

  runs(resource: string, where: string): void {
    this.until(`${resource} runs on ${where}`, () => this.whereRuns(resource).join() === where, 60_000);
  }

  sentences(name: string): string[] {
    return describeMind(this.mind(name), this.time, '').conditions.map((each) => each.sentence);
  }

  waits(name: string): string[] {
    return (this.mind(name).plan?.waits ?? []).map((each) => `${each.group}: ${each.kind} on ${each.on}: ${each.text}`);
  }
}
