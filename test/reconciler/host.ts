/** One host of a test's cluster: what runs on it, what is kept on it, and the mind of its daemon. */
import type { Alert } from '../../src/model/alert.js';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import type { Operation, Outcome } from '../../src/model/operation.js';
import type { Revision } from '../../src/model/revision.js';
import type { VoterPast } from '../../src/ownership/quarantine.js';
import { voterPast } from '../../src/ownership/quarantine.js';
import type { MindBeginning } from '../../src/reconciler/begin.js';
import { beginMind } from '../../src/reconciler/begin.js';
import type { StepTime } from '../../src/reconciler/input-effect.js';
import type { Mind, MindRules } from '../../src/reconciler/mind.js';
import type { Superseded } from '../../src/reconciler/revisions-state.js';

/** How an agent answers: after so long, with the usual outcome or this one; `never` until it is cancelled. */
export interface Behaviour {
  readonly takesMs?: number;
  readonly outcome?: Outcome;
  readonly never?: true;
}

/** An operation that is under way on a host. */
export interface UnderWay {
  readonly operation: Operation;
  readonly behaviour: Behaviour;
  readonly dueMs: number;
}

/** A host with its daemon, which may be down. */
export class Host {
  readonly name: string;
  mind: Mind | null = null;
  /** Resources that run here, daemon or not. */
  readonly running = new Set<string>();
  /** Per resource, the parameters with which it was started and not stopped: an address that was not taken away stays beside the new one. */
  readonly runningWith = new Map<string, Set<string>>();
  /** How agents answer here, by `action:resource`. */
  readonly behaviours = new Map<string, Behaviour>();
  /** What is kept: voter.json and session.json for the boot, the rest for good. */
  readonly kept = new Map<string, string>();
  /** Every operation that was begun here, as `start web`, and what was prepared. */
  readonly calls: string[] = [];
  readonly said: string[] = [];
  /** Every alert that the daemon here told. */
  readonly told: Alert[] = [];
  underWay: UnderWay[] = [];
  starts = 0;
  boots = 1;
  hasLeft = false;
  pingAnswers: number | null = 1;
  /** How long a round of a ping takes here. */
  pingTakesMs = 0;
  /** Parameters that agents here take over by a reload, and how long such an agent takes to say so. */
  readonly reloadable = new Set<string>();
  compareTakesMs = 1;
  /** Checks that fail here, with the words of why. */
  readonly failingChecks = new Map<string, string>();

  constructor(name: string) {
    this.name = name;
  }

  /** Starts the daemon with what is kept here. */
  start(options: {
    readonly spec: ClusterSpec;
    readonly revision: Revision;
    readonly text: string;
    readonly superseded?: readonly Superseded[];
    readonly time: StepTime;
    readonly past?: VoterPast;
    readonly startedAtMs?: number;
    readonly rules?: MindRules;
  }): Mind {
    this.starts += 1;
    this.hasLeft = false;
    const voter = this.kept.get('voter.json');
    const session = this.kept.get('session.json');
    const voters = this.kept.get('voters.json');
    const file = this.kept.get('file.json');
    const leftovers = this.kept.get('leftovers.json');
    const promises = this.kept.get('promises.json');
    const orders = this.kept.get('guard.json');
    const running = this.kept.get('running.json');
    const fencing = this.kept.get('fencing.json');
    const written = ['attributes.json', 'lasting-attributes.json'].map((name) => this.kept.get(name) ?? '[]');
    const beginning: MindBeginning = {
      node: this.name,
      software: 'test',
      spec: options.spec,
      revision: options.revision,
      text: options.text,
      superseded: options.superseded ?? [],
      fileHash: file === undefined ? null : String(JSON.parse(file).hash),
      incarnation: `${this.name}.${this.starts}`,
      token: `${this.name}-${this.starts}`,
      seed: this.starts + this.name.length * 7 + this.name.charCodeAt(this.name.length - 1),
      past:
        options.past ??
        voterPast({
          memory: JSON.parse(voter ?? 'null'),
          votedIn: null,
          boot: `boot ${this.boots}`,
          bootBeganAtMs: null,
        }),
      voterMemory: voter === undefined ? null : JSON.parse(voter),
      voters: voters === undefined ? null : JSON.parse(voters),
      holderMemory: session === undefined ? null : JSON.parse(session),
      promised: promises === undefined ? [] : JSON.parse(promises),
      leftovers: leftovers === undefined ? null : JSON.parse(leftovers),
      guardOrders: orders === undefined ? null : JSON.parse(orders),
      fencing: fencing === undefined ? null : JSON.parse(fencing),
      boot: `boot ${this.boots}`,
      running: running === undefined ? [] : JSON.parse(running),
      attributes: written.flatMap((text) => JSON.parse(text)),
      ...(options.startedAtMs === undefined ? {} : { startedAtMs: options.startedAtMs }),
      ...(options.rules === undefined ? {} : { rules: options.rules }),
    };
    this.mind = beginMind(beginning, options.time);
    return this.mind;
  }

  /** The daemon is killed: what runs here runs on, agent calls under way are forgotten. */
  kill(): void {
    this.mind = null;
    this.underWay = [];
  }

  /** The host is reset: nothing runs here any more, and what is kept for the boot is gone. */
  reset(): void {
    this.kill();
    this.boots += 1;
    this.running.clear();
    this.kept.delete('voter.json');
    this.kept.delete('session.json');
    this.kept.delete('leftovers.json');
    this.kept.delete('guard.json');
    this.kept.delete('running.json');
    this.kept.delete('attributes.json');
  }

  /** An agent call begins. */
  operate(operation: Operation, nowMs: number): void {
    const { action, resource } = operation;
    if (action !== 'monitor') this.calls.push(`${action} ${resource.id}`);
    const behaviour = this.behaviours.get(`${action}:${resource.id}`) ?? {};
    const usual = action === 'start' || action === 'stop' ? 10 : 1;
    const dueMs = behaviour.never === true ? nowMs + operation.timeoutMs : nowMs + (behaviour.takesMs ?? usual);
    this.underWay.push({ operation, behaviour, dueMs: Math.min(dueMs, nowMs + operation.timeoutMs) });
  }

  /** What comes of an agent call now that it ends. */
  outcomeOf({ operation, behaviour }: UnderWay): Outcome {
    const { id } = operation.resource;
    const parameters = JSON.stringify(operation.resource.params);
    const isLate = behaviour.never === true || (behaviour.takesMs ?? 0) > operation.timeoutMs;
    if (isLate) return { kind: 'timeout', reason: 'no answer in time' };
    if (behaviour.outcome !== undefined) return behaviour.outcome;
    switch (operation.action) {
      case 'start':
        this.#with(id).add(parameters);
        this.running.add(id);
        return { kind: 'done' };
      case 'reload':
        this.runningWith.set(id, new Set([parameters]));
        return { kind: 'done' };
      case 'stop':
      case 'kill':
        this.#with(id).delete(parameters);
        if (this.#with(id).size === 0) this.running.delete(id);
        return { kind: 'done' };
      default: {
        const isThere = this.running.has(id) && (this.#with(id).size === 0 || this.#with(id).has(parameters));
        return isThere ? { kind: 'running' } : { kind: 'stopped' };
      }
    }
  }

  /** With what a resource runs; what runs and was not started here runs with anything. */
  #with(resource: string): Set<string> {
    const known = this.running.has(resource) ? this.runningWith.get(resource) : undefined;
    const parameters = known ?? new Set<string>();
    this.runningWith.set(resource, parameters);
    return parameters;
  }
}
