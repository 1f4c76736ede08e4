import { messageOf } from '../base/error-message.js';
import type { Alert } from '../model/alert.js';
import type { AlertReceiver, ClusterSpec } from '../model/cluster-spec.js';
import type { Message } from '../model/message.js';
import type { ObservedCluster } from '../model/observation.js';
import type { Operation } from '../model/operation.js';
import type { Plan } from '../model/plan.js';
import type { AgentRunner } from '../ports/agent-runner.js';
import type { Clock, Timer } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Store } from '../ports/store.js';
import type { Arrival, Codec, Transport } from '../ports/transport.js';
import type { DecodeRequest, Effect, Input, StepTime } from '../reconciler/input-effect.js';
import { mayStillFence } from '../reconciler/fencing.js';
import type { Mind } from '../reconciler/mind.js';
import { stillPermits } from '../reconciler/permit.js';
import { storeFailed, storeRecovered } from '../reconciler/save.js';
import { step } from '../reconciler/step.js';
import { wakeAtMs } from '../reconciler/wake.js';
import { BadFrameLog } from './bad-frame-log.js';

/** The world as one node's driver sees it. */
export interface DriverPorts<Frame> {
  readonly clock: Clock;
  readonly transport: Transport<Frame>;
  readonly codec: Codec<Message, Frame>;
  /** Outlives the daemon, not the boot (tmpfs). */
  readonly volatile: Store;
  /** Outlives the boot. */
  readonly durable: Store;
  readonly agents: AgentRunner;
  /** Tells receivers what happened. Returns at once and never throws, whatever they do. */
  readonly tell: (alert: Alert, to: readonly AlertReceiver[]) => void;
  readonly log: Log;
  /** Decodes a spec's text away from the thread of the heartbeat. Never rejects. */
  readonly decode: (request: DecodeRequest) => PromiseLike<DecodeResult>;
  /** Makes a large plan away from the thread of the heartbeat. Never rejects; null when it could not. */
  readonly plan: (request: {
    readonly spec: ClusterSpec;
    readonly observed: ObservedCluster;
  }) => PromiseLike<Plan | null>;
}

/** What came of decoding a text: a spec, or in one sentence why it is none or could not be looked at. */
export type DecodeResult =
  | { readonly kind: 'spec'; readonly spec: ClusterSpec }
  | { readonly kind: 'undecodable'; readonly sentence: string }
  /** Nothing was found out of it. */
  | { readonly kind: 'unread'; readonly sentence: string };

/** What a driver tells its owner. */
export interface DriverEvents {
  /** Everything was handed over; nothing more will happen. */
  readonly onLeft: () => void;
  /** A broken invariant: the node is stopped, its services are left to the guard and to the end of their leases. */
  readonly onBroken: (error: unknown) => void;
}

/** How often it is tried to keep what could not be kept and what nothing waits for. */
const KEEP_AGAIN_MS = 2_000;

/**
 * Runs one node's mind: inputs in, effects out, one step at a time.
 *
 * A step's saves are performed first; when one fails that others rely on, the step's messages, starts and reloads are dropped (S4). Stops are never dropped.
 */
export class Driver<Frame> {
  readonly mind: Mind;
  readonly #ports: DriverPorts<Frame>;
  readonly #events: DriverEvents;
  readonly #badFrames: BadFrameLog;
  readonly #inbox: (readonly Input[])[] = [];
  /** What only helps a later start and could not be kept. */
  readonly #unkept = new Map<string, Extract<Effect, { kind: 'save' }>>();
  #keepAgainAtMs = 0;
  #isStepping = false;
  #isStopped = false;
  #timer: Timer | null = null;

  constructor(mind: Mind, ports: DriverPorts<Frame>, events: DriverEvents) {
    this.mind = mind;
    this.#ports = ports;
    this.#events = events;
    this.#badFrames = new BadFrameLog(ports.log);
  }

  /** Begins to listen and to beat. */
  start(): void {
    this.#ports.transport.listen((arrivals) => this.#take(arrivals.map((arrival) => this.#read(arrival))));
    this.#ports.agents.onNudge((resource) => this.put({ kind: 'nudged', resource }));
    this.#ports.agents.onEventsLost((source, why) => this.put({ kind: 'events-lost', source, why }));
    this.put({ kind: 'tick' });
  }

  /** Ends without handing anything over. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#ports.transport.close();
    this.#ports.agents.close();
  }

  /** Hands the mind an input; one that comes while a step is under way waits for its end. */
  put(input: Input): void {
    this.#take([input]);
  }

  #take(inputs: readonly Input[]): void {
    this.#inbox.push(inputs);
    if (this.#isStepping || this.#isStopped) return;
    this.#isStepping = true;
    try {
      this.#keepAgain();
      for (let next = this.#inbox.shift(); next !== undefined && !this.#isStopped; next = this.#inbox.shift()) {
        this.#perform(step(this.mind, next, this.#time()));
      }
    } catch (error) {
      this.stop();
      this.#events.onBroken(error);
    } finally {
      this.#isStepping = false;
    }
    this.#setAlarm();
  }

  #time(): StepTime {
    return { nowMs: this.#ports.clock.nowMs(), wallMs: this.#ports.clock.wallMs() };
  }

  #setAlarm(): void {
    this.#timer?.cancel();
    if (this.#isStopped || this.mind.hasLeft) return;
    const nowMs = this.#ports.clock.nowMs();
    this.#timer = this.#ports.clock.setTimer(Math.max(0, wakeAtMs(this.mind, nowMs) - nowMs), () =>
      this.put({ kind: 'tick' }),
    );
  }

  #read({ link, address, frame }: Arrival<Frame>): Input {
    const decoded = this.#ports.codec.decode(frame);
    if (decoded.kind === 'message') return { kind: 'message', message: decoded.message, link, address };
    this.#badFrames.note({ address, why: decoded.why, nowMs: this.#ports.clock.nowMs() });
    return { kind: 'bad-frame', why: decoded.why, address };
  }

  #perform(effects: readonly Effect[]): void {
    let isKept = true;
    for (const effect of effects) {
      if (effect.kind === 'save') isKept = this.#save(effect) && isKept;
      else if (effect.kind === 'send') {
        if (isKept) this.#send(effect);
      } else if (effect.kind === 'operate' && !isKept && needsKept(effect.operation)) {
        this.#finish(effect.operation, {
          kind: 'unknown',
          reason: `what it needs could not be kept, so the ${effect.operation.action} was not tried`,
        });
      } else this.#act(effect);
    }
  }

  /** No step waits for what only helps a later start, and none brings it again: it is tried now and then. */
  #keepAgain(): void {
    if (this.#unkept.size === 0) return;
    const nowMs = this.#ports.clock.nowMs();
    if (nowMs < this.#keepAgainAtMs) return;
    for (const effect of [...this.#unkept.values()]) this.#save(effect);
    this.#keepAgainAtMs = nowMs + KEEP_AGAIN_MS;
  }

  #save(effect: Extract<Effect, { kind: 'save' }>): boolean {
    const store = effect.durable ? this.#ports.durable : this.#ports.volatile;
    try {
      store.write(effect.name, effect.text);
      storeRecovered(this.mind, effect.name);
      this.#unkept.delete(effect.name);
      return true;
    } catch (error) {
      const nowMs = this.#ports.clock.nowMs();
      // What is durable mostly only helps a later start; what is volatile was about to be promised.
      const isNeeded = !effect.durable || effect.isNeeded === true;
      const sentence = storeFailed(this.mind, { name: effect.name, isNeeded, cause: messageOf(error), nowMs });
      if (sentence !== null) this.#ports.log.event('error', sentence);
      // What is needed the mind brings again itself, and an older text must not come after it.
      if (isNeeded) this.#unkept.delete(effect.name);
      else this.#unkept.set(effect.name, effect);
      return !isNeeded;
    }
  }

  #send(effect: Extract<Effect, { kind: 'send' }>): void {
    const frame = this.#ports.codec.encode(effect.message);
    for (const { link, address } of effect.routes) this.#ports.transport.send({ link, address, frame });
  }

  #act(effect: Exclude<Effect, { kind: 'save' | 'send' }>): void {
    const { agents, log } = this.#ports;
    switch (effect.kind) {
      case 'operate':
        this.#operate(effect.operation);
        return;
      case 'cancel':
        agents.cancel(effect.operationId);
        return;
      case 'prepare':
        agents.prepare(effect.resource);
        return;
      case 'compare': {
        const { change } = effect;
        agents.canReload(change).then(
          (isReloadable) => this.put({ kind: 'compared', change, isReloadable }),
          () => this.put({ kind: 'compared', change, isReloadable: false }),
        );
        return;
      }
      case 'fence': {
        const { request } = effect;
        const { id } = request;
        agents
          .fence(request, () => mayStillFence(this.mind, request, this.#ports.clock.nowMs()))
          .then(
            (outcome) => this.put({ kind: 'fence-done', id, outcome }),
            (error: unknown) =>
              this.put({ kind: 'fence-done', id, outcome: { kind: 'failed', reason: messageOf(error) } }),
          );
        return;
      }
      case 'ping':
        agents.ping(effect.ping).then(
          (reachable) => this.put({ kind: 'pinged', ping: effect.ping.id, reachable }),
          () => this.put({ kind: 'pinged', ping: effect.ping.id, reachable: null }),
        );
        return;
      case 'check': {
        const { resource, check, round } = effect;
        agents.check(check, resource).then(
          (result) => this.put({ kind: 'checked', resource, round, result }),
          (error: unknown) =>
            this.put({ kind: 'checked', resource, round, result: { kind: 'unknown', why: messageOf(error) } }),
        );
        return;
      }
      case 'decode':
        this.#ports.decode(effect.request).then(
          (result) =>
            this.put(
              result.kind === 'spec'
                ? { kind: 'decoded', request: effect.request, spec: result.spec }
                : { kind: result.kind, request: effect.request, sentence: result.sentence },
            ),
          (error: unknown) => this.put({ kind: 'unread', request: effect.request, sentence: messageOf(error) }),
        );
        return;
      case 'plan':
        this.#ports.plan(effect).then(
          (plan) =>
            this.put(
              plan === null ? { kind: 'plan-failed', view: effect.view } : { kind: 'planned', plan, view: effect.view },
            ),
          () => this.put({ kind: 'plan-failed', view: effect.view }),
        );
        return;
      case 'tell':
        this.#ports.tell(effect.alert, effect.to);
        return;
      case 'log':
        log.event(effect.level, effect.sentence);
        return;
      case 'left':
        this.stop();
        this.#events.onLeft();
    }
  }

  #operate(operation: Operation): void {
    const { agents, clock, log } = this.#ports;
    const fromMs = clock.nowMs();
    agents
      .run(operation, () => stillPermits(this.mind, operation, clock.nowMs()))
      .then(
        (outcome) => {
          const { action, resource, epoch } = operation;
          const tookMs = Math.round(clock.nowMs() - fromMs);
          log.event('debug', `${action} of ${resource.id} took ${tookMs} ms: ${outcome.kind}`, {
            resource: resource.id,
            action,
            epoch,
            tookMs,
          });
          this.put({ kind: 'operated', operation, outcome });
        },
        (error: unknown) => this.#finish(operation, { kind: 'unknown', reason: messageOf(error) }),
      );
  }

  #finish(operation: Operation, outcome: { readonly kind: 'unknown'; readonly reason: string }): void {
    this.put({ kind: 'operated', operation, outcome });
  }
}

/** Whether an operation relies on what was kept before it. */
function needsKept({ action }: Operation): boolean {
  return action === 'start' || action === 'reload';
}
