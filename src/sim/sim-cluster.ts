import type { ClusterSpec, Exclusivity } from '../model/cluster-spec.js';
import { randomStream } from '../base/random.js';
import type { Message } from '../model/message.js';
import { ackIn } from '../model/message.js';
import type { Codec } from '../ports/transport.js';
import { isFenceKey, promiseMs } from '../model/lease.js';
import { promisedBudgetMsMax } from '../reconciler/spec-index.js';
import { wireCodec } from '../runtime/wire-codec.js';
import { FencingChecker } from './check-fencing.js';
import { LeaseChecker, STRICT } from './check-leases.js';
import { OperationChecker } from './check-operations.js';
import { QuorumChecker } from './check-quorum.js';
import { RevisionChecker } from './check-revision.js';
import { SavedChecker } from './check-saved.js';
import { StormChecker } from './check-storm.js';
import { VoterChecker } from './check-voters.js';
import type { Stage } from './faults.js';
import { bootHost, goOn, learnsOfFreeze, strike } from './faults.js';
import { freezeDeep } from './freeze-deep.js';
import type { Breach, Court, JudgedHost } from './judged.js';
import type { Fault, Schedule } from './schedule.js';
import type { HostWatch } from './sim-host.js';
import { SimHost } from './sim-host.js';
import { SimFences } from './sim-fences.js';
import type { SimFrame } from './sim-network.js';
import { SimNetwork } from './sim-network.js';
import { SpecLibrary } from './spec-library.js';
import { Tally } from './tally.js';
import type { Trace } from './trace.js';
import { VirtualTime } from './virtual-time.js';

/** Breaches of one schedule that are kept: the first tells, the rest follow from it. */
const BREACHES_MAX = 20;

/** What holds whatever the clocks do. */
const WILD_RULES: readonly string[] = [STRICT, 'S4', 'S7', 'S11', 'invariant', 'L1', 'L2'];

/** How a cluster is stood up. */
export interface ClusterOptions {
  readonly trace: Trace | null;
  /** Note every message too. */
  readonly isTalkative: boolean;
  /** Messages are frozen when they are sent, so that a node that writes into one is found out. */
  readonly isGuarded: boolean;
}

/** A cluster of a schedule, with its network and with the checkers around it. */
export class SimCluster {
  readonly time = new VirtualTime();
  readonly tally = new Tally();
  readonly breaches: Breach[] = [];
  readonly hosts = new Map<string, SimHost>();
  readonly #options: ClusterOptions;
  readonly #stage: Stage;
  readonly #leases: LeaseChecker;
  readonly #operations: OperationChecker;
  readonly #saved: SavedChecker;
  readonly #quorum: QuorumChecker;
  readonly #revisions: RevisionChecker;
  readonly #storms: StormChecker;
  readonly #voters: VoterChecker;
  readonly #fencing: FencingChecker;
  readonly #fences: SimFences;
  readonly #schedule: Schedule;

  constructor(schedule: Schedule, options: ClusterOptions) {
    this.#options = options;
    this.#schedule = schedule;
    const { time, tally, hosts } = this;
    const { firstSpec, weather } = schedule;
    const court: Court = { time, hosts, tally, report: (rule, sentence) => this.report(rule, sentence) };
    const edits = schedule.faults.flatMap((fault) => (fault.kind === 'edit' ? [fault.text] : []));
    const library = new SpecLibrary([schedule.first, ...edits]);
    const onClaim = (host: JudgedHost, key: string) => {
      if (isFenceKey(key)) return;
      this.tally.count('claims');
      this.#operations.claims(host, key);
      this.#quorum.claims(host, key);
    };
    this.#leases = new LeaseChecker(court, onClaim, (...of) => this.#quorum.hasHeard(...of));
    const specs = [firstSpec, ...edits.flatMap(({ spec }) => spec ?? [])];
    this.#operations = new OperationChecker(court, this.#leases, leastStrict(specs));
    const silences = specs.map((spec) => spec.heartbeat.leaseMs + promisedBudgetMsMax(spec));
    this.#saved = new SavedChecker(court, Math.min(...silences));
    this.#revisions = new RevisionChecker(court, library);
    this.#voters = new VoterChecker(court);
    this.#storms = new StormChecker(court);
    this.#quorum = new QuorumChecker(court, {
      leaseMs: schedule.leaseMsMax,
      stopBudgetMs: schedule.stopBudgetMsMax,
      drift: firstSpec.heartbeat.clockDrift,
      canFence: firstSpec.fencing.levels.length > 0,
    });
    this.#fencing = new FencingChecker(court, (host) => this.#quorum.isAnswered(host));
    const network = new SimNetwork({ time, random: randomStream(schedule.seed ^ 0x5eed), tally, weather });
    this.#stage = {
      time,
      network,
      hosts,
      weather,
      tally,
      say: (who, what) => this.say(who, what),
      onExcuseEnd: (host) => this.#operations.onlyOnce(host),
    };
    const codec = schedule.isWired ? wiredCodec() : plainCodec(options.isGuarded);
    const random = randomStream(schedule.seed ^ 0x0905);
    this.#fences = new SimFences(this.#stage, {
      random: randomStream(schedule.seed ^ 0xfe2ce),
      isBroken: schedule.isFenceBroken,
    });
    const ground = {
      time,
      network,
      random,
      library,
      first: schedule.first,
      codec,
      rules: schedule.rules,
      guard: schedule.guard,
      tally,
      fence: this.#fences.call,
    };
    const watch = this.#watch();
    for (const plan of schedule.hosts) {
      const host = new SimHost(plan, ground, watch);
      hosts.set(plan.id, host);
      const addresses = firstSpec.nodes.find((node) => node.id === plan.id)?.addresses ?? [];
      network.connect(plan.id, addresses, (arrival) => host.receive(arrival));
    }
  }

  /** Notes something in the trace, if there is one. */
  say(who: string, what: string): void {
    this.#options.trace?.say(this.time.nowMs, who, what);
  }

  /** A rule was broken. */
  report(rule: string, sentence: string): void {
    // Clocks that run outside their bound void the rest.
    if (this.#schedule.isWild && !WILD_RULES.includes(rule)) return;
    this.say('BREACH', `${rule}: ${sentence}`);
    if (this.breaches.length < BREACHES_MAX) this.breaches.push({ rule, atMs: this.time.nowMs, sentence });
  }

  /** Lets a fault happen. */
  strike(fault: Fault): void {
    strike(this.#stage, fault);
  }

  /** Runs to an instant, or to the first breach. */
  runTo(untilMs: number): void {
    while (this.breaches.length === 0 && this.time.stepTo(untilMs));
  }

  /** Everything bad ends. */
  heal(): void {
    this.say('world', 'everything heals');
    const { network } = this.#stage;
    network.cuts.clear();
    this.#fences.heal();
    network.weather = { loss: 0, duplication: 0, late: 0, lateMs: 0, delayMs: 1 };
    for (const host of this.hosts.values()) {
      host.volatile.isFull = false;
      host.durable.isFull = false;
      host.services.heal();
      if (this.#schedule.isWild) host.calmClock();
      host.daemon?.spare();
      if (host.isFrozen) goOn(this.#stage, host, () => host.thaw());
      else if (host.daemon?.isStill === true) goOn(this.#stage, host, () => host.daemon?.goOn(true));
      if (!host.isUp) bootHost(this.#stage, host);
      else host.startDaemon();
    }
  }

  #watch(): HostWatch {
    const leases = this.#leases;
    const operations = this.#operations;
    const quorum = this.#quorum;
    const isTraced = this.#options.trace !== null;
    const isTalkative = this.#options.isTalkative && isTraced;
    return {
      onStep: (host) => {
        leases.look(host);
        this.#fencing.look(host);
        quorum.look(host);
        this.#revisions.look(host);
        this.#voters.look(host);
      },
      onSend: (host, message) => {
        leases.look(host);
        this.#fencing.acts(host);
        this.#saved.sends(host, message);
        quorum.sends(host.id, message);
        this.#storms.sends(host.id);
        if (isTalkative) this.say(host.id, `sends ${JSON.stringify(message)}`);
      },
      onArrive: (host, message) => {
        quorum.arrives(host, message);
        if (this.#showsFreeze(host, message)) learnsOfFreeze(this.#stage, host);
        if (isTalkative) this.say(host.id, `receives ${message.kind} of ${message.from}`);
      },
      onOperate: (host, operation) => {
        leases.look(host);
        this.#fencing.acts(host);
        operations.begins(host, operation);
        if (isTraced && operation.action !== 'monitor')
          this.say(host.id, `${operation.action} ${operation.resource.id} begins (epoch ${operation.epoch})`);
      },
      onOperated: (host, operation, outcome) => {
        operations.ends(host, operation, outcome);
        if (isTraced && (operation.action !== 'monitor' || outcome.kind !== 'running'))
          this.say(host.id, `${operation.action} ${operation.resource.id}: ${outcome.kind}`);
      },
      onFence: (host, request) => {
        this.#fencing.acts(host);
        this.#fencing.fences(host, request);
      },
      onDown: (host, resource, why) => operations.goesDown(host, resource, why),
      onDaemon: (host, what) => {
        this.say(host.id, `daemon ${what}`);
        if (what === 'left') return quorum.leaves(host.id);
        this.tally.count('daemon starts');
        operations.daemonBegins(host.id);
        quorum.daemonBegins(host.id);
        this.#fencing.daemonBegins(host);
      },
      onCrash: (host) => {
        leases.forget(host.id);
        this.#saved.crashes(host);
      },
      onLog: (host, level, sentence) => {
        if (level === 'error') this.tally.count('errors in the log');
        if (isTraced) this.say(host.id, `${level}: ${sentence}`);
      },
      onBroken: (host, error) =>
        this.report(
          'invariant',
          `${host.id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        ),
    };
  }

  /** Whether a message lets a machine know that it was frozen: by the clock of a voter, known from before, more time passed than by its own. The voter may have stood still at the same time. */
  #showsFreeze(host: SimHost, message: Message): boolean {
    const ack = ackIn(message);
    if (host.thawedAtMs === null || ack === null || host.mind === null) return false;
    const { contacts, drift } = host.mind.holder;
    const before = contacts.get(ack.from)?.clock ?? null;
    if (before === null) return false;
    return ack.clockMs - before.voterMs > promiseMs(host.clock.nowMs() - before.sentAtMs, drift) + 1;
  }
}

/** How strictly one owner of each resource must be ensured by every spec that has it. */
function leastStrict(specs: readonly ClusterSpec[]): ReadonlyMap<string, Exclusivity> {
  const least = new Map<string, Exclusivity>();
  for (const { id, exclusive } of specs.flatMap(({ resources }) => resources)) {
    const before = least.get(id);
    if (before === undefined || before === 'fencing') least.set(id, exclusive);
  }
  return least;
}

function plainCodec(isGuarded: boolean): Codec<Message, SimFrame> {
  return {
    encode: (message) => ({ message: isGuarded ? freezeDeep(message) : message, bytes: null }),
    decode: (frame) => ({ kind: 'message', message: frame.message }),
  };
}

function wiredCodec(): Codec<Message, SimFrame> {
  const wire = wireCodec({ cluster: 'simulated', keys: [new Uint8Array(32).fill(7)] });
  return {
    encode: (message) => ({ message, bytes: wire.encode(message) }),
    decode: (frame) => (frame.bytes === null ? { kind: 'bad', why: 'malformed' } : wire.decode(frame.bytes)),
  };
}
