/** A whole cluster on this machine: its nodes, what is cut between them, what they say, and whether its groups serve. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../base/duration.js';
import type { ClusterSpec } from '../../model/cluster-spec.js';
import type { Status } from '../../model/status.js';
import { Cuts } from './cuts.js';
import type { LabView, Sighting } from './judge.js';
import { ownersOf, runsGroup, whyNotAtRest } from './judge.js';
import type { LabFolder } from './lab-folder.js';
import { LabHost } from './lab-host.js';
import { News } from './news.js';
import type { Deed, Outage } from './outage.js';
import { lengthOf, OutageRecord, shownTime } from './outage.js';
import { OwnerWatch } from './owners.js';
import type { ProbeOutcome } from './probe.js';
import { ask } from './probe.js';
import type { ProbeTarget } from './script.js';

/** Pause between two looks at all nodes. Ours: a look costs each daemon a millisecond. */
const LOOK_EVERY_MS = 100;

/** Looks in a row that must find the cluster at rest, since a single one can come between two steps. */
const CALM_LOOKS = 3;

/** A first wait for the voters that is told of. Ours: who watches a lab wonders by then. */
const WAIT_TOLD_MS = 10_000;

/** How a cluster is made. */
export interface LabClusterOptions {
  readonly spec: ClusterSpec;
  readonly specPath: string;
  readonly folder: LabFolder;
  readonly targets: readonly ProbeTarget[];
  /** Takes what happens, a sentence each. */
  readonly tell: (sentence: string) => void;
}

/** A cluster on this machine. */
export class LabCluster {
  readonly hosts: readonly LabHost[];
  readonly cuts = new Cuts();
  readonly deeds: Deed[] = [];
  /** What must never happen and did, a sentence each. */
  readonly faults: string[] = [];
  readonly #options: LabClusterOptions;
  readonly #records = new Map<string, OutageRecord>();
  readonly #owners = new OwnerWatch();
  readonly #news = new News();
  readonly #ending = new AbortController();
  readonly #waiting: (() => void)[] = [];
  readonly #told = new Map<string, string>();
  /** What each daemon said last, and in which of its lives: one that is too busy to answer has not given anything up. */
  readonly #lastWords = new Map<string, { readonly life: number; readonly status: Status }>();
  #sightings: readonly Sighting[] = [];
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: LabClusterOptions) {
    this.#options = options;
    this.hosts = options.spec.nodes.map(
      ({ id }) =>
        new LabHost({
          node: id,
          folder: options.folder,
          specPath: options.specPath,
          onEnded: (host, how) => this.#noteEnded(host, how),
          onLeft: ({ node }) => options.tell(`${node} has left, after it handed everything over`),
        }),
    );
    this.#sightings = this.hosts.map(({ node }) => ({ node, state: 'down', status: null, isFresh: false }));
    for (const { id, desired } of options.spec.groups) {
      if (desired === 'started') this.#records.set(id, new OutageRecord(id));
    }
  }

  /** Starts every node, and begins to look and to ask. */
  start(): void {
    for (const host of this.hosts) host.start();
    const { signal } = this.#ending;
    const probes = this.#options.targets.map((target) =>
      ask(target, { signal, tell: (outcome) => this.#noteProbe(target.group, outcome) }),
    );
    this.#work = Promise.all([this.#lookOnAndOn(), ...probes]);
  }

  /** Ends everything, whatever state it is in. */
  async end(): Promise<void> {
    this.#ending.abort();
    for (const resolve of this.#waiting.splice(0)) resolve();
    await Promise.all(this.hosts.map((host) => host.crash()));
    await this.#work;
  }

  /** What was seen at the last look. */
  get view(): LabView {
    return { spec: this.#options.spec, sightings: this.#sightings, cuts: this.cuts };
  }

  /** The nodes of the spec, in its order. */
  get nodes(): readonly string[] {
    return this.hosts.map(({ node }) => node);
  }

  /** Every outage so far. */
  get outages(): readonly Outage[] {
    return [...this.#records.values()].flatMap((record) => record.outages());
  }

  /** The groups that never served. */
  get silent(): readonly string[] {
    return [...this.#records].flatMap(([group, { hasAnswered }]) => (hasAnswered ? [] : [group]));
  }

  hostOf(node: string): LabHost {
    const host = this.hosts.find((each) => each.node === node);
    if (host === undefined) throw new Error(`the lab has no node "${node}"`);
    return host;
  }

  /** Remembers that something was done, for the outages that follow. */
  note(text: string): void {
    this.deeds.push({ atMs: performance.now(), text });
  }

  /** Tells every daemon that answers what it must not hear. */
  async applyCuts(): Promise<void> {
    await Promise.all(
      this.hosts
        .filter(({ state }) => state === 'up')
        .map((host) => host.cut(this.cuts.peersCutFrom(host.node, this.nodes))),
    );
  }

  /** Tells a daemon that was just started what it must not hear, as soon as it answers; its peers keep silent to it meanwhile. */
  async applyCutsTo(host: LabHost): Promise<void> {
    const { signal } = this.#ending;
    const peers = this.cuts.peersCutFrom(host.node, this.nodes);
    while (peers.length > 0 && host.state === 'up' && !signal.aborted) {
      if (await host.cut(peers)) return;
      await sleep(LOOK_EVERY_MS / 2, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Whether {@link end} was called: then no look follows any more. */
  get hasEnded(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Resolves after a look that began later than now, at once when there is none any more. */
  nextLook(): Promise<void> {
    return this.hasEnded ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Looks until a judge is content, or the time is over.
   *
   * Shape: the judge says in words what is missing, null for nothing; the result is its last word.
   */
  async until(judge: () => string | null, withinMs: number): Promise<string | null> {
    const untilMs = performance.now() + withinMs;
    for (;;) {
      await this.nextLook();
      const missing = judge();
      if (missing === null || performance.now() >= untilMs || this.hasEnded) return missing;
    }
  }

  /** Waits until the cluster is at rest. Shape: null when it is, else what is missing. */
  rest(withinMs: number): Promise<string | null> {
    let calmLooks = 0;
    return this.until(() => {
      const missing = whyNotAtRest(this.view) ?? this.#notServing();
      calmLooks = missing === null ? calmLooks + 1 : 0;
      return missing ?? (calmLooks >= CALM_LOOKS ? null : 'the cluster has only just come to rest');
    }, withinMs);
  }

  #notServing(): string | null {
    for (const [group, record] of this.#records) {
      if (record.isOut || !record.hasAnswered) return `${group} does not answer`;
    }
    return null;
  }

  async #lookOnAndOn(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const waiting = this.#waiting.splice(0);
      await this.#look();
      for (const resolve of waiting) resolve();
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const startMs = performance.now();
    const sightings = await Promise.all(this.hosts.map((host) => this.#lookAt(host)));
    if (this.hasEnded) return;
    this.#sightings = sightings;
    const probed = new Set(this.#options.targets.map(({ group }) => group));
    for (const [group, record] of this.#records) {
      const owners = ownersOf(this.view, group);
      this.#tellChange(
        `group ${group}`,
        owners.length === 0 ? `${group} runs nowhere` : `${group} runs on ${owners.join(' and ')}`,
      );
      if (probed.has(group)) continue;
      if (owners.length > 0) record.answered(performance.now());
      else record.failed(startMs);
    }
    for (const { node, state, status } of sightings) {
      if (state !== 'up' || status === null) continue;
      this.#tellWait(status);
      this.#tellChange(
        `majority ${node}`,
        status.quorum.quorate ? `${node} has a majority` : `${node} has no majority`,
      );
    }
    const words = sightings.flatMap(({ status }) => status ?? []);
    for (const sentence of this.#news.of(words)) this.#options.tell(sentence);
  }

  async #lookAt(host: LabHost): Promise<Sighting> {
    const { node } = host;
    const askedMs = performance.now();
    const { life } = host;
    const status = host.state === 'up' ? await host.status() : null;
    // What was true while it was asked may not be any more: then its answer says nothing of now.
    const { state } = host;
    if (state !== 'up' || host.life !== life || status === null) {
      this.#owners.forget(node);
      const last = this.#lastWords.get(node);
      const isSameLife = state === 'up' && last?.life === host.life;
      return { node, state, status: isSameLife ? last.status : null, isFresh: false };
    }
    this.#lastWords.set(node, { life, status });
    this.#noteOwners({ status, askedMs, answeredMs: performance.now() });
    return { node, state, status, isFresh: true };
  }

  #noteOwners(answer: { readonly status: Status; readonly askedMs: number; readonly answeredMs: number }): void {
    const { status, askedMs, answeredMs } = answer;
    for (const { group } of status.groups) {
      const runs = runsGroup(status, group);
      const both = this.#owners.note({ group, node: status.node, runs, askedMs, answeredMs });
      if (both !== null) this.#fault(`TWO OWNERS: ${both.group} runs on ${both.nodes.join(' and ')} at once`);
    }
  }

  #noteProbe(group: string, { startMs, endMs, why }: ProbeOutcome): void {
    const record = this.#records.get(group);
    if (record === undefined) return;
    if (why !== null) {
      if (record.failed(startMs)) this.#options.tell(`${group} does not answer: ${why}`);
      return;
    }
    const isFirst = !record.hasAnswered;
    const outage = record.answered(endMs);
    if (isFirst) this.#options.tell(`${group} answers`);
    else if (outage !== null) this.#options.tell(`${group} answers again, after ${shownTime(lengthOf(outage, endMs))}`);
  }

  #noteEnded(host: LabHost, how: string): void {
    const tail = host.logTail();
    this.#fault(
      `the daemon of ${host.node} ended by itself, ${how}${tail === '' ? '' : `; its log ends with\n${tail}`}`,
    );
  }

  #fault(sentence: string): void {
    this.faults.push(sentence);
    this.#options.tell(sentence);
  }

  /** With long stop timeouts nothing happens for so long that it looks as if nothing ever would. */
  #tellWait({ quorum: { majorityInMs } }: Status): void {
    if (majorityInMs === null || majorityInMs < WAIT_TOLD_MS || this.#told.has('wait')) return;
    this.#tellChange(
      'wait',
      `the voters begin without a memory, so nothing starts for ${formatDuration(majorityInMs)}: a lease and the longest stop budget; shorter stop timeouts make that shorter`,
    );
  }

  #tellChange(subject: string, sentence: string): void {
    const before = this.#told.get(subject);
    if (before === sentence) return;
    this.#told.set(subject, sentence);
    // What never was need not be said: a group runs nowhere at first, and a node has no majority.
    if (before !== undefined || !/ (runs nowhere|has no majority)$/.test(sentence)) this.#options.tell(sentence);
  }
}
