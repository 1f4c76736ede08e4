/** The world of one driver as values: a clock that a test turns, disks that may be full, agents that answer when told, and one list of all that was done, in order. */
import type { CheckSpec } from '../../src/model/check.js';
import type { PingSpec } from '../../src/model/cluster-spec.js';
import type { EventSource } from '../../src/model/event-source.js';
import type { Message } from '../../src/model/message.js';
import type { Operation, Outcome } from '../../src/model/operation.js';
import { plan } from '../../src/planner/plan.js';
import type { Timer } from '../../src/ports/clock.js';
import type { Store } from '../../src/ports/store.js';
import type { DecodeRequest } from '../../src/reconciler/input-effect.js';
import type { DecodeResult, DriverPorts } from '../../src/runtime/driver.js';

/** A frame is the message itself, or a word for what is wrong with it. */
export type Frame = Message | { readonly bad: string };

/** The ports of a driver, with handles for the test. */
export class World {
  nowMs = 1000;
  /** What was done, in order: `write voter.json`, `send heartbeat n2`, `start web`, `cancel`, `alarm 200`. */
  readonly done: string[] = [];
  readonly said: string[] = [];
  readonly texts = new Map<string, string>();
  /** Stores that are full, or texts that alone do not fit any more. */
  readonly full = new Set<string>();
  /** Per call, whether its agent may still set something off. */
  readonly permits = new Map<string, () => boolean>();
  readonly answers = new Map<string, (outcome: Outcome) => void>();
  readonly rejections = new Map<string, (error: Error) => void>();
  readonly decoding: { readonly request: DecodeRequest; readonly resolve: (result: DecodeResult) => void }[] = [];
  /** What agents say of changes of what they run. */
  canReload: Promise<boolean> = Promise.resolve(false);
  isTransportOpen = true;
  areAgentsOpen = true;
  /** Does something in the midst of the next write. */
  duringWrite: (() => void) | null = null;
  #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  #receive: ((arrivals: { link: number; address: string; frame: Frame }[]) => void) | null = null;
  #nudge: ((resource: string) => void) | null = null;
  /** A source of events has none any more. */
  loseEvents: (source: EventSource, why: string | null) => void = () => undefined;

  /** Lets time pass and fires the timers that fall due. */
  turn(ms: number): void {
    this.nowMs += ms;
    for (const timer of [...this.#timers].filter((each) => each.atMs <= this.nowMs)) {
      this.#timers.delete(timer);
      timer.callback();
    }
  }

  /** Times until the timers that are set. */
  get alarms(): number[] {
    return [...this.#timers].map((timer) => timer.atMs - this.nowMs);
  }

  arrive(frame: Frame, address = '10.0.0.2'): void {
    this.arriveTogether([frame], address);
  }

  arriveTogether(frames: readonly Frame[], address = '10.0.0.2'): void {
    this.#receive?.(frames.map((frame) => ({ link: 0, address, frame })));
  }

  nudge(resource: string): void {
    this.#nudge?.(resource);
  }

  /** The outcome of a call, as the agent gives it; the driver hears of it a moment later. */
  async answer(call: string, outcome: Outcome): Promise<void> {
    const answer = this.answers.get(call);
    if (answer === undefined) throw new Error(`"${call}" is not under way`);
    this.answers.delete(call);
    answer(outcome);
    await settled();
  }

  readonly ports: DriverPorts<Frame> = {
    clock: {
      nowMs: () => this.nowMs,
      wallMs: () => 1_700_000_000_000 + this.nowMs,
      setTimer: (delayMs, callback): Timer => {
        const timer = { atMs: this.nowMs + delayMs, callback };
        this.#timers.add(timer);
        return { cancel: () => this.#timers.delete(timer) };
      },
    },
    transport: {
      send: ({ address, frame }) => this.done.push(`send ${'bad' in frame ? 'bad' : frame.kind} ${address}`),
      listen: (receive) => {
        this.#receive = receive;
      },
      close: () => {
        this.isTransportOpen = false;
      },
    },
    codec: {
      encode: (message) => message,
      decode: (frame) => ('bad' in frame ? { kind: 'bad', why: frame.bad } : { kind: 'message', message: frame }),
    },
    volatile: this.#store('volatile'),
    durable: this.#store('durable'),
    agents: {
      run: (operation: Operation, isPermitted = () => true) =>
        new Promise((resolve, reject) => {
          const call = `${operation.action} ${operation.resource.id}`;
          this.done.push(call);
          this.permits.set(call, isPermitted);
          this.answers.set(call, resolve);
          this.rejections.set(call, reject);
        }),
      prepare: ({ id }) => this.done.push(`prepare ${id}`),
      canReload: ({ to }) => {
        this.done.push(`compare ${to.id}`);
        return this.canReload;
      },
      cancel: () => this.done.push('cancel'),
      onNudge: (listener) => {
        this.#nudge = listener;
      },
      onEventsLost: (listener) => {
        this.loseEvents = listener;
      },
      check: (check: CheckSpec) => Promise.reject(new Error(`no check here of ${check.id}`)),
      ping: (ping: PingSpec) => Promise.reject(new Error(`no ping here for ${ping.id}`)),
      fence: ({ device, node, action }) => Promise.reject(new Error(`no fencing here: ${action} ${node} ${device.id}`)),
      close: () => {
        this.areAgentsOpen = false;
      },
    },
    tell: (alert, to) => this.done.push(`tell ${to.map(({ id }) => id).join()} ${alert.number} ${alert.sentence}`),
    log: { event: (level, sentence) => this.said.push(`${level}: ${sentence}`) },
    decode: (request) => new Promise((resolve) => this.decoding.push({ request, resolve })),
    plan: (request) => Promise.resolve(plan(request)),
  };

  #store(which: 'volatile' | 'durable'): Store {
    return {
      read: (name) => this.texts.get(name) ?? null,
      write: (name, text) => {
        this.done.push(`write ${name}`);
        this.duringWrite?.();
        this.duringWrite = null;
        if (this.full.has(which) || this.full.has(name)) throw new Error('no space left on device');
        this.texts.set(name, text);
      },
      remove: (name) => this.texts.delete(name),
    };
  }
}

/** Lets everything that was resolved reach whoever waits for it. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}
