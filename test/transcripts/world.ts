/**
 * Nodes with nothing but their ownership rooms, a network and a time that a story commands.
 *
 * A node beats when due, claims what it wants when it may, and lets things go as told. Datagrams take a millisecond unless the story says otherwise.
 */
import { randomStream } from '../../src/base/random.js';
import type { Ack, Free, Heartbeat, Refusal } from '../../src/model/message.js';
import { receiveAck, receiveRefusal, receiveFree } from '../../src/ownership/answers.js';
import { beat } from '../../src/ownership/beat.js';
import type { HolderEvent, HolderState } from '../../src/ownership/holder.js';
import { expire } from '../../src/ownership/expiry.js';
import { beginHolder, claim, mayClaim, release } from '../../src/ownership/holder.js';
import { mayRide, owe, takeLeftBehind, takeOwed } from '../../src/ownership/owed-acks.js';
import { restoreHolder, restoreVoter, saveHolder, saveVoter } from '../../src/ownership/memory.js';
import { quarantineUntilMs, voterPast } from '../../src/ownership/quarantine.js';
import { configurationOf } from '../../src/ownership/quorum.js';
import type { VoterState } from '../../src/ownership/voter-state.js';
import { certify, expirePromises, nextFreeAtMs } from '../../src/ownership/promise-end.js';
import { beginVoter } from '../../src/ownership/voter-state.js';
import { receiveHeartbeat } from '../../src/ownership/voter.js';

/** What travels here. */
export type Spoken = Heartbeat | Ack | Refusal | Free;

/** A datagram on its way. */
export interface Datagram {
  readonly from: string;
  readonly to: string;
  readonly message: Spoken;
}

/** One node of a story. */
export interface Actor {
  readonly name: string;
  holder: HolderState;
  voter: VoterState;
  isUp: boolean;
  starts: number;
  /** What it claims whenever it may, with the resources of each claim. */
  readonly wants: Map<string, readonly string[]>;
  /** What is kept on its run directory. */
  kept: { voter: string; holder: string } | null;
  /** Its clock runs at this rate against the story's time. */
  rate: number;
}

/** Numbers of a story. Shape: milliseconds. */
export interface Span {
  readonly everyMs: number;
  readonly leaseMs: number;
  readonly budgetMs: number;
  readonly drift: number;
}

/** What a world tells its narrator. */
export interface Narrator {
  readonly sent: (world: World, datagram: Datagram) => void;
  readonly happened: (world: World, actor: Actor, event: HolderEvent) => void;
}

/** A story's world. */
export class World {
  readonly actors = new Map<string, Actor>();
  readonly span: Span;
  atMs = 0;
  readonly #names: readonly string[];
  readonly #narrator: Narrator;
  #inFlight: { readonly atMs: number; readonly datagram: Datagram }[] = [];
  /** Ways that lose everything, as `n1>n2`. */
  readonly cut = new Set<string>();
  /** Ways that keep everything back, with what they keep. */
  readonly held = new Map<string, Datagram[]>();
  /** Leases for which no time ends a promise. */
  readonly strict = new Set<string>();
  /** Ways on which everything comes twice. */
  readonly doubled = new Set<string>();

  constructor(names: readonly string[], span: Span, narrator: Narrator) {
    this.#names = names;
    this.span = span;
    this.#narrator = narrator;
    for (const name of names) {
      const fresh = this.#fresh(name, 1, Number.NEGATIVE_INFINITY);
      this.actors.set(name, { name, ...fresh, isUp: true, starts: 1, wants: new Map(), kept: null, rate: 1 });
    }
    // Voters and holders that have known each other for a while: the first exchange of tokens is no part of a story.
    for (const { holder } of this.actors.values()) {
      for (const [voter, contact] of holder.contacts) contact.token = `${voter}-1`;
    }
  }

  /** A node's own clock. */
  clockOf(actor: Actor): number {
    return this.atMs * actor.rate;
  }

  /** Lets time pass until a moment, in the order in which things fall due. */
  advanceTo(untilMs: number): void {
    this.settle();
    for (let next = this.#nextMs(untilMs); next !== null; next = this.#nextMs(untilMs)) {
      this.atMs = next;
      this.settle();
    }
    this.atMs = untilMs;
    this.settle();
  }

  /** Does what is due at this moment. */
  settle(): void {
    for (let turn = 0; turn < 1000; turn++) {
      const due = this.#inFlight.filter((each) => each.atMs <= this.atMs);
      this.#inFlight = this.#inFlight.filter((each) => each.atMs > this.atMs);
      for (const { datagram } of due) this.#arrive(datagram);
      const isAnyDue = [...this.actors.values()].map((actor) => this.#tick(actor)).some((did) => did);
      if (due.length === 0 && !isAnyDue) return;
    }
    throw new Error(`no rest at ${this.atMs} ms`);
  }

  /** A daemon starts again, with what it kept, or with less. */
  start(name: string, lost: { readonly voter: boolean; readonly session: boolean }): void {
    const actor = this.actor(name);
    const nowMs = this.clockOf(actor);
    actor.starts += 1;
    const memory = lost.voter || actor.kept === null ? null : JSON.parse(actor.kept.voter);
    const past = voterPast({ memory, votedIn: null, boot: 'boot', bootBeganAtMs: null });
    const quarantine = quarantineUntilMs({
      past,
      startedAtMs: nowMs,
      leaseMsMax: this.span.leaseMs,
      stopBudgetMsMax: this.span.budgetMs,
      drift: this.span.drift,
    });
    const { holder, voter } = this.#fresh(name, actor.starts, quarantine, actor.kept, lost.session);
    if (actor.kept !== null && !lost.voter) restoreVoter(voter, JSON.parse(actor.kept.voter), nowMs);
    if (actor.kept !== null && !lost.session) restoreHolder(holder, JSON.parse(actor.kept.holder), nowMs);
    Object.assign(actor, { holder, voter, isUp: true });
  }

  /** The node of a name. */
  actor(name: string): Actor {
    const actor = this.actors.get(name);
    if (actor === undefined) throw new Error(`the story has no node "${name}"`);
    return actor;
  }

  /** Delivers what a way kept back, in an order of choice, and keeps nothing back from now on. */
  letGo(way: string, order: 'first-first' | 'last-first'): void {
    const kept = this.held.get(way) ?? [];
    this.held.delete(way);
    for (const datagram of order === 'first-first' ? kept : kept.reverse()) this.#arrive(datagram);
    this.settle();
  }

  #fresh(
    name: string,
    start: number,
    quarantine: number,
    kept: Actor['kept'] = null,
    isSessionLost = true,
  ): { holder: HolderState; voter: VoterState } {
    const { everyMs, leaseMs, drift } = this.span;
    const known = kept === null || isSessionLost ? null : String(JSON.parse(kept.holder).incarnation);
    const nowMs = this.atMs * (this.actors.get(name)?.rate ?? 1);
    const holder = beginHolder({
      node: name,
      incarnation: known ?? `${name}.${start}`,
      voters: this.#names,
      everyMs,
      leaseMs,
      drift,
      ignoreSilenceMs: null,
      nowMs,
      random: randomStream(100 * this.#names.indexOf(name) + start),
    });
    const voter = beginVoter({
      node: name,
      token: `${name}-${start}`,
      configuration: configurationOf(this.#names),
      drift,
      leaseMs,
      quarantineUntilMs: quarantine,
    });
    return { holder, voter };
  }

  /** What a node does by itself at this moment. Returns whether there was anything. */
  #tick(actor: Actor): boolean {
    if (!actor.isUp) return false;
    const nowMs = this.clockOf(actor);
    const { holder } = actor;
    for (const event of expire(holder, nowMs)) this.#narrator.happened(this, actor, event);
    for (const { to, message } of expirePromises(actor.voter, nowMs)) this.#send(actor.name, to, message);
    for (const [key, resources] of actor.wants) {
      if (!mayClaim(holder, key, nowMs)) continue;
      const needsFencing = this.strict.has(key);
      claim(holder, {
        key,
        resources,
        stopBudgetMs: this.span.budgetMs,
        needsFencing,
        nowMs,
        wallMs: 1000 + this.atMs,
      });
    }
    if (holder.nextBeatAtMs > nowMs) return false;
    const beats = beat(holder, { nowMs, digest: () => [], ackFor: (voter) => takeOwed(actor.voter, voter) });
    this.keep(actor);
    for (const { to, heartbeat } of beats) this.#send(actor.name, to, heartbeat);
    for (const [to, { ack }] of takeLeftBehind(actor.voter, true)) this.#send(actor.name, to, ack);
    return true;
  }

  /** Keeps what must outlive the daemon (S4). */
  keep(actor: Actor): void {
    actor.kept = { voter: saveVoter(actor.voter), holder: saveHolder(actor.holder) };
  }

  #send(from: string, to: string, message: Spoken): void {
    const datagram = { from, to, message };
    if (from === to) {
      this.#arrive(datagram);
      return;
    }
    this.#narrator.sent(this, datagram);
    const way = `${from}>${to}`;
    if (this.cut.has(way)) return;
    const kept = this.held.get(way);
    if (kept !== undefined) {
      kept.push(datagram);
      return;
    }
    for (let copy = 0; copy < (this.doubled.has(way) ? 2 : 1); copy++) {
      this.#inFlight.push({ atMs: this.atMs + 1 + copy, datagram });
    }
  }

  #arrive({ from, to, message }: Datagram): void {
    const actor = this.actor(to);
    if (!actor.isUp) return;
    const nowMs = this.clockOf(actor);
    for (const event of expire(actor.holder, nowMs)) this.#narrator.happened(this, actor, event);
    switch (message.kind) {
      case 'heartbeat': {
        const token = from === to ? actor.voter.token : message.token;
        const answers = receiveHeartbeat(actor.voter, { ...message, token }, { nowMs, digest: () => [] });
        this.keep(actor);
        for (const answer of answers) {
          const { message: said } = answer;
          if (said.kind === 'ack' && from !== to && mayRide(message, said)) owe(actor.voter, message, said);
          else this.#send(to, answer.to, said);
        }
        if (message.ack !== undefined && message.ack !== null) this.#arrive({ from, to, message: message.ack });
        // What may not wait goes along with a heartbeat that leaves at this very moment, or by itself.
        if (actor.holder.nextBeatAtMs > nowMs)
          for (const [node, { ack }] of takeLeftBehind(actor.voter, false)) this.#send(to, node, ack);
        return;
      }
      case 'ack':
        for (const event of receiveAck(actor.holder, message, nowMs)) this.#narrator.happened(this, actor, event);
        this.keep(actor);
        return;
      case 'refusal':
        receiveRefusal(actor.holder, message, nowMs);
        return;
      case 'free':
        receiveFree(actor.holder, message);
    }
  }

  /** The next moment at which anything falls due; null when nothing does before a time. */
  #nextMs(untilMs: number): number | null {
    let next = Number.POSITIVE_INFINITY;
    const consider = (atMs: number) => {
      if (atMs > this.atMs && atMs < next) next = atMs;
    };
    for (const each of this.#inFlight) consider(each.atMs);
    for (const actor of this.actors.values()) {
      if (!actor.isUp) continue;
      const onOwnClock = [actor.holder.nextBeatAtMs, nextFreeAtMs(actor.voter)];
      for (const held of actor.holder.held.values()) onOwnClock.push(held.validUntilMs);
      for (const backOff of actor.holder.backOff.values()) onOwnClock.push(backOff.untilMs);
      for (const ownMs of onOwnClock) consider(Math.ceil(ownMs / actor.rate));
    }
    return next <= untilMs ? next : null;
  }

  /** Every voter that is up sees that a life is over. */
  certify(incarnation: string): void {
    const [node = ''] = incarnation.split('.');
    for (const actor of this.actors.values()) {
      if (!actor.isUp) continue;
      const answers = certify(actor.voter, { node, incarnation });
      this.keep(actor);
      for (const { to, message } of answers) this.#send(actor.name, to, message);
    }
  }

  /** Nothing of a lease runs any more: it is released. */
  stopped(name: string, key: string): void {
    const actor = this.actor(name);
    release(actor.holder, key, this.clockOf(actor));
  }
}
