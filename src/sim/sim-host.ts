import type { RandomStream } from '../base/random.js';
import { nextRandom } from '../base/random.js';
import { decodeGuardOrders, reopenedOrders } from '../guard/decode-orders.js';
import type { FenceRequest } from '../model/fencing.js';
import type { Message } from '../model/message.js';
import type { Operation, Outcome } from '../model/operation.js';
import type { Codec } from '../ports/transport.js';
import type { Mind, MindRules } from '../reconciler/mind.js';
import { HostClock } from './host-clock.js';
import type { JudgedHost } from './judged.js';
import type { HostPlan } from './schedule.js';
import { HostServices, KILLABLE_TYPE } from './sim-agents.js';
import { SimDaemon } from './sim-daemon.js';
import type { GuardRules } from './sim-guard.js';
import { SimGuard } from './sim-guard.js';
import type { SimFrame, SimNetwork } from './sim-network.js';
import type { FenceCall } from './sim-runner.js';
import { SimDisk } from './sim-store.js';
import type { SpecLibrary, SpecText } from './spec-library.js';
import type { Tally } from './tally.js';
import type { VirtualTime } from './virtual-time.js';

/** How long after its deed a daemon learns of it from its guard, at most: the shipped one looks once a second. */
const GUARD_LOOK_MS = 1000;

/** What all machines of a cluster share. */
export interface Ground {
  readonly time: VirtualTime;
  readonly network: SimNetwork;
  readonly random: RandomStream;
  readonly library: SpecLibrary;
  readonly first: SpecText;
  readonly codec: Codec<Message, SimFrame>;
  readonly rules: MindRules;
  readonly guard: GuardRules;
  readonly tally: Tally;
  readonly fence: FenceCall;
}

/** Is told what happens on a machine. */
export interface HostWatch {
  readonly onStep: (host: SimHost) => void;
  readonly onSend: (host: SimHost, message: Message) => void;
  readonly onArrive: (host: SimHost, message: Message) => void;
  readonly onOperate: (host: SimHost, operation: Operation) => void;
  readonly onOperated: (host: SimHost, operation: Operation, outcome: Outcome) => void;
  readonly onFence: (host: SimHost, request: FenceRequest) => void;
  readonly onDown: (host: SimHost, resource: string, why: 'stopped' | 'vanished') => void;
  readonly onDaemon: (host: SimHost, what: 'begins' | 'left') => void;
  readonly onCrash: (host: SimHost) => void;
  readonly onLog: (host: SimHost, level: string, sentence: string) => void;
  readonly onBroken: (host: SimHost, error: unknown) => void;
}

/** A machine: clock, disks, services, and the daemon and its guard that live on it while they live. */
export class SimHost implements JudgedHost {
  readonly id: string;
  clock: HostClock;
  services: HostServices;
  volatile = new SimDisk();
  readonly durable = new SimDisk();
  daemon: SimDaemon | null = null;
  guard: SimGuard | null = null;
  /** What the spec file of this machine says. */
  file: SpecText;
  boot = 1;
  isUp = true;
  isFrozen = false;
  /** Until this real instant, what runs here past its lease is excused: it stood still. */
  excusedUntilMs = Number.NEGATIVE_INFINITY;
  /** When it went on after it was frozen, until it can know; null otherwise. */
  thawedAtMs: number | null = null;
  readonly #plan: HostPlan;
  #rate: number;
  readonly #ground: Ground;
  readonly #watch: HostWatch;
  #whenThawed: (() => void)[] = [];

  constructor(plan: HostPlan, ground: Ground, watch: HostWatch) {
    this.id = plan.id;
    this.#plan = plan;
    this.#rate = plan.rate;
    this.#ground = ground;
    this.#watch = watch;
    this.file = ground.first;
    this.clock = this.#newClock(plan.upMs);
    this.services = this.#newServices();
  }

  get mind(): Mind | null {
    return this.daemon?.isAlive === true ? this.daemon.mind : null;
  }

  get isExcused(): boolean {
    return this.isFrozen || this.isRelievedLate || this.#ground.time.nowMs < this.excusedUntilMs;
  }

  /** Whether its daemon stands still in the middle of a stop that only an agent can do: the guard relieves it at the last moment, and an agent that needs longer is late. */
  get isRelievedLate(): boolean {
    const { daemon } = this;
    if (daemon?.isStill !== true) return false;
    for (const { operation } of daemon.mind.lives.values())
      if (operation?.action === 'stop' && operation.resource.type !== KILLABLE_TYPE) return true;
    return false;
  }

  /** From now on its clock goes right, after a boot too. */
  calmClock(): void {
    this.#rate = 1;
    this.clock.setRate(1);
  }

  /** Starts a daemon, unless one lives or the machine is down. */
  startDaemon(): void {
    if (!this.isUp || this.daemon?.isAlive === true) return;
    const { time, library, first, codec, rules, guard, random } = this.#ground;
    const reopened = reopenedOrders(decodeGuardOrders(this.volatile.texts.get('guard.json') ?? null));
    if (reopened !== null) this.volatile.texts.set('guard.json', reopened);
    if (guard.isThere && this.guard?.isAlive !== true) this.guard = this.#newGuard();
    this.daemon = new SimDaemon(
      {
        host: this.id,
        boot: String(this.boot),
        time,
        clock: this.clock,
        services: this.services,
        volatile: this.volatile,
        durable: this.durable,
        library,
        first,
        codec,
        rules,
        guard,
        seed: Math.floor(nextRandom(random) * 2 ** 31),
        fence: this.#ground.fence,
        send: (options) => this.#ground.network.send(this.id, options),
      },
      {
        onStep: () => this.#watch.onStep(this),
        onSend: (message) => this.#watch.onSend(this, message),
        onRead: (message) => this.#watch.onArrive(this, message),
        onOperate: (operation) => this.#watch.onOperate(this, operation),
        onOperated: (operation, outcome) => this.#watch.onOperated(this, operation, outcome),
        onFence: (request) => this.#watch.onFence(this, request),
        onLog: (level, sentence) => this.#watch.onLog(this, level, sentence),
        onLeft: () => {
          this.daemon?.kill();
          this.#watch.onDaemon(this, 'left');
        },
        onBroken: (error) => {
          this.daemon?.kill();
          this.#watch.onBroken(this, error);
        },
      },
    );
    this.#watch.onDaemon(this, 'begins');
    if (this.isFrozen) this.daemon.hold();
    this.daemon.start(this.file);
  }

  /** The daemon is killed; services, calls and its guard go on. */
  killDaemon(): void {
    this.daemon?.kill();
    this.daemon = null;
  }

  /** The machine loses power. */
  crash(): void {
    if (!this.isUp) return;
    this.killDaemon();
    this.guard = null;
    this.isUp = false;
    this.isFrozen = false;
    this.services.crash();
    this.#watch.onCrash(this);
  }

  /** The machine boots: an empty run directory, a clock from 0, nothing running. The daemon is started apart. */
  bootUp(): void {
    if (this.isUp) return;
    this.isUp = true;
    this.boot += 1;
    this.volatile = new SimDisk();
    this.excusedUntilMs = Number.NEGATIVE_INFINITY;
    this.thawedAtMs = null;
    this.#whenThawed = [];
    this.clock = this.#newClock(0);
    this.services = this.#newServices();
  }

  /** A hypervisor stands the machine still. */
  freeze(): void {
    this.isFrozen = true;
    this.clock.freeze();
    this.daemon?.hold();
  }

  /** The machine goes on, and does not know that it stood still. */
  thaw(): void {
    if (!this.isFrozen) return;
    this.isFrozen = false;
    this.clock.thaw();
    const waiting = this.#whenThawed;
    this.#whenThawed = [];
    this.daemon?.goOn(true);
    for (const run of waiting) run();
  }

  /** A frame reaches the machine. */
  receive(arrival: { readonly link: number; readonly address: string; readonly frame: SimFrame }): void {
    if (!this.isUp || this.daemon === null || !this.daemon.isAlive) return;
    this.daemon.arrive(arrival);
  }

  #newClock(upMs: number): HostClock {
    const { wallOffsetMs } = this.#plan;
    return new HostClock({ time: this.#ground.time, rate: this.#rate, upMs, wallOffsetMs });
  }

  /** What reaches the processes of this boot: now, when the machine goes on, or never. */
  #whileUp(): (run: () => void) => void {
    const { boot } = this;
    const whileUp = (run: () => void): void => {
      if (!this.isUp || this.boot !== boot) return;
      if (this.isFrozen) this.#whenThawed.push(() => whileUp(run));
      else run();
    };
    return whileUp;
  }

  #newGuard(): SimGuard {
    const { time, tally, guard: rules } = this.#ground;
    const { id: host, boot, clock, services, volatile } = this;
    const isDaemonThere = (): boolean => this.daemon?.isAlive === true;
    const onLog = (level: string, sentence: string): void => this.#watch.onLog(this, level, `guard: ${sentence}`);
    const whileUp = this.#whileUp();
    const onActed = (touched: readonly string[]): void => {
      time.after(nextRandom(this.#ground.random) * GUARD_LOOK_MS, () =>
        whileUp(() => {
          for (const resource of touched) this.daemon?.put({ kind: 'touched-by-guard', resource });
        }),
      );
    };
    const place = { host, boot, time, clock, services, volatile, rules, tally, whileUp, isDaemonThere, onLog, onActed };
    return new SimGuard(place);
  }

  #newServices(): HostServices {
    const { time, random, tally } = this.#ground;
    const whileUp = this.#whileUp();
    return new HostServices({
      after: (ms, run) => time.after(ms / this.clock.rate, () => whileUp(run)),
      random,
      tally,
      onDown: (resource, why) => {
        this.#watch.onDown(this, resource, why);
        if (why === 'vanished' && nextRandom(random) < 0.7) this.daemon?.nudge(resource);
      },
    });
  }
}
