/**
 * A cluster of whole minds on a network that takes a millisecond, under a time that the test commands.
 *
 * It watches while it runs: an exclusive resource that runs on two hosts at once (S1), a start under another epoch than its lease has (S2) and a mind that wakes again and again at one moment
 * end the test, whatever it is about.
 */
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import type { FenceOutcome, FenceRequest } from '../../src/model/fencing.js';
import { leaseKey } from '../../src/model/lease.js';
import type { Message } from '../../src/model/message.js';
import type { Operation } from '../../src/model/operation.js';
import type { DefinitionChange } from '../../src/model/reload-action.js';
import type { Revision } from '../../src/model/revision.js';
import { changedParameters } from '../../src/model/same-definition.js';
import { plan } from '../../src/planner/plan.js';
import type { DecodeRequest, Effect, Input, StepTime } from '../../src/reconciler/input-effect.js';
import type { Mind, MindRules } from '../../src/reconciler/mind.js';
import { storeRecovered } from '../../src/reconciler/save.js';
import { step } from '../../src/reconciler/step.js';
import { wakeAtMs } from '../../src/reconciler/wake.js';
import type { UnderWay } from './host.js';
import { Host } from './host.js';
import type { SpecWish } from './specs.js';
import { specOf } from './specs.js';

/** Steps of one mind at one moment beyond which it does not rest. */
const STEPS_PER_MOMENT_MAX = 400;

interface Datagram {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly link: number;
  readonly message: Message;
}

/** Hosts, their daemons, and what happens between them. */
export class Cluster {
  readonly hosts = new Map<string, Host>();
  nowMs = 100_000;
  /** By how much all wall clocks were set since. */
  wallSetByMs = 0;
  /** Ways that lose everything, as `n1>n2`; `n1>n2/1` for the second link only. */
  readonly cut = new Set<string>();
  /** Ways, as `n1>n2`, on which records take so many milliseconds more. */
  readonly lateRecords = new Map<string, number>();
  /** Every datagram that was sent, for tests that play one again. */
  readonly heard: Datagram[] = [];
  /** Whether two owners are looked for; the policies that can give two have to say so. */
  mayHaveTwo = false;
  /** Hosts that have no thread for decoding and for large plans. */
  readonly threadless = new Set<string>();
  /** How fence devices answer; they do not where it is not set. */
  onFence:
    | ((by: string, request: FenceRequest) => { readonly afterMs: number; readonly outcome: () => FenceOutcome })
    | null = null;
  #inFlight: Datagram[] = [];
  #fencing: {
    readonly atMs: number;
    readonly host: Host;
    readonly id: string;
    readonly outcome: () => FenceOutcome;
  }[] = [];
  #comparing: { readonly atMs: number; readonly host: Host; readonly change: DefinitionChange }[] = [];
  #pinging: { readonly atMs: number; readonly host: Host; readonly ping: string }[] = [];
  #decoding: { readonly atMs: number; readonly host: Host; readonly request: DecodeRequest }[] = [];
  readonly #texts = new Map<string, ClusterSpec>();
  readonly #wakes = new Map<string, number>();
  #steps = { atMs: 0, counts: new Map<string, number>() };

  /** The revision and text of a spec; a text that was never given to this is not valid. */
  write(
    wish: SpecWish,
    generation = 1,
  ): { readonly spec: ClusterSpec; readonly revision: Revision; readonly text: string } {
    const text = JSON.stringify(wish);
    const spec = specOf(wish);
    this.#texts.set(text, spec);
    return { spec, revision: { generation, hash: hashOf(text), parent: null }, text };
  }

  /** A cluster whose daemons all start now, with voters that need not be silent. */
  static begin(wish: SpecWish, options: { readonly rules?: MindRules } = {}): Cluster {
    const cluster = new Cluster();
    cluster.beginAll(wish, options);
    return cluster;
  }

  /** Starts the daemons of all nodes of a spec. */
  beginAll(wish: SpecWish, options: { readonly rules?: MindRules } = {}): void {
    const first = this.write(wish);
    for (const { id } of first.spec.nodes) {
      const host = new Host(id);
      this.hosts.set(id, host);
      host.start({ ...first, ...options, time: this.time, past: { kind: 'remembered', silentUntilMs: null } });
      this.#put(host, { kind: 'file', text: first.text, hash: first.revision.hash });
    }
  }

  get time(): StepTime {
    return { nowMs: this.nowMs, wallMs: 1_700_000_000_000 + this.nowMs + this.wallSetByMs };
  }

  host(name: string): Host {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`no host "${name}"`);
    return host;
  }

  mind(name: string): Mind {
    const { mind } = this.host(name);
    if (mind === null) throw new Error(`${name} is down`);
    return mind;
  }

  /** Starts a daemon again with the revision that it kept, or with the first one where it kept none. */
  start(name: string, file?: SpecWish): void {
    const host = this.host(name);
    const kept = JSON.parse(host.kept.get('revision.json') ?? 'null') ?? this.#first();
    const spec = this.#texts.get(kept.text);
    if (spec === undefined) throw new Error('no spec for the text that was kept');
    host.start({ ...kept, spec, time: this.time });
    const text = file === undefined ? kept.text : this.write(file).text;
    this.#put(host, { kind: 'file', text, hash: hashOf(text) });
  }

  #first(): { readonly revision: Revision; readonly text: string } {
    const [text = ''] = this.#texts.keys();
    return { revision: { generation: 1, hash: hashOf(text), parent: null }, text };
  }

  /** The watched file of a node has another text now. */
  edit(name: string, to: SpecWish | string): void {
    const text = typeof to === 'string' ? to : this.write(to).text;
    this.put(name, { kind: 'file', text, hash: hashOf(text) });
  }

  put(name: string, input: Input): void {
    this.#put(this.host(name), input);
  }

  /** Lets time pass. */
  run(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let next = this.#nextMs(); next <= untilMs; next = this.#nextMs()) {
      this.nowMs = Math.max(this.nowMs, next);
      this.#moment();
    }
    this.nowMs = untilMs;
  }

  /** Lets time pass until something holds; the test fails when that takes too long. Returns how long it took. */
  until(what: string, holds: () => boolean, withinMs = 10_000): number {
    const begunMs = this.nowMs;
    while (!holds()) {
      if (this.nowMs - begunMs > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
      this.nowMs = this.#nextMs();
      this.#moment();
    }
    return this.nowMs - begunMs;
  }

  /** Where a resource runs. */
  whereRuns(resource: string): string[] {
    return [...this.hosts.values()].filter((host) => host.running.has(resource)).map((host) => host.name);
  }

  #nextMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { atMs } of this.#inFlight) next = Math.min(next, atMs);
    for (const { atMs } of [...this.#decoding, ...this.#pinging, ...this.#comparing]) next = Math.min(next, atMs);
    for (const { atMs } of this.#fencing) next = Math.min(next, atMs);
    for (const host of this.hosts.values()) {
      for (const { dueMs } of host.underWay) next = Math.min(next, dueMs);
      if (host.mind !== null && !host.hasLeft) next = Math.min(next, this.#wakes.get(host.name) ?? this.nowMs);
    }
    return next;
  }

  #moment(): void {
    const due = this.#inFlight.filter((each) => each.atMs <= this.nowMs);
    this.#inFlight = this.#inFlight.filter((each) => each.atMs > this.nowMs);
    for (const { from, to, link, message } of due) {
      const host = this.host(to);
      if (host.mind !== null) this.#put(host, { kind: 'message', message, link, address: this.#addressOf(from, link) });
    }
    const decoding = this.#decoding.filter((each) => each.atMs <= this.nowMs);
    this.#decoding = this.#decoding.filter((each) => each.atMs > this.nowMs);
    for (const { host, request } of decoding) this.#decode(host, request);
    const pinged = this.#pinging.filter((each) => each.atMs <= this.nowMs);
    this.#pinging = this.#pinging.filter((each) => each.atMs > this.nowMs);
    for (const { host, ping } of pinged) this.#put(host, { kind: 'pinged', ping, reachable: host.pingAnswers });
    const compared = this.#comparing.filter((each) => each.atMs <= this.nowMs);
    this.#comparing = this.#comparing.filter((each) => each.atMs > this.nowMs);
    for (const { host, change } of compared) {
      const isReloadable = changedParameters(change.from, change.to).every((name) => host.reloadable.has(name));
      this.#put(host, { kind: 'compared', change, isReloadable });
    }
    const fenced = this.#fencing.filter((each) => each.atMs <= this.nowMs);
    this.#fencing = this.#fencing.filter((each) => each.atMs > this.nowMs);
    for (const { host, id, outcome } of fenced) this.#put(host, { kind: 'fence-done', id, outcome: outcome() });
    for (const host of this.hosts.values()) {
      for (const each of host.underWay.filter(({ dueMs }) => dueMs <= this.nowMs)) this.#finish(host, each);
      if (host.mind !== null && (this.#wakes.get(host.name) ?? 0) <= this.nowMs) this.#put(host, { kind: 'tick' });
    }
  }

  #finish(host: Host, each: UnderWay): void {
    if (!host.underWay.includes(each)) return;
    host.underWay = host.underWay.filter((other) => other !== each);
    const outcome = host.outcomeOf(each);
    this.#watchOwners(each.operation.resource.id);
    if (host.mind !== null) this.#put(host, { kind: 'operated', operation: each.operation, outcome });
  }

  #watchOwners(resource: string): void {
    const where = this.whereRuns(resource);
    if (where.length > 1 && !this.mayHaveTwo)
      throw new Error(`S1 at ${this.nowMs}: ${resource} runs on ${where.join(' and ')}`);
  }

  #watchEpoch(host: Host, { action, epoch, resource }: Operation): void {
    const held = host.mind?.holder.held.get(leaseKey(resource.group));
    if (action !== 'start' || resource.exclusive === 'none' || held === undefined || held.epoch === epoch) return;
    throw new Error(`S2 at ${this.nowMs}: ${resource.id} starts under ${epoch}, and its lease has ${held.epoch}`);
  }

  #decode(host: Host, request: DecodeRequest): void {
    const spec = this.#texts.get(request.text);
    if (this.threadless.has(host.name)) this.#put(host, { kind: 'unread', request, sentence: 'there is no thread' });
    else if (spec === undefined)
      this.#put(host, { kind: 'undecodable', request, sentence: 'test.yaml:1:1: it is not valid' });
    else this.#put(host, { kind: 'decoded', request, spec });
  }

  #put(host: Host, input: Input): void {
    const { mind } = host;
    if (mind === null || host.hasLeft) return;
    this.#countStep(host);
    for (const effect of step(mind, [input], this.time)) this.#perform(host, effect);
    this.#wakes.set(host.name, wakeAtMs(mind, this.nowMs));
  }

  #countStep(host: Host): void {
    if (this.#steps.atMs !== this.nowMs) this.#steps = { atMs: this.nowMs, counts: new Map() };
    const count = (this.#steps.counts.get(host.name) ?? 0) + 1;
    this.#steps.counts.set(host.name, count);
    if (count > STEPS_PER_MOMENT_MAX) throw new Error(`${host.name} does not come to rest at ${this.nowMs} ms`);
  }

  #perform(host: Host, effect: Effect): void {
    switch (effect.kind) {
      case 'save':
        host.kept.set(effect.name, effect.text);
        if (host.mind !== null) storeRecovered(host.mind, effect.name);
        return;
      case 'send':
        for (const { link } of effect.routes) this.#send(host.name, effect.to, link, effect.message);
        return;
      case 'operate':
        this.#watchEpoch(host, effect.operation);
        host.operate(effect.operation, this.nowMs);
        return;
      case 'prepare':
        host.calls.push(`prepare ${effect.resource.id}`);
        return;
      case 'compare':
        host.calls.push(`compare ${effect.change.to.id}`);
        this.#comparing.push({ atMs: this.nowMs + host.compareTakesMs, host, change: effect.change });
        return;
      case 'cancel': {
        const each = host.underWay.find(({ operation }) => operation.id === effect.operationId);
        host.underWay = host.underWay.filter((other) => other !== each);
        return;
      }
      case 'fence': {
        const answer = this.onFence?.(host.name, effect.request);
        if (answer === undefined) return;
        this.#fencing.push({ atMs: this.nowMs + answer.afterMs, host, id: effect.request.id, outcome: answer.outcome });
        return;
      }
      case 'ping':
        this.#pinging.push({ atMs: this.nowMs + host.pingTakesMs, host, ping: effect.ping.id });
        return;
      case 'check': {
        const { resource, round, check } = effect;
        const why = host.failingChecks.get(check.id);
        const result = why === undefined ? ({ kind: 'passed' } as const) : ({ kind: 'failed', why } as const);
        this.#put(host, { kind: 'checked', resource, round, result });
        return;
      }
      case 'decode':
        this.#decoding.push({ atMs: this.nowMs + 1, host, request: effect.request });
        return;
      case 'plan':
        this.#put(
          host,
          this.threadless.has(host.name)
            ? { kind: 'plan-failed', view: effect.view }
            : { kind: 'planned', plan: plan(effect), view: effect.view },
        );
        return;
      case 'log':
        host.said.push(`${effect.level}: ${effect.sentence}`);
        return;
      case 'tell':
        host.told.push(effect.alert);
        return;
      case 'left':
        host.hasLeft = true;
    }
  }

  #send(from: string, to: string, link: number, message: Message): void {
    const lateMs = message.kind === 'gossip' ? (this.lateRecords.get(`${from}>${to}`) ?? 0) : 0;
    const datagram = { atMs: this.nowMs + 1 + lateMs, from, to, link, message };
    this.heard.push(datagram);
    if (this.cut.has(`${from}>${to}`) || this.cut.has(`${from}>${to}/${link}`)) return;
    this.#inFlight.push(datagram);
  }

  /** Loses everything to and from a node. */
  isolate(name: string): void {
    for (const other of this.hosts.keys()) {
      if (other === name) continue;
      this.cut.add(`${name}>${other}`).add(`${other}>${name}`);
    }
  }

  #addressOf(node: string, link: number): string {
    return `${node}/${link}`;
  }
}

/** The hash of a text: any text will do that differs when the text does. */
export function hashOf(text: string): string {
  let hash = 7n;
  for (let i = 0; i < text.length; i++) hash = (hash * 31n + BigInt(text.charCodeAt(i))) % (1n << 128n);
  return hash.toString(16).padStart(64, '0');
}
