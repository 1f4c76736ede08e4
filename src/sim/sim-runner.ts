import type { CheckResult, CheckSpec } from '../model/check.js';
import type { PingSpec } from '../model/cluster-spec.js';
import type { FenceOutcome, FenceRequest } from '../model/fencing.js';
import type { Operation, Outcome } from '../model/operation.js';
import type { DefinitionChange } from '../model/reload-action.js';
import type { AgentRunner } from '../ports/agent-runner.js';
import { Answer } from './answer.js';
import type { Call, HostServices } from './sim-agents.js';

/** Calls a fence device. `answer` is called once, within the timeout. */
export type FenceCall = (request: FenceRequest, answer: (outcome: FenceOutcome) => void) => void;

/** The agent runner port of one process. Shape: `deliver` brings an answer to the process, or holds it back, or drops it; `onAnswer` is told of each that reaches it. */
export class SimAgents implements AgentRunner {
  readonly #services: HostServices;
  readonly #deliver: (run: () => void) => void;
  readonly #mayAct: (operation: Operation) => boolean;
  readonly #onAnswer: (operation: Operation, outcome: Outcome) => void;
  readonly #fence: FenceCall;
  readonly #calls = new Map<string, Call>();
  #nudge: (resource: string) => void = () => undefined;

  constructor(options: {
    readonly services: HostServices;
    readonly deliver: (run: () => void) => void;
    readonly mayAct: (operation: Operation) => boolean;
    readonly onAnswer: (operation: Operation, outcome: Outcome) => void;
    readonly fence: FenceCall;
  }) {
    this.#services = options.services;
    this.#deliver = options.deliver;
    this.#mayAct = options.mayAct;
    this.#onAnswer = options.onAnswer;
    this.#fence = options.fence;
    options.services.endLeftCalls();
  }

  run(operation: Operation, isPermitted: () => boolean = () => true): PromiseLike<Outcome> {
    const answer = new Answer<Outcome>();
    if (!isPermitted()) {
      this.#services.refuse(() => this.#deliver(() => answer.settle({ kind: 'unknown', reason: 'the lease ended' })));
      return answer;
    }
    if (!this.#mayAct(operation)) return answer;
    const call = this.#services.begin(operation, (outcome) => {
      this.#calls.delete(operation.id);
      this.#deliver(() => {
        this.#onAnswer(operation, outcome);
        answer.settle(outcome);
      });
    });
    this.#calls.set(operation.id, call);
    return answer;
  }

  /** Simulated agents have nothing to learn. */
  prepare(): void {
    return;
  }

  canReload(change: DefinitionChange): PromiseLike<boolean> {
    const answer = new Answer<boolean>();
    this.#services.compare(change, (isReloadable) => this.#deliver(() => answer.settle(isReloadable)));
    return answer;
  }

  cancel(operationId: string): void {
    const call = this.#calls.get(operationId);
    this.#calls.delete(operationId);
    if (call !== undefined) this.#services.cancel(call);
  }

  onNudge(listener: (resource: string) => void): void {
    this.#nudge = listener;
  }

  /** Something happened to a resource that its process tells at once. */
  nudge(resource: string): void {
    this.#deliver(() => this.#nudge(resource));
  }

  onEventsLost(): void {
    // The simulated world loses events without saying so.
  }

  ping(ping: PingSpec): PromiseLike<number | null> {
    const answer = new Answer<number | null>();
    this.#services.ping(ping, (reachable) => this.#deliver(() => answer.settle(reachable)));
    return answer;
  }

  check(check: CheckSpec): PromiseLike<CheckResult> {
    const answer = new Answer<CheckResult>();
    this.#services.check(check, (result) => this.#deliver(() => answer.settle(result)));
    return answer;
  }

  fence(request: FenceRequest): PromiseLike<FenceOutcome> {
    const answer = new Answer<FenceOutcome>();
    this.#fence(request, (outcome) => this.#deliver(() => answer.settle(outcome)));
    return answer;
  }

  close(): void {
    for (const call of this.#calls.values()) this.#services.cancel(call);
    this.#calls.clear();
  }
}
