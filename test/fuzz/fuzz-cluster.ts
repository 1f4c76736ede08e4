/** A small cluster on the wire: the shipped drivers, minds and codecs, with everything that they say to each other kept as bytes. */
import { createHash } from 'node:crypto';
import { randomStream } from '../../src/base/random.js';
import type { CheckResult } from '../../src/model/check.js';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import type { FenceOutcome } from '../../src/model/fencing.js';
import type { Outcome } from '../../src/model/operation.js';
import { plan } from '../../src/planner/plan.js';
import type { MindBeginning } from '../../src/reconciler/begin.js';
import { beginMind } from '../../src/reconciler/begin.js';
import type { StepTime } from '../../src/reconciler/input-effect.js';
import type { DecodeResult, DriverPorts } from '../../src/runtime/driver.js';
import { Driver } from '../../src/runtime/driver.js';
import { wireCodec } from '../../src/runtime/wire-codec.js';
import { Answer } from '../../src/sim/answer.js';
import { inherit } from '../../src/sim/inherit.js';
import { SimDisk, SimStore } from '../../src/sim/sim-store.js';
import type { SpecText } from '../../src/sim/spec-library.js';
import { SpecLibrary, specText } from '../../src/sim/spec-library.js';
import { VirtualTime } from '../../src/sim/virtual-time.js';
import { decodeSpec } from '../../src/spec/decode-spec.js';
import { CLUSTER_NAME, specYaml } from './cluster-yaml.js';

/** A datagram that was sent, and whether it was by the time of its recording delivered. */
export interface Captured {
  readonly to: string;
  readonly link: number;
  readonly address: string;
  readonly frame: Uint8Array;
}

/** What a node did that another could see or that outlives it. */
export interface Deeds {
  sends: number;
  saves: number;
  calls: number;
  logs: number;
}

/** One node of the cluster. */
export interface FuzzNode {
  readonly name: string;
  driver: Driver<Uint8Array>;
  /** Hands it a datagram, as its socket would. */
  arrive: (arrival: { readonly link: number; readonly address: string; readonly frame: Uint8Array }) => void;
  readonly deeds: Deeds;
  /** Errors that ended it; empty while all is well. */
  readonly broken: unknown[];
}

/** A datagram takes this long. */
const LATENCY_MS = 1;

/** Wall time at the beginning. */
const WALL_BEGIN_MS = 1_800_000_000_000;

/** Datagrams that are kept at most; the first ones of a life are the ones worth replaying. */
const CAPTURE_MAX = 20_000;

/** Three nodes with two links each, joined by a network that loses nothing. */
export class FuzzCluster {
  readonly nodes: readonly FuzzNode[];
  readonly captured: Captured[] = [];
  readonly time = new VirtualTime();
  readonly spec: ClusterSpec;
  readonly #keys: readonly Uint8Array[];
  readonly #library: SpecLibrary;
  readonly #first: SpecText;
  readonly #second: SpecText;
  readonly #disks = new Map<string, { volatile: SimDisk; readonly durable: SimDisk; readonly running: Set<string> }>();
  #seed: number;

  constructor(options: { readonly keys: readonly Uint8Array[]; readonly seed: number; readonly edited?: string }) {
    this.#keys = options.keys;
    this.#seed = options.seed;
    const text = specYaml();
    this.spec = mustDecode(text);
    this.#first = specText(text, this.spec);
    const edited = options.edited ?? `${text}# edited\n`;
    this.#second = specText(edited, mustDecode(edited));
    this.#library = new SpecLibrary([this.#first, this.#second]);
    this.nodes = this.spec.nodes.map(({ id }) => ({
      name: id,
      driver: this.#begin(id),
      arrive: () => undefined,
      deeds: { sends: 0, saves: 0, calls: 0, logs: 0 },
      broken: [],
    }));
    for (const node of this.nodes) node.driver.start();
  }

  /** The node of a name. */
  node(name: string): FuzzNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`the cluster has no node "${name}"`);
    return found;
  }

  /** Time as every node has it. */
  stepTime(): StepTime {
    return { nowMs: 100_000 + this.time.nowMs, wallMs: WALL_BEGIN_MS + this.time.nowMs };
  }

  /** Lets time pass, with everything that falls due in it. */
  run(ms: number): void {
    const untilMs = this.time.nowMs + ms;
    while (this.time.stepTo(untilMs)) {
      // Each step is one event.
    }
  }

  /** Writes another text into a node's file; the others fetch it. */
  edit(name: string): void {
    const { text, hash } = this.#second;
    this.node(name).driver.put({ kind: 'file', text, hash });
  }

  /** Kills a node's daemon and starts another in its place; `forget` as after a crash of the machine, with an empty run directory and nothing running. */
  restart(name: string, options: { readonly forget: boolean }): void {
    const node = this.node(name);
    node.driver.stop();
    if (options.forget) {
      const disk = this.#diskOf(name);
      disk.volatile = new SimDisk();
      disk.running.clear();
    }
    node.driver = this.#begin(name);
    node.driver.start();
  }

  /** Which leases a node owns, with their epochs. */
  owned(name: string): readonly string[] {
    const { held } = this.node(name).driver.mind.holder;
    return [...held.values()].filter(({ state }) => state === 'own').map(({ key, epoch }) => `${key} ${epoch}`);
  }

  #diskOf(name: string) {
    const known = this.#disks.get(name);
    if (known !== undefined) return known;
    const disk = { volatile: new SimDisk(), durable: new SimDisk(), running: new Set<string>() };
    this.#disks.set(name, disk);
    return disk;
  }

  #begin(name: string): Driver<Uint8Array> {
    const disk = this.#diskOf(name);
    const { volatile, durable } = disk;
    this.#seed += 1;
    const inherited: Omit<MindBeginning, 'node' | 'software' | 'rules'> = inherit({
      volatile,
      durable,
      boot: 'boot',
      wallMs: this.stepTime().wallMs,
      random: randomStream(this.#seed),
      library: this.#library,
      first: this.#first,
    });
    return new Driver(beginMind({ node: name, software: 'fuzz', ...inherited }, this.stepTime()), this.#ports(name), {
      onLeft: () => undefined,
      onBroken: (error) => this.node(name).broken.push(error),
    });
  }

  #ports(name: string): DriverPorts<Uint8Array> {
    let isOpen = true;
    const self = () => this.node(name);
    const kept = (disk: SimDisk) => {
      const store = new SimStore(disk);
      return {
        read: (file: string) => store.read(file),
        write: (file: string, text: string) => {
          self().deeds.saves += 1;
          store.write(file, text);
        },
        remove: (file: string) => store.remove(file),
      };
    };
    const { volatile, durable, running } = this.#diskOf(name);
    return {
      clock: {
        nowMs: () => this.stepTime().nowMs,
        wallMs: () => this.stepTime().wallMs,
        setTimer: (delayMs, callback) => {
          const event = this.time.after(delayMs, callback);
          return {
            cancel: () => {
              event.run = null;
            },
          };
        },
      },
      transport: {
        send: ({ link, address, frame }) => {
          self().deeds.sends += 1;
          this.#carry({ from: name, link, address, frame });
        },
        listen: (receive) => {
          self().arrive = (arrival) => {
            if (isOpen) receive([arrival]);
          };
        },
        close: () => {
          isOpen = false;
        },
      },
      codec: wireCodec({ cluster: CLUSTER_NAME, keys: this.#keys }),
      volatile: kept(volatile),
      durable: kept(durable),
      agents: {
        run: ({ action, resource }) => {
          self().deeds.calls += 1;
          const answer = new Answer<Outcome>();
          answer.settle(outcomeOf(running, action, resource.id));
          return answer;
        },
        prepare: () => undefined,
        canReload: () => {
          const answer = new Answer<boolean>();
          answer.settle(false);
          return answer;
        },
        cancel: () => undefined,
        onNudge: () => undefined,
        onEventsLost: () => undefined,
        check: () => {
          const answer = new Answer<CheckResult>();
          answer.settle({ kind: 'passed' });
          return answer;
        },
        ping: () => {
          const answer = new Answer<number | null>();
          answer.settle(1);
          return answer;
        },
        fence: ({ device }) => {
          self().deeds.calls += 1;
          const answer = new Answer<FenceOutcome>();
          answer.settle({ kind: 'failed', reason: `nobody answers for "${device.id}"` });
          return answer;
        },
        close: () => undefined,
      },
      tell: () => undefined,
      log: {
        event: () => {
          self().deeds.logs += 1;
        },
      },
      decode: ({ text, hash }) => {
        const answer = new Answer<DecodeResult>();
        this.time.after(LATENCY_MS, () => answer.settle(decode(text, hash)));
        return answer;
      },
      plan: (request) => {
        const answer = new Answer<ReturnType<typeof plan> | null>();
        this.time.after(LATENCY_MS, () => answer.settle(plan(request)));
        return answer;
      },
    };
  }

  #carry(sent: { readonly from: string; readonly link: number; readonly address: string; readonly frame: Uint8Array }) {
    const to = this.spec.nodes.find((node) => node.addresses[sent.link] === sent.address)?.id;
    const address = this.spec.nodes.find((node) => node.id === sent.from)?.addresses[sent.link];
    if (to === undefined || address === undefined) return;
    const { link, frame } = sent;
    this.time.after(LATENCY_MS, () => {
      if (this.captured.length < CAPTURE_MAX) this.captured.push({ to, link, address, frame });
      this.node(to).arrive({ link, address, frame });
    });
  }
}

/** What the shipped worker says to a text. */
function decode(text: string, hash: string): DecodeResult {
  if (createHash('sha256').update(text).digest('hex') !== hash)
    return { kind: 'undecodable', sentence: 'its text does not match its hash' };
  const result = decodeSpec([{ file: 'cluster.yaml', text }], {});
  return result.kind === 'ok' ? { kind: 'spec', spec: result.spec } : { kind: 'undecodable', sentence: 'no spec' };
}

function mustDecode(text: string): ClusterSpec {
  const result = decodeSpec([{ file: 'cluster.yaml', text }], {});
  if (result.kind === 'ok') return result.spec;
  throw new Error(`the fuzz's own spec is not valid: ${result.problems.map(({ message }) => message).join('; ')}`);
}

function outcomeOf(running: Set<string>, action: string, resource: string): Outcome {
  switch (action) {
    case 'start':
      running.add(resource);
      return { kind: 'done' };
    case 'stop':
    case 'kill':
      running.delete(resource);
      return { kind: 'done' };
    default:
      return running.has(resource) ? { kind: 'running' } : { kind: 'stopped' };
  }
}
