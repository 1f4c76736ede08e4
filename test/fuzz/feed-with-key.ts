/** What a sender with the key and a defect can say. It can change much, since who has the key speaks for the cluster; it must not make a node throw, stop, or grow without a bound. */
import type { RandomStream } from '../../src/base/random.js';
import { nextRandom, pickRandom } from '../../src/base/random.js';
import { describe } from '../../src/reconciler/describe.js';
import { CLUSTER_NAME } from './cluster-yaml.js';
import { KEYS } from './feed-without-key.js';
import type { Findings } from './findings.js';
import { bodyOf, sealed } from './forge.js';
import type { Captured } from './fuzz-cluster.js';
import { FuzzCluster } from './fuzz-cluster.js';
import { byteMutations, mutateBytes } from './mutate-bytes.js';
import { mutateJson } from './mutate-json.js';
import { snapshot } from './snapshot.js';

/** Inputs to one cluster; then a new one is begun, since this one believes what nobody should. */
const INPUTS_PER_CLUSTER = 2000;

/** Inputs between two moments in which time passes. */
const BATCH = 100;

/** Characters of a mind as text that no such cluster may need: an ordinary one of this size has 30,000. */
const MIND_CHARACTERS_MAX = 3_000_000;

/** Feeds clusters, one after another. */
export class FeedWithKey {
  readonly #stream: RandomStream;
  readonly #findings: Findings;
  readonly #seed: number;
  #cluster: FuzzCluster;
  #captured: readonly Captured[] = [];
  #fed = 0;
  /** The largest mind that was seen. Shape: characters of its text. */
  largestMind = 0;

  constructor(options: { readonly stream: RandomStream; readonly findings: Findings; readonly seed: number }) {
    this.#stream = options.stream;
    this.#findings = options.findings;
    this.#seed = options.seed;
    this.#cluster = this.#begin();
  }

  /** One round: a batch of well signed nonsense, and time for what it sets off. */
  round(): void {
    if (this.#fed >= INPUTS_PER_CLUSTER) {
      this.finish();
      this.#cluster = this.#begin();
    }
    for (let i = 0; i < BATCH; i++) this.#feed();
    this.#cluster.run(pickRandom(this.#stream, [1, 20, 200, 1500]) ?? 1);
    this.#look();
  }

  /** Lets the last cluster live on for a while and looks at it. */
  finish(): void {
    this.#cluster.run(4000);
    this.#look();
    for (const { driver } of this.#cluster.nodes) driver.stop();
  }

  #begin(): FuzzCluster {
    this.#fed = 0;
    const cluster = new FuzzCluster({ keys: [KEYS.first, KEYS.second], seed: this.#seed });
    cluster.run(3000 + Math.floor(nextRandom(this.#stream) * 400));
    cluster.edit('n3');
    cluster.run(20);
    this.#captured = [...cluster.captured.splice(0), ...UNUSUAL.flatMap(toEach)];
    return cluster;
  }

  #feed(): void {
    // What is being said now is what is most likely to be believed.
    const recent = this.#cluster.captured;
    const captured = pickRandom(
      this.#stream,
      recent.length > 0 && nextRandom(this.#stream) < 0.6 ? recent : this.#captured,
    );
    if (captured === undefined) return;
    this.#fed += 1;
    const isText = nextRandom(this.#stream) < 0.85;
    const how = pickRandom(this.#stream, byteMutations) ?? 'flip';
    const body = isText
      ? Buffer.from(mutateJson(bodyOf(captured.frame).toString('utf8'), this.#stream))
      : mutateBytes(bodyOf(captured.frame), { how, other: this.#captured[0]?.frame ?? body0, stream: this.#stream });
    const key = nextRandom(this.#stream) < 0.9 ? KEYS.first : KEYS.second;
    const kind = isText ? 'values changed, signed with the key' : 'bytes of the body changed, signed with the key';
    const node = this.#cluster.node(captured.to);
    const { counters } = node.driver.mind;
    const badBefore = badCount(counters);
    try {
      node.arrive({ link: captured.link, address: captured.address, frame: sealed(body, key) });
    } catch (error) {
      this.#findings.violate(`${kind}: ${node.name} threw: ${stackOf(error)}; ${body.toString('utf8').slice(0, 2000)}`);
    }
    this.#findings.took(kind, badCount(counters) === badBefore ? 'read as a message' : 'refused');
    if (node.broken.length > 0) {
      this.#findings.violate(
        `${kind}: ${node.name} stopped: ${stackOf(node.broken.splice(0)[0])}; ${body.toString('utf8').slice(0, 2000)}`,
      );
      this.#fed = INPUTS_PER_CLUSTER;
    }
  }

  #look(): void {
    this.#cluster.captured.splice(0, Math.max(0, this.#cluster.captured.length - 500));
    for (const { name, driver, broken } of this.#cluster.nodes) {
      for (const error of broken.splice(0)) {
        this.#findings.violate(`${name} stopped some time after well signed nonsense: ${stackOf(error)}`);
        this.#fed = INPUTS_PER_CLUSTER;
      }
      const characters = snapshot(driver.mind).length;
      this.largestMind = Math.max(this.largestMind, characters);
      if (characters > MIND_CHARACTERS_MAX) {
        this.#findings.violate(`the mind of ${name} has grown to ${characters} characters`);
        this.#fed = INPUTS_PER_CLUSTER;
      }
      try {
        JSON.stringify(describe(driver.mind, this.#cluster.stepTime(), '2027-01-15T08:00:00.000Z'));
      } catch (error) {
        this.#findings.violate(`the status of ${name} cannot be told any more: ${stackOf(error)}`);
      }
    }
  }
}

const body0 = Buffer.from('[]');

/** Messages that seldom are on the wire, from each node. Source: src/runtime/wire-encode.ts. */
const UNUSUAL: readonly (readonly unknown[])[] = ['n1', 'n2', 'n3'].flatMap((from) => [
  ['F', from, 'web', 1_800_000_000_000],
  ['Q', from, 'ab'.repeat(32), 0],
  ['P', from, 'ab'.repeat(32), 0, 40, 'apiVersion: fairlead/v1'],
  ['P', from, 'ab'.repeat(32), 23, 40, 'kind: Cluster'],
  ['R', from, 'i', 1, 'token', 't', 0, 0, '0a1b2c3d'],
]);

/** A message as it comes to each node. */
function toEach(message: readonly unknown[]): Captured[] {
  const frame = sealed(Buffer.from(JSON.stringify([CLUSTER_NAME, ...message])), KEYS.first);
  return ['n1', 'n2', 'n3'].map((to) => ({ to, link: 0, address: '10.0.0.2', frame }));
}

function badCount(counters: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [name, count] of counters) if (name.startsWith('bad datagrams')) sum += count;
  return sum;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
