import { unreachable } from '../base/invariant.js';
import type { RandomStream } from '../base/random.js';
import { nextRandom, randomBetween } from '../base/random.js';
import type { CheckResult, CheckSpec } from '../model/check.js';
import type { PingSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { Operation, Outcome } from '../model/operation.js';
import type { DefinitionChange } from '../model/reload-action.js';
import { changedParameters } from '../model/same-definition.js';
import type { Tally } from './tally.js';

/** Type of the simulated resources that can be killed without their agent, and of those that cannot. */
export const KILLABLE_TYPE = 'builtin:noop';
export const UNKILLABLE_TYPE = 'ocf:fairlead:simulated';

/** The parameter that simulated agents take over by a reload; only those do that cannot be killed without their agent. */
export const RELOADABLE = 'level';

/** How a resource really stands on a machine, whatever anybody believes. */
export type TrueState = 'down' | 'starting' | 'up' | 'broken' | 'stopping';

/** What will go wrong with the next calls for a resource on a machine. Shape: how many calls. */
export interface Quirks {
  startFails: number;
  startHangs: number;
  stopFails: number;
  stopHangs: number;
  monitorFails: number;
  probeFails: number;
}

/** Every kind of call that can go wrong. */
export const quirkKinds: readonly (keyof Quirks)[] = [
  'startFails',
  'startHangs',
  'stopFails',
  'stopHangs',
  'monitorFails',
  'probeFails',
];

/** Is told when a resource is really down: proved by a stop, or gone by itself. */
export type OnDown = (resource: string, why: 'stopped' | 'vanished') => void;

/** A call of a program under way. */
export interface Call {
  readonly operation: Operation;
  readonly settle: (outcome: Outcome) => void;
  isOver: boolean;
}

/** Longest times of a machine's agents, in milliseconds of its own clock. */
const START_MS = [20, 500] as const;
const STOP_MS = [10, 400] as const;
const RELOAD_MS = [5, 300] as const;
const LOOK_MS = [2, 30] as const;
const KILL_MS = [1, 20] as const;
const CANCEL_MS = [1, 10] as const;
/** How many of all reloads fail, and of how many changes a machine does not know what its agent could do. */
const RELOADS_FAIL = 0.15;
const UNDECLARED = 0.1;

/**
 * The services of one machine, and the programs that start and stop them. They are the machine's and not the daemon's: when a daemon is killed, services and calls under way go on.
 */
export class HostServices {
  readonly #states = new Map<string, TrueState>();
  /** With what each runs that is up; null for a mixture. */
  readonly #definitions = new Map<string, ResourceSpec | null>();
  readonly #quirks = new Map<string, Quirks>();
  readonly #calls = new Set<Call>();
  readonly lostPings = new Set<string>();
  readonly #after: (ms: number, run: () => void) => void;
  readonly #random: RandomStream;
  readonly #onDown: OnDown;
  readonly #tally: Tally;

  /** Shape: `after` counts milliseconds of the machine's clock, and waits while the machine is frozen. */
  constructor(options: {
    readonly after: (ms: number, run: () => void) => void;
    readonly random: RandomStream;
    readonly onDown: OnDown;
    readonly tally: Tally;
  }) {
    this.#after = options.after;
    this.#random = options.random;
    this.#onDown = options.onDown;
    this.#tally = options.tally;
  }

  /** How a resource really stands here. */
  stateOf(resource: string): TrueState {
    return this.#states.get(resource) ?? 'down';
  }

  /** With what a resource that is up really runs here; null for a mixture. */
  definitionOf(resource: string): ResourceSpec | null {
    return this.#definitions.get(resource) ?? null;
  }

  /** Resources that run here or may. */
  active(): string[] {
    return [...this.#states].filter(([, state]) => state !== 'down').map(([id]) => id);
  }

  /** What will go wrong with a resource here; to be changed in place. */
  quirksOf(resource: string): Quirks {
    const known = this.#quirks.get(resource);
    if (known !== undefined) return known;
    const none = { startFails: 0, startHangs: 0, stopFails: 0, stopHangs: 0, monitorFails: 0, probeFails: 0 };
    this.#quirks.set(resource, none);
    return none;
  }

  /** Everything works from now on. */
  heal(): void {
    this.#quirks.clear();
    this.lostPings.clear();
  }

  /** A resource that is up ends by itself. Returns whether it was up. */
  vanish(resource: string): boolean {
    if (this.stateOf(resource) !== 'up') return false;
    this.#down(resource, 'vanished');
    return true;
  }

  /** A resource that is up goes on, but badly. Returns whether it was up. */
  spoil(resource: string): boolean {
    if (this.stateOf(resource) !== 'up') return false;
    this.#states.set(resource, 'broken');
    return true;
  }

  /** The machine is gone, with everything on it. */
  crash(): void {
    for (const call of this.#calls) call.isOver = true;
    this.#calls.clear();
    this.#states.clear();
    this.#definitions.clear();
  }

  /** Begins a call. `settle` is called once, when it has ended. */
  begin(operation: Operation, settle: (outcome: Outcome) => void): Call {
    const call: Call = { operation, settle, isOver: false };
    this.#calls.add(call);
    const id = operation.resource.id;
    switch (operation.action) {
      case 'probe':
      case 'monitor':
        this.#look(call, operation.action);
        break;
      case 'start':
        this.#start(call, id);
        break;
      case 'reload':
        this.#reload(call, id);
        break;
      case 'stop':
        this.#stop(call, id);
        break;
      case 'kill':
        this.#kill(call, id);
        break;
      default:
        unreachable(operation.action);
    }
    return call;
  }

  /** A call that is not permitted any more: nothing is set off, and that is answered. */
  refuse(answer: () => void): void {
    this.#tally.count('calls that came too late');
    this.#after(this.#between(LOOK_MS), answer);
  }

  /** Ends a call early, as the runner does with a call's process group. */
  cancel(call: Call): void {
    if (call.isOver) return;
    this.#leaveHalfDone(call);
    this.#over(call, { kind: 'unknown', reason: 'cancelled' }, this.#between(CANCEL_MS));
  }

  /** What starts a resource is ended: whoever does that is about to stop it. */
  endStarts(resource: string): void {
    for (const call of this.#calls) {
      const { action, resource: of } = call.operation;
      if ((action === 'start' || action === 'reload') && of.id === resource) this.cancel(call);
    }
  }

  /** A daemon begins: what a killed one left under way is ended before anything is looked at. */
  endLeftCalls(): void {
    for (const call of this.#calls) {
      const { action } = call.operation;
      if (action === 'start' || action === 'reload' || action === 'stop') this.cancel(call);
    }
  }

  #look(call: Call, action: 'probe' | 'monitor'): void {
    const { operation } = call;
    this.#finish(call, this.#between(LOOK_MS), () => {
      const quirks = this.quirksOf(operation.resource.id);
      const isSpoilt = action === 'probe' ? quirks.probeFails > 0 : quirks.monitorFails > 0;
      if (isSpoilt) {
        if (action === 'probe') quirks.probeFails -= 1;
        else quirks.monitorFails -= 1;
        this.#tally.count(`${action}s that failed`);
        return action === 'probe'
          ? { kind: 'unknown', reason: 'the simulated probe could not find out' }
          : { kind: 'failed', reason: 'the simulated monitor says so', class: 'soft', code: 1 };
      }
      return this.#seen(operation.resource.id);
    });
  }

  #seen(resource: string): Outcome {
    const state = this.stateOf(resource);
    switch (state) {
      case 'down':
      case 'starting':
        return { kind: 'stopped' };
      case 'up':
      case 'stopping':
        return { kind: 'running' };
      case 'broken':
        return { kind: 'failed', reason: 'it is half there', class: 'soft', code: 1 };
      default:
        return unreachable(state);
    }
  }

  #start(call: Call, id: string): void {
    if (this.stateOf(id) === 'up') {
      this.#finish(call, this.#between(LOOK_MS), () => ({ kind: 'done' }));
      return;
    }
    // A guard that is still ending what was there before does not mean this.
    for (const other of this.#calls) if (other !== call && other.operation.resource.id === id) this.cancel(other);
    this.#states.set(id, 'starting');
    const quirks = this.quirksOf(id);
    const ms = this.#between(START_MS);
    if (quirks.startHangs > 0) {
      quirks.startHangs -= 1;
      this.#tally.count('starts that hang');
      this.#timeOut(call, id);
    } else if (quirks.startFails > 0) {
      quirks.startFails -= 1;
      this.#tally.count('starts that failed');
      this.#finish(call, ms, () => {
        this.#states.set(id, 'broken');
        return { kind: 'failed', reason: 'the simulated start fails', class: 'soft', code: 1 };
      });
    } else if (ms > call.operation.timeoutMs) this.#timeOut(call, id);
    else {
      this.#finish(call, ms, () => {
        this.#states.set(id, 'up');
        this.#definitions.set(id, call.operation.resource);
        return { kind: 'done' };
      });
    }
  }

  /** Half-way it takes effect, whether or not the call comes to its end; one that fails leaves a mixture. */
  #reload(call: Call, id: string): void {
    const ms = this.#between(RELOAD_MS);
    const isFailing = nextRandom(this.#random) < RELOADS_FAIL;
    this.#after(ms / 2, () => {
      if (!call.isOver && this.stateOf(id) === 'up')
        this.#definitions.set(id, isFailing ? null : call.operation.resource);
    });
    this.#finish(call, ms, () => {
      if (this.stateOf(id) !== 'up') return { kind: 'failed', reason: 'it does not run', class: 'soft', code: 7 };
      if (!isFailing) return { kind: 'done' };
      this.#tally.count('reloads that failed');
      return { kind: 'failed', reason: 'the simulated reload fails', class: 'soft', code: 1 };
    });
  }

  /** Whether a reload does for a change, as an agent declares it. */
  compare(change: DefinitionChange, settle: (isReloadable: boolean) => void): void {
    const isDeclared = change.from.type === UNKILLABLE_TYPE && nextRandom(this.#random) >= UNDECLARED;
    const isReloadable = isDeclared && changedParameters(change.from, change.to).every((name) => name === RELOADABLE);
    this.#after(this.#between(LOOK_MS), () => settle(isReloadable));
  }

  #stop(call: Call, id: string): void {
    if (this.stateOf(id) === 'down') {
      this.#finish(call, this.#between(LOOK_MS), () => ({ kind: 'done' }));
      return;
    }
    this.#states.set(id, 'stopping');
    const quirks = this.quirksOf(id);
    const canHang = call.operation.resource.type === KILLABLE_TYPE;
    const ms = Math.min(this.#between(STOP_MS), call.operation.resource.timeouts.stopMs * 0.8);
    if (quirks.stopFails > 0 && canHang) {
      quirks.stopFails -= 1;
      this.#tally.count('stops that failed');
      this.#finish(call, ms, () => {
        this.#states.set(id, 'broken');
        return { kind: 'failed', reason: 'the simulated stop fails', class: 'soft', code: 1 };
      });
    } else if (quirks.stopHangs > 0 && canHang) {
      quirks.stopHangs -= 1;
      this.#tally.count('stops that hang');
      this.#timeOut(call, id);
    } else if (ms > call.operation.timeoutMs) this.#timeOut(call, id);
    else {
      this.#finish(call, ms, () => {
        this.#down(id, 'stopped');
        return { kind: 'done' };
      });
    }
  }

  #kill(call: Call, id: string): void {
    const isDown = this.stateOf(id) === 'down';
    if (!isDown && call.operation.resource.type !== KILLABLE_TYPE) {
      this.#finish(call, this.#between(LOOK_MS), () => ({
        kind: 'failed',
        reason: 'it has no way to be ended but its own stop',
        class: 'fatal',
        code: null,
      }));
      return;
    }
    this.#tally.count('kills');
    // Whatever else works on it is ended with it.
    for (const other of this.#calls) {
      if (other !== call && other.operation.resource.id === id && !other.isOver) this.cancel(other);
    }
    this.#finish(call, this.#between(KILL_MS), () => {
      this.#down(id, 'stopped');
      return { kind: 'done' };
    });
  }

  #down(id: string, why: 'stopped' | 'vanished'): void {
    if (this.stateOf(id) === 'down') return;
    this.#states.set(id, 'down');
    this.#definitions.delete(id);
    this.#onDown(id, why);
  }

  #timeOut(call: Call, id: string): void {
    this.#finish(call, call.operation.timeoutMs, () => {
      this.#states.set(id, 'broken');
      return { kind: 'timeout', reason: `the simulated ${call.operation.action} took too long` };
    });
  }

  #leaveHalfDone(call: Call): void {
    const { action, resource } = call.operation;
    const state = this.stateOf(resource.id);
    if (action === 'start' && state === 'starting') this.#states.set(resource.id, 'broken');
    if (action === 'stop' && state === 'stopping') this.#states.set(resource.id, 'broken');
  }

  #finish(call: Call, ms: number, end: () => Outcome): void {
    this.#after(ms, () => {
      if (call.isOver) return;
      const outcome = end();
      call.isOver = true;
      this.#calls.delete(call);
      call.settle(outcome);
    });
  }

  #over(call: Call, outcome: Outcome, ms: number): void {
    call.isOver = true;
    this.#calls.delete(call);
    this.#after(ms, () => call.settle(outcome));
  }

  #between([low, high]: readonly [number, number]): number {
    return randomBetween(this.#random, low, high);
  }

  /** One round of a ping from this machine. */
  ping(ping: PingSpec, settle: (reachable: number) => void): void {
    this.#after(5 + nextRandom(this.#random) * 20, () => settle(this.lostPings.has(ping.id) ? 0 : ping.hosts.length));
  }

  /** One round of a check. */
  check(check: CheckSpec, settle: (result: CheckResult) => void): void {
    const isLost = this.lostPings.has(check.id);
    this.#after(5 + nextRandom(this.#random) * 20, () =>
      settle(isLost ? { kind: 'failed', why: 'it is lost' } : { kind: 'passed' }),
    );
  }
}
