/** Runs agents on this node: picks the agent for a resource's type, keeps the deadline, and turns whatever happens into an outcome. */
import { join } from 'node:path';
import { messageOf } from '../base/error-message.js';
import { InvariantError } from '../base/invariant.js';
import type { AgentMetadata } from '../model/agent-catalogue.js';
import type { CheckResult, CheckSpec } from '../model/check.js';
import type { EventSource } from '../model/event-source.js';
import type { PingSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { DefinitionChange } from '../model/reload-action.js';
import type { FenceOutcome, FenceRequest } from '../model/fencing.js';
import type { Operation, Outcome } from '../model/operation.js';
import type { AgentRunner } from '../ports/agent-runner.js';
import type { Log } from '../ports/log.js';
import { watchAddresses } from './address-watch.js';
import type { Agent, AgentCall } from './agent.js';
import { AwsNode } from './aws/aws-node.js';
import { Ec2Thread } from './aws/ec2-thread.js';
import { eipAgent } from './aws/eip-agent.js';
import { InstanceMetadata } from './aws/instance-metadata.js';
import { privateIpAgent } from './aws/private-ip-agent.js';
import { routeAgent } from './aws/route-agent.js';
import type { EventWatch } from './event-watch.js';
import { FenceCaller } from './fence-caller.js';
import type { ReadSecret } from './secret-text.js';
import { KeptProcesses } from './kept-process.js';
import { CallRecords } from './call-records.js';
import { ChangesUnderWay } from './changes-under-way.js';
import { CheckRunner } from './check-runner.js';
import { LSB_FOLDER, lsbAgent } from './lsb-agent.js';
import { noopAgent } from './noop-agent.js';
import { OCF_ROOT, ocfAgent } from './ocf-agent.js';
import { CANCELLED, failed, oneLine, unknown } from './outcome.js';
import { pingHosts } from './ping.js';
import { CLOSING } from './process-run.js';
import type { ShimOptions } from './shim-environment.js';
import { scriptAgent } from './script-agent.js';
import { holdStart } from './start-hold.js';
import { StartedProcesses, timedNote } from './started-processes.js';
import { systemdAgent } from './systemd-agent.js';
import type { UnitHolds } from './unit-hold.js';
import { watchUnits } from './unit-watch.js';
import { vipAgent } from './vip-agent.js';

/** What the runner needs to know of this node. */
export interface AgentRunnerOptions {
  readonly node: string;
  /** A folder of this node's alone, on a tmpfs: records and logs of kept processes stand in it. */
  readonly stateDir: string;
  readonly log: Log;
  /** Whether a resource is in the spec, or still to be stopped: what is kept of others is removed. Without it, nothing is. */
  readonly isKnown?: (resource: string) => boolean;
  /** Where OCF agents are installed; the default is `/usr/lib/ocf`. */
  readonly ocfRoot?: string;
  /** Where LSB scripts are installed; the default is `/etc/init.d`. */
  readonly lsbFolder?: string;
  /** Reads the secrets of fence devices; without it, devices that have some cannot be used. */
  readonly readSecret?: ReadSecret;
  /** Keeps systemd from restarting units by itself; without it, that is left to how they are set up. */
  readonly unitHolds?: UnitHolds;
  /** The programs that stand in for Pacemaker's, and the daemon that they ask. */
  readonly shims?: ShimOptions;
  /** Where programs are looked for, as in `PATH`; the default is the system's folders and the running Node's. */
  readonly path?: string;
}

/** Makes the runner of this node, and adopts the kept processes of an earlier life. */
export function createAgentRunner(options: AgentRunnerOptions): AgentRunner {
  return new Runner(options);
}

function tooLate(action: Operation['action']): Outcome {
  return unknown(`the lease ended before the ${action} was set off, or in the midst of it, so it was not gone on with`);
}

/** Whether an outcome says that the resource does not run. */
function saysDown({ action }: Operation, { kind }: Outcome): boolean {
  if (action === 'probe' || action === 'monitor') return kind === 'stopped';
  return (action === 'stop' || action === 'kill') && kind === 'done';
}

/** Repeats what was done beside something that might make the resource run, if that is over now. */
async function again(whyNotOver: () => Promise<string | null>, act: () => Promise<Outcome>): Promise<Outcome> {
  const why = await whyNotOver();
  return why === null ? act() : unknown(`it did not run when it was looked at, but ${why}`);
}

/** What an installed agent declares. Loaded only where something changes: a daemon that never needs it does not carry it. */
async function declaredBy(type: string, ocfRoot: string): Promise<AgentMetadata | null> {
  const { installedAgents } = await import('./installed-agents.js');
  return (await installedAgents({ ocfRoot })(type)) ?? null;
}

class Runner implements AgentRunner {
  readonly #node: string;
  readonly #log: Log;
  readonly #path: string | undefined;
  readonly #kept: KeptProcesses;
  readonly #agents: ReadonlyMap<string, Agent>;
  readonly #closers: (() => void)[];
  readonly #underWay = new Map<string, AbortController>();
  readonly #closing = new AbortController();
  readonly #calls: CallRecords;
  readonly #changes = new ChangesUnderWay((resource) => this.#calls.kill(resource));
  readonly #fences: FenceCaller;
  readonly #checks = new CheckRunner();
  /** By resource whose start is held for its checks, how to say that something happened to it. */
  readonly #held = new Map<string, () => void>();
  /** The end of what an earlier daemon left under way. Shape: resolves with null once that is over, else with why it cannot be looked for; null when it is to be tried anew. */
  #alone: Promise<string | null> | null = null;
  readonly #started: StartedProcesses;
  readonly #watches: readonly EventWatch[];
  #nudge: (resource: string) => void = () => undefined;
  #eventsLost: (source: EventSource, why: string | null) => void = () => undefined;

  constructor(options: AgentRunnerOptions) {
    const { log, stateDir, path, ocfRoot = OCF_ROOT } = options;
    this.#node = options.node;
    this.#log = log;
    this.#path = path;
    this.#kept = new KeptProcesses({
      node: options.node,
      folder: join(stateDir, 'kept'),
      log,
      onEnded: (resource) => this.#somethingHappened(resource),
      ...(options.isKnown === undefined ? {} : { isKnown: options.isKnown }),
    });
    this.#calls = new CallRecords(join(stateDir, 'calls'));
    void this.#whyNotAlone();
    const search = path === undefined ? {} : { path };
    const readSecret: ReadSecret =
      options.readSecret ?? (() => ({ kind: 'unreadable', why: 'no secrets are read here' }));
    this.#fences = new FenceCaller({ log, readSecret, ...search });
    const vip = vipAgent({ log, ...search });
    const ec2 = new Ec2Thread();
    const cloud = { call: ec2.call, node: new AwsNode({ metadata: new InstanceMetadata(), ...search }) };
    const units = watchUnits({
      onNudge: (resource) => this.#nudge(resource),
      onLost: (why) => this.#eventsLost('units', why),
    });
    this.#started = new StartedProcesses({
      folder: join(stateDir, 'started'),
      log,
      onEnded: (resource) => this.#somethingHappened(resource),
    });
    this.#watches = [
      units,
      this.#started,
      watchAddresses({
        path,
        note: () => this.#calls.noteForWatch('addresses'),
        onNudge: (resource) => this.#somethingHappened(resource),
        onLost: (why) => this.#eventsLost('addresses', why),
      }),
    ];
    this.#closers = [
      () => this.#kept.close(),
      vip.close,
      () => ec2.close(),
      ...this.#watches.map((watch) => () => watch.close()),
    ];
    this.#agents = new Map([
      [
        'ocf',
        ocfAgent({
          ocfRoot,
          addresses: vip.agent,
          shims: options.shims ?? {},
          readMetadata: (type) => declaredBy(type, ocfRoot),
          ...search,
        }),
      ],
      [
        'systemd',
        systemdAgent({
          ...search,
          onUnit: units.name,
          ...(options.unitHolds === undefined ? {} : { holds: options.unitHolds }),
        }),
      ],
      ['lsb', lsbAgent({ folder: options.lsbFolder ?? LSB_FOLDER, ...search })],
      ['script', scriptAgent({ kept: this.#kept, ...search })],
      ['builtin:noop', noopAgent({ folder: join(stateDir, 'noop') })],
      ['builtin:vip', vip.agent],
      ['builtin:aws-eip', eipAgent(cloud)],
      ['builtin:aws-private-ip', privateIpAgent(cloud)],
      ['builtin:aws-route', routeAgent({ ...cloud, folder: join(stateDir, 'aws-routes') })],
    ]);
  }

  async run(operation: Operation, mayRun: () => boolean = () => true): Promise<Outcome> {
    const { resource, action, timeoutMs } = operation;
    const agent = this.#agentOf(resource.type);
    if (agent === null) {
      return failed('node', `"${resource.type}" is not an agent of this version`);
    }
    const act = agent[action];
    if (act === undefined) return failed('fatal', `"${resource.type}" knows no ${action}`);
    const cancel = new AbortController();
    const { signal } = cancel;
    this.#underWay.set(operation.id, cancel);
    const change = this.#changes.begin(operation, signal);
    try {
      const notAlone = await this.#whyNotAlone();
      if (notAlone !== null && change !== null) return unknown(notAlone);
      // The guard may be stopping it for a lease that was let go too late; what starts now is not meant.
      if (action === 'start') await this.#calls.endLeft(this.#log, (left) => left.resource === resource.id);
      const deadlineMs = performance.now() + timeoutMs;
      const leftMs = (): number => deadlineMs - performance.now();
      // What can be stopped is stopped all the same when that is not over in half of the time; it proves nothing then.
      const whyNotOver = async (): Promise<string | null> =>
        (await this.#whyNotAlone()) ??
        (await this.#changes.endCancelled(resource.id, change, leftMs() / 2)) ??
        (await this.#calls.whyNotOver({ action, resource: resource.id }));
      const notOver = await whyNotOver();
      if (notOver !== null && change !== null) return unknown(notOver);
      if (signal.aborted) return CANCELLED;
      const { note, sinceTicks } = timedNote(this.#calls.noteFor(operation));
      let isRefused = false;
      const isPermitted = (): boolean => {
        isRefused = isRefused || !mayRun();
        return !isRefused;
      };
      if (!isPermitted()) return tooLate(action);
      // From its beginning on: what happens right after a start is not to be missed.
      if (action === 'start') for (const watch of this.#watches) watch.follow(resource);
      const call = { operation, leftMs, signal, isPermitted, note, log: this.#log };
      const first = await act(call);
      // What was over by then may have made it run after it was looked at.
      const said = notOver !== null && saysDown(operation, first) ? await again(whyNotOver, () => act(call)) : first;
      // What a stop of the guard still does beside it, or one that was cancelled, would be done to the next owner. Nobody heeds what was given up itself, and the stop beside that may be what it was given up for.
      if (saysDown(operation, said) && !signal.aborted) {
        await this.#calls.endLeft(this.#log, (left) => left.action === 'stop' && left.resource === resource.id);
      }
      const held = action === 'start' && said.kind === 'done' ? await this.#holdStart(agent, call) : said;
      const outcome = held.kind === 'done' ? said : held;
      this.#followWhatRuns(operation, outcome);
      if (action === 'start' && outcome.kind === 'done') void this.#started.started(resource, sinceTicks());
      return isRefused ? tooLate(action) : outcome;
    } catch (error) {
      if (error instanceof InvariantError) {
        throw error;
      }
      // The world can still surprise an agent: a full disk, no more processes. What it left behind is then unknown.
      const message = messageOf(error);
      this.#log.event('error', `${action} of ${resource.id} broke off: ${message}`, { resource: resource.id });
      return unknown(`${action} broke off: ${message}`);
    } finally {
      this.#underWay.delete(operation.id);
      this.#changes.over(change);
    }
  }

  prepare(resource: ResourceSpec): void {
    this.#agentOf(resource.type)?.prepare?.(resource, { signal: this.#closing.signal, log: this.#log });
  }

  async canReload(change: DefinitionChange): Promise<boolean> {
    const { id, type } = change.to;
    try {
      return (await this.#agentOf(type)?.canReload?.(change)) ?? false;
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      this.#log.event('warn', `what ${type} declares cannot be read: ${messageOf(error)}`, { resource: id });
      return false;
    }
  }

  cancel(operationId: string): void {
    this.#underWay.get(operationId)?.abort('cancelled');
  }

  onNudge(listener: (resource: string) => void): void {
    this.#nudge = listener;
  }

  onEventsLost(listener: (source: EventSource, why: string | null) => void): void {
    this.#eventsLost = listener;
  }

  async ping(ping: PingSpec): Promise<number | null> {
    return pingHosts(ping, { signal: this.#closing.signal, ...(this.#path === undefined ? {} : { path: this.#path }) });
  }

  check(check: CheckSpec, resource: string | null): Promise<CheckResult> {
    return this.#check(check, resource, this.#closing.signal);
  }

  async fence(request: FenceRequest, isPermitted = () => true): Promise<FenceOutcome> {
    const cancel = new AbortController();
    this.#underWay.set(request.id, cancel);
    try {
      const notAlone = await this.#whyNotAlone();
      if (notAlone !== null) throw new Error(notAlone);
      const noteFor = () => this.#calls.noteForFence(request.device.id);
      return await this.#fences.call(request, { signal: cancel.signal, isPermitted, noteFor });
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      const message = messageOf(error);
      this.#log.event('error', `fencing by ${request.device.id} broke off: ${message}`, { device: request.device.id });
      return { kind: 'failed', reason: oneLine(`the call broke off: ${message}`) };
    } finally {
      this.#underWay.delete(request.id);
    }
  }

  close(): void {
    this.#closing.abort(CLOSING);
    for (const cancel of this.#underWay.values()) {
      cancel.abort(CLOSING);
    }
    for (const close of this.#closers) {
      close();
    }
  }

  /** Null once what an earlier daemon left under way is over. */
  #whyNotAlone(): Promise<string | null> {
    this.#alone ??= this.#calls.endLeft(this.#log).then(
      () => null,
      (error: unknown) => {
        this.#alone = null;
        return `what an earlier daemon may have left under way cannot be looked for: ${messageOf(error)}`;
      },
    );
    return this.#alone;
  }

  #followWhatRuns(operation: Operation, outcome: Outcome): void {
    const { action, resource } = operation;
    const isLook = action === 'probe' || action === 'monitor';
    const isUp = isLook ? outcome.kind === 'running' : action === 'reload' && outcome.kind === 'done';
    if (saysDown(operation, outcome)) for (const watch of this.#watches) watch.forget(resource.id);
    else if (isUp) for (const watch of this.#watches) watch.follow(resource);
  }

  #somethingHappened(resource: string): void {
    this.#held.get(resource)?.();
    this.#nudge(resource);
  }

  #check(check: CheckSpec, resource: string | null, signal: AbortSignal): Promise<CheckResult> {
    return this.#checks.run(check, { node: this.#node, resource, signal, path: this.#path });
  }

  async #holdStart(agent: Agent, call: Required<AgentCall>): Promise<Outcome> {
    const { operation, leftMs, signal, isPermitted } = call;
    const { id, checks } = operation.resource;
    try {
      return await holdStart({
        checks,
        run: (check, isOver) => this.#check(check, id, isOver),
        leftMs,
        signal,
        isPermitted,
        look: () => agent.monitor(call),
        onHeld: (somethingHappened) => this.#held.set(id, somethingHappened),
      });
    } finally {
      this.#held.delete(id);
    }
  }

  #agentOf(type: string): Agent | null {
    const [kind = ''] = type.split(':');
    return this.#agents.get(kind === 'builtin' ? type : kind) ?? null;
  }
}
