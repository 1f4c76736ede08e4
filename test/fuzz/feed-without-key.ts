/** What somebody without the key can send: anything at all, and again whatever was once sent. None of it may change anything but counters. */
import type { RandomStream } from '../../src/base/random.js';
import { nextRandom, pickRandom } from '../../src/base/random.js';
import type { Codec } from '../../src/ports/transport.js';
import type { Message } from '../../src/model/message.js';
import { badFrameReasons, wireCodec } from '../../src/runtime/wire-codec.js';
import type { Findings } from './findings.js';
import { bodyOf, FRAME, sealed } from './forge.js';
import type { Captured, FuzzNode } from './fuzz-cluster.js';
import { FuzzCluster } from './fuzz-cluster.js';
import { CLUSTER_NAME } from './cluster-yaml.js';
import { below, byteMutations, mutateBytes } from './mutate-bytes.js';
import { mutateJson } from './mutate-json.js';
import { difference, snapshot } from './snapshot.js';

/** Keys of the fuzz: two that the cluster has, one that it had, one that it never had. */
export const KEYS = { first: key(1), second: key(2), old: key(3), foreign: key(4) } as const;

/** Inputs between two looks at the whole mind. */
const BATCH = 64;

/** Datagrams of late that are replayed too: answers to heartbeats whose send times are still remembered are among them. */
const RECENT_MAX = 4000;

/** One attack: how it is called, and its next datagram. */
interface Attack {
  readonly kind: string;
  readonly make: (captured: Captured) => Uint8Array;
}

/** Feeds one node after another of a cluster in the middle of its work. */
export class FeedWithoutKey {
  readonly #cluster: FuzzCluster;
  readonly #codec: Codec<Message, Uint8Array>;
  readonly #stream: RandomStream;
  readonly #findings: Findings;
  readonly #old: readonly Captured[];
  readonly #standing: string;
  #recent: readonly Captured[] = [];
  #round = 0;
  #replayAt = 0;
  #recentAt = 0;

  constructor(options: { readonly stream: RandomStream; readonly findings: Findings; readonly seed: number }) {
    this.#stream = options.stream;
    this.#findings = options.findings;
    this.#cluster = new FuzzCluster({ keys: [KEYS.first, KEYS.second], seed: options.seed });
    this.#codec = wireCodec({ cluster: CLUSTER_NAME, keys: [KEYS.first, KEYS.second] });
    this.#live();
    this.#old = [...this.#cluster.captured];
    this.#standing = this.#owned();
    if (this.#standing.split(' ').length < 6) throw new Error(`the cluster is not in operation: "${this.#standing}"`);
  }

  /** A life with everything in it: claims, a spec that was edited and fetched, a machine that lost its memory, a daemon that was restarted. */
  #live(): void {
    this.#cluster.run(4000);
    this.#cluster.edit('n3');
    this.#cluster.run(2000);
    this.#cluster.restart('n2', { forget: true });
    this.#cluster.run(8000);
    this.#cluster.restart('n1', { forget: false });
    this.#cluster.run(8000);
  }

  /** One round: a batch of forged datagrams and one of replayed ones, to one node. */
  round(): void {
    const { nodes } = this.#cluster;
    const node = nodes[this.#round % nodes.length];
    if (node === undefined) return;
    this.#round += 1;
    // Not in step with the heartbeat, so that every moment between two of them comes up.
    this.#cluster.run(37);
    const recent = this.#cluster.captured.splice(0);
    this.#recent = [...this.#recent, ...recent].slice(-RECENT_MAX);
    this.#watched(node, { mayAnswer: false }, () => {
      for (let i = 0; i < BATCH; i++) this.#forge(node);
    });
    this.#watched(node, { mayAnswer: true }, () => {
      for (let i = 0; i < BATCH; i++) this.#replay(node);
    });
  }

  /** Whether everything is still owned by whom it was, in the same epochs, after all that. */
  finish(): void {
    this.#cluster.run(3000);
    const standing = this.#owned();
    if (standing !== this.#standing)
      this.#findings.violate(`what was owned as "${this.#standing}" is now "${standing}"`);
  }

  #owned(): string {
    return this.#cluster.nodes
      .flatMap(({ name }) => this.#cluster.owned(name).map((each) => `${name}:${each}`))
      .join(' ');
  }

  /** Looks at the whole mind, and at all that it did, before and after. */
  #watched(node: FuzzNode, options: { readonly mayAnswer: boolean }, feed: () => void): void {
    node.driver.put({ kind: 'tick' });
    const before = snapshot(node.driver.mind);
    const { sends, saves, calls } = node.deeds;
    try {
      feed();
    } catch (error) {
      this.#findings.violate(`a datagram made ${node.name} throw: ${stackOf(error)}`);
    }
    const after = snapshot(node.driver.mind);
    if (after !== before)
      this.#findings.violate(`${node.name} was changed without the key: ${difference(before, after)}`);
    if (node.deeds.saves !== saves || node.deeds.calls !== calls)
      this.#findings.violate(`${node.name} saved or called agents because of a datagram without the key`);
    if (!options.mayAnswer && node.deeds.sends !== sends)
      this.#findings.violate(`${node.name} answered a datagram that nobody with the key made`);
    for (const error of node.broken.splice(0))
      this.#findings.violate(`a datagram stopped ${node.name}: ${stackOf(error)}`);
  }

  #forge(node: FuzzNode): void {
    const captured = this.#any();
    const attack = pickRandom(this.#stream, this.#attacks);
    if (attack === undefined) return;
    const frame = attack.make(captured);
    const decoded = this.#codec.decode(frame);
    if (decoded.kind === 'message') {
      // Some changes change nothing, or make one captured datagram into another; what comes out is then a replay, and those have their own batch.
      if (!this.#isGenuine(frame))
        this.#findings.violate(`${attack.kind}: a ${decoded.message.kind} was believed that nobody with the key made`);
      return;
    }
    if (!badFrameReasons.some((reason) => reason === decoded.why))
      this.#findings.violate(`${attack.kind}: refused as "${decoded.why}", which is no reason`);
    this.#findings.took(attack.kind, decoded.why);
    node.arrive({ link: captured.link, address: this.#address(captured), frame });
  }

  readonly #attacks: readonly Attack[] = [
    ...byteMutations.map(
      (how): Attack => ({
        kind: `bytes, ${how}`,
        make: ({ frame }) => mutateBytes(frame, { how, other: this.#any().frame, stream: this.#stream }),
      }),
    ),
    { kind: 'body changed, code kept', make: ({ frame }) => this.#withBody(frame) },
    { kind: 'body changed, signed with an old key', make: ({ frame }) => sealed(this.#body(frame), KEYS.old) },
    { kind: 'genuine body, signed with an old key', make: ({ frame }) => sealed(bodyOf(frame), KEYS.old) },
    {
      kind: 'genuine body, old key under the name of the present one',
      make: ({ frame }) => sealed(bodyOf(frame), KEYS.old, KEYS.first),
    },
    { kind: 'genuine body, signed with a foreign key', make: ({ frame }) => sealed(bodyOf(frame), KEYS.foreign) },
    { kind: 'codes of two datagrams exchanged', make: ({ frame }) => this.#withCodeOf(frame, this.#any().frame) },
    { kind: 'head of another datagram', make: ({ frame }) => this.#withHead(frame) },
  ];

  #withBody(frame: Uint8Array): Buffer {
    const body = this.#body(frame);
    const head = Buffer.from(frame.subarray(0, FRAME.bodyAt));
    head.writeUInt16BE(body.length & 0xffff, FRAME.lengthAt);
    return Buffer.concat([head, body]);
  }

  #withCodeOf(frame: Uint8Array, other: Uint8Array): Buffer {
    const copy = Buffer.from(frame);
    copy.set(other.subarray(FRAME.macAt, FRAME.bodyAt), FRAME.macAt);
    return copy;
  }

  #withHead(frame: Uint8Array): Buffer {
    const copy = Buffer.from(frame);
    for (let i = below(this.#stream, 3); i >= 0; i--) copy[below(this.#stream, FRAME.macAt)] = below(this.#stream, 256);
    return copy;
  }

  #body(frame: Uint8Array): Buffer {
    return Buffer.from(mutateJson(bodyOf(frame).toString('utf8'), this.#stream));
  }

  /** The whole capture from the beginning on, in order, mixed with what was said of late; mostly to whom it was sent. */
  #replay(node: FuzzNode): void {
    const isOld = nextRandom(this.#stream) < 0.5 || this.#recent.length === 0;
    const captured = isOld
      ? this.#old[this.#replayAt++ % this.#old.length]
      : this.#recent[this.#recentAt++ % this.#recent.length];
    if (captured === undefined) return;
    const isMine = captured.to === node.name;
    const kind = `replay, ${isOld ? 'the whole capture' : 'of late'}, ${isMine ? 'to whom it was sent' : 'to another'}`;
    const before = node.deeds.sends;
    node.arrive({ link: captured.link, address: this.#address(captured), frame: captured.frame });
    this.#findings.took(kind, node.deeds.sends === before ? 'no answer' : 'answered again');
  }

  #isGenuine(frame: Uint8Array): boolean {
    return [...this.#old, ...this.#recent].some((captured) => Buffer.compare(captured.frame, frame) === 0);
  }

  #any(): Captured {
    const list = this.#recent.length > 0 && nextRandom(this.#stream) < 0.5 ? this.#recent : this.#old;
    const captured = pickRandom(this.#stream, list);
    if (captured === undefined) throw new Error('nothing was captured');
    return captured;
  }

  /** From where a genuine one came, or from anywhere. */
  #address(captured: Captured): string {
    if (nextRandom(this.#stream) < 0.5) return captured.address;
    return `10.${below(this.#stream, 256)}.${below(this.#stream, 256)}.${below(this.#stream, 256)}`;
  }
}

function key(number: number): Uint8Array {
  return Buffer.alloc(32, number);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
