import { isJsonObject, parseJson } from '../base/json-object.js';
import { describeSystemError } from '../host/system-error.js';
import type { FenceEvent, FenceOutcome, FenceRequest } from '../model/fencing.js';
import { limits } from '../model/limits.js';
import type { AgentRunner } from '../ports/agent-runner.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Store } from '../ports/store.js';
import type { Mind } from '../reconciler/mind.js';

/** The file of the calls of this node's fence devices. */
const FILE = 'fence-history.json';

type CallEvent = Extract<FenceEvent, { readonly kind: 'call' }>;

/** What this node did to others through fence devices, kept for good; and what is known of others' deeds. */
export class FenceHistory {
  readonly #node: string;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  #calls: readonly CallEvent[];

  /** Shape: `store` outlives the boot. */
  constructor(options: {
    readonly node: string;
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#node = options.node;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#calls = this.#read();
  }

  /** The same agents, of whose fence calls note is taken. */
  around(agents: AgentRunner): AgentRunner {
    return {
      run: (operation, isPermitted) => agents.run(operation, isPermitted),
      prepare: (resource) => agents.prepare(resource),
      canReload: (change) => agents.canReload(change),
      cancel: (operationId) => agents.cancel(operationId),
      onNudge: (listener) => agents.onNudge(listener),
      onEventsLost: (listener) => agents.onEventsLost(listener),
      ping: (ping) => agents.ping(ping),
      check: (check, resource) => agents.check(check, resource),
      fence: (request, isPermitted) => this.#fence(agents, request, isPermitted),
      close: () => agents.close(),
    };
  }

  async #fence(agents: AgentRunner, request: FenceRequest, isPermitted?: () => boolean): Promise<FenceOutcome> {
    const fromMs = this.#clock.nowMs();
    const outcome = await agents.fence(request, isPermitted);
    const { action, node, device } = request;
    if (action === 'monitor') return outcome;
    this.#note({
      kind: 'call',
      atWallMs: Math.round(this.#clock.wallMs()),
      tookMs: Math.round(this.#clock.nowMs() - fromMs),
      by: this.#node,
      node,
      device: device.id,
      action,
      outcome,
    });
    return outcome;
  }

  /** The calls of this node, and the deaths that all nodes told of, oldest first. */
  events({ fencing }: Pick<Mind, 'fencing'>): FenceEvent[] {
    const deaths = [...fencing.certificates.values()].flat();
    const events: FenceEvent[] = [
      ...this.#calls,
      ...deaths.map((certificate) => ({ kind: 'dead' as const, ...certificate })),
    ];
    return events.sort((a, b) => a.atWallMs - b.atWallMs);
  }

  #note(call: CallEvent): void {
    this.#calls = [...this.#calls, call].slice(-limits.fenceCallsKeptMax);
    try {
      this.#store.write(FILE, JSON.stringify({ calls: this.#calls }));
    } catch (error) {
      this.#log.event('warn', `the history of fencing could not be kept: ${describeSystemError(error)}`);
    }
  }

  #read(): CallEvent[] {
    try {
      const kept = parseJson(this.#store.read(FILE));
      return isJsonObject(kept) && Array.isArray(kept.calls) ? kept.calls.filter(isCall) : [];
    } catch (error) {
      this.#log.event('warn', `the history of fencing cannot be read: ${describeSystemError(error)}`);
      return [];
    }
  }
}

function isCall(value: unknown): value is CallEvent {
  if (!isJsonObject(value) || value.kind !== 'call' || !isJsonObject(value.outcome)) return false;
  const texts = [value.by, value.node, value.device, value.action, value.outcome.kind];
  return texts.every((text) => typeof text === 'string') && [value.atWallMs, value.tookMs].every(Number.isFinite);
}
