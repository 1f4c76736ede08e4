import { nextRandom, randomBetween, randomStream } from '../base/random.js';
import type { RandomStream } from '../base/random.js';
import type { FenceRequest } from '../model/fencing.js';
import type { Message } from '../model/message.js';
import type { Operation, Outcome } from '../model/operation.js';
import { plan } from '../planner/plan.js';
import type { Store } from '../ports/store.js';
import type { Arrival, Codec } from '../ports/transport.js';
import { beginMind } from '../reconciler/begin.js';
import type { Input } from '../reconciler/input-effect.js';
import type { Mind, MindRules } from '../reconciler/mind.js';
import type { DecodeResult } from '../runtime/driver.js';
import { Driver } from '../runtime/driver.js';
import type { Plan } from '../model/plan.js';
import { Answer } from './answer.js';
import type { HostClock } from './host-clock.js';
import { ProcessClock } from './host-clock.js';
import { inherit } from './inherit.js';
import type { FenceCall } from './sim-runner.js';
import { SimAgents } from './sim-runner.js';
import type { HostServices } from './sim-agents.js';
import type { GuardRules } from './sim-guard.js';
import type { SimFrame } from './sim-network.js';
import { SimTransport } from './sim-network.js';
import type { SimDisk } from './sim-store.js';
import { SimStore } from './sim-store.js';
import type { SpecLibrary, SpecText } from './spec-library.js';
import type { VirtualTime } from './virtual-time.js';

/** What a daemon finds on its machine. */
export interface DaemonPlace {
  readonly host: string;
  readonly boot: string;
  readonly time: VirtualTime;
  readonly clock: HostClock;
  readonly services: HostServices;
  readonly volatile: SimDisk;
  readonly durable: SimDisk;
  readonly library: SpecLibrary;
  readonly first: SpecText;
  readonly codec: Codec<Message, SimFrame>;
  readonly rules: MindRules;
  readonly guard: GuardRules;
  /** Seed of what this daemon draws. */
  readonly seed: number;
  readonly fence: FenceCall;
  /** Sends a frame into the network. */
  readonly send: (options: { readonly link: number; readonly address: string; readonly frame: SimFrame }) => void;
}

/** Is told what a daemon does. */
export interface DaemonWatch {
  /** It has done something: its mind may have changed. */
  readonly onStep: () => void;
  readonly onSend: (message: Message) => void;
  /** It takes a frame from its socket. */
  readonly onRead: (message: Message) => void;
  readonly onOperate: (operation: Operation) => void;
  readonly onOperated: (operation: Operation, outcome: Outcome) => void;
  readonly onFence: (request: FenceRequest) => void;
  readonly onLog: (level: string, sentence: string) => void;
  readonly onLeft: () => void;
  readonly onBroken: (error: unknown) => void;
}

/** What a process is to do. Shape: `unread` are the frames that wait to be read by it, null where it reads none. */
interface Errand {
  readonly kind: 'timer' | 'other';
  readonly run: () => void;
  readonly unread: Arrival<SimFrame>[] | null;
}

/** How long orders to the guard are held back where they are not kept first. */
const LATE_ORDERS_MS = 150;

/** Frames and answers that wait for a process that stands still; more are lost, as a socket's buffer has an end. */
const BACKLOG_MAX = 2000;

/** Frames that a process that went on reads at one go, as the real transport does. */
const READ_AT_ONCE_MAX = 64;

/**
 * One life of a daemon: the shipped driver and mind on simulated ports.
 *
 * Everything reaches it through `deliver`, which drops what comes for a dead process and holds back what comes for one that stands still.
 */
export class SimDaemon {
  readonly mind: Mind;
  readonly driver: Driver<SimFrame>;
  readonly #place: DaemonPlace;
  readonly #watch: DaemonWatch;
  readonly #random: RandomStream;
  readonly #transport: SimTransport;
  readonly #agents: SimAgents;
  #isDead = false;
  #isStill = false;
  #backlog: Errand[] = [];
  #effectsLeft: number | null = null;
  #onSpent: () => void = () => undefined;

  constructor(place: DaemonPlace, watch: DaemonWatch) {
    this.#place = place;
    this.#watch = watch;
    this.#random = randomStream(place.seed);
    const clock = new ProcessClock({
      time: place.time,
      host: place.clock,
      deliver: (run) => this.deliver('timer', run),
      late: () => nextRandom(this.#random),
    });
    this.#transport = new SimTransport((options) => {
      if (!this.#mayAct()) return;
      watch.onSend(options.frame.message);
      place.send(options);
    });
    this.#agents = new SimAgents({
      services: place.services,
      deliver: (run) => this.deliver('other', run),
      mayAct: (operation) => {
        if (!this.#mayAct()) return false;
        watch.onOperate(operation);
        return true;
      },
      onAnswer: watch.onOperated,
      fence: (request, answer) => {
        if (!this.#mayAct()) return;
        watch.onFence(request);
        place.fence(request, answer);
      },
    });
    const { rules, ...inherited } = { rules: place.rules, ...this.#inherit() };
    this.mind = beginMind(
      { node: place.host, software: 'fairlead simulated', ...inherited, rules },
      { nowMs: clock.nowMs(), wallMs: clock.wallMs() },
    );
    const mayWrite = () => this.#mayAct();
    this.driver = new Driver(
      this.mind,
      {
        clock,
        transport: this.#transport,
        codec: place.codec,
        volatile: this.#volatile(mayWrite),
        durable: new SimStore(place.durable, mayWrite),
        agents: this.#agents,
        log: { event: (level, sentence) => watch.onLog(level, sentence) },
        // Nobody listens here: what is tried is that telling breaks nothing.
        tell: () => undefined,
        decode: (request) => this.#decode(request.text, request.hash),
        plan: (request) => this.#plan(() => plan(request)),
      },
      { onLeft: watch.onLeft, onBroken: watch.onBroken },
    );
  }

  /** Whether it lives, even if it stands still. */
  get isAlive(): boolean {
    return !this.#isDead;
  }

  /** Whether its process stands still. */
  get isStill(): boolean {
    return this.#isStill;
  }

  /** Begins to listen and to beat, and looks at the spec file. */
  start(file: SpecText): void {
    this.deliver('other', () => this.driver.start());
    this.put({ kind: 'file', text: file.text, hash: file.hash });
  }

  /** Hands it an input from outside. */
  put(input: Input): void {
    this.deliver('other', () => this.driver.put(input));
  }

  /** A frame arrived at its socket; what waits there while the process stands still is read together. */
  arrive(arrival: Arrival<SimFrame>): void {
    const unread = this.#isStill ? (this.#backlog.at(-1)?.unread ?? null) : null;
    if (unread !== null && unread.length < READ_AT_ONCE_MAX) {
      unread.push(arrival);
      return;
    }
    const arrivals = [arrival];
    const read = (): void => {
      for (const { frame } of arrivals) this.#watch.onRead(frame.message);
      this.#transport.arrive(arrivals);
    };
    this.deliver('other', read, arrivals);
  }

  /** Something happened to a resource that its process tells at once. */
  nudge(resource: string): void {
    this.#agents.nudge(resource);
  }

  /** Brings something to the process: now, when it goes on, or never. */
  deliver(kind: Errand['kind'], run: () => void, unread: Errand['unread'] = null): void {
    if (this.#isDead) return;
    if (this.#isStill) {
      if (this.#backlog.length < BACKLOG_MAX) this.#backlog.push({ kind, run, unread });
      return;
    }
    run();
    this.#watch.onStep();
  }

  /** Killed at once: nothing of it happens any more, what it had begun elsewhere goes on. */
  kill(): void {
    this.#isDead = true;
    this.#backlog = [];
  }

  /** Lets it do so many more saves, sends and calls; the next one after them it does not live to do. */
  killAfter(effects: number, onSpent: () => void): void {
    this.#effectsLeft = effects;
    this.#onSpent = onSpent;
  }

  /** It lives on after all. */
  spare(): void {
    this.#effectsLeft = null;
  }

  /** The process stands still from now on. */
  hold(): void {
    this.#isStill = true;
  }

  /** The process goes on: everything that waited comes at once, timers before or after the rest. */
  goOn(isTimersFirst: boolean): void {
    this.#isStill = false;
    const waiting = this.#backlog;
    this.#backlog = [];
    const timers = waiting.filter((errand) => errand.kind === 'timer');
    const rest = waiting.filter((errand) => errand.kind !== 'timer');
    for (const { kind, run } of isTimersFirst ? [...timers, ...rest] : [...rest, ...timers]) this.deliver(kind, run);
  }

  #volatile(mayWrite: () => boolean): Store {
    const store = new SimStore(this.#place.volatile, mayWrite);
    if (this.#place.guard.ordersFirst) return store;
    const late = (write: () => void): void => {
      this.#place.time.after(LATE_ORDERS_MS, () => this.deliver('other', write));
    };
    return {
      read: (name) => store.read(name),
      write: (name, text) => (name === 'guard.json' ? late(() => store.write(name, text)) : store.write(name, text)),
      remove: (name) => store.remove(name),
    };
  }

  #mayAct(): boolean {
    if (this.#isDead) return false;
    if (this.#effectsLeft === null) return true;
    if (this.#effectsLeft > 0) {
      this.#effectsLeft -= 1;
      return true;
    }
    this.#effectsLeft = null;
    this.#onSpent();
    return !this.#isDead;
  }

  #inherit() {
    const { volatile, durable, boot, library, first, clock } = this.#place;
    return inherit({ volatile, durable, boot, library, first, wallMs: clock.wallMs(), random: this.#random });
  }

  #decode(text: string, hash: string): PromiseLike<DecodeResult> {
    const answer = new Answer<DecodeResult>();
    // A large text takes its time, and nodes then run by different revisions meanwhile.
    const longestMs = nextRandom(this.#random) < 0.2 ? 1500 : 60;
    this.#place.time.after(randomBetween(this.#random, 1, longestMs), () => {
      const spec = this.#place.library.decode(text, hash);
      const result: DecodeResult =
        spec === null ? { kind: 'undecodable', sentence: 'the simulated text is no spec' } : { kind: 'spec', spec };
      this.deliver('other', () => answer.settle(result));
    });
    return answer;
  }

  #plan(make: () => Plan): PromiseLike<Plan | null> {
    const answer = new Answer<Plan | null>();
    this.#place.time.after(randomBetween(this.#random, 5, 200), () =>
      this.deliver('other', () => answer.settle(make())),
    );
    return answer;
  }
}
