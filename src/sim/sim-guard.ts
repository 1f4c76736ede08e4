import type { RandomStream } from '../base/random.js';
import { nextRandom, randomStream } from '../base/random.js';
import type { MemberEnd } from '../guard/agent-call.js';
import { decodeGuardOrders } from '../guard/decode-orders.js';
import { Guard } from '../guard/guard.js';
import { touchedBy } from '../guard/guard-reports.js';
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { Operation, Outcome } from '../model/operation.js';
import { Answer } from './answer.js';
import type { HostClock } from './host-clock.js';
import { ProcessClock } from './host-clock.js';
import type { HostServices } from './sim-agents.js';
import { KILLABLE_TYPE } from './sim-agents.js';
import type { SimDisk } from './sim-store.js';
import type { Tally } from './tally.js';
import type { VirtualTime } from './virtual-time.js';

/** Parts of R13 that may be switched off to see whether that is noticed. */
export interface GuardRules {
  /** There is a guard at all. */
  readonly isThere: boolean;
  /** It acts by the deadlines that its orders name. */
  readonly namedDeadline: boolean;
  /** Orders are kept before a step's sends and starts. */
  readonly ordersFirst: boolean;
}

/** All of it. */
export const allGuardRules: GuardRules = { isThere: true, namedDeadline: true, ordersFirst: true };

/** What a guard finds on its machine. */
export interface GuardPlace {
  readonly host: string;
  readonly boot: number;
  readonly time: VirtualTime;
  readonly clock: HostClock;
  readonly services: HostServices;
  readonly volatile: SimDisk;
  readonly rules: GuardRules;
  readonly tally: Tally;
  /** Brings something to a process of this machine: now, when it goes on after a freeze, or never. */
  readonly whileUp: (run: () => void) => void;
  readonly isDaemonThere: () => boolean;
  readonly onLog: (level: string, sentence: string) => void;
  /** It was at these: a daemon that is there learns of it when it looks the next time. */
  readonly onActed: (touched: readonly string[]) => void;
}

/** How much too late a guard is that does not act by the named deadline: longer than what voters add to a promise. */
const TOO_LATE_MS = 2000;

/** How long one kill may take: as the shipped guard's. */
const TRY_MS = 5000;

/** The guard of a machine without a watchdog: the shipped one, on simulated ports. It outlives the daemon, and ends with the machine. */
export class SimGuard {
  readonly #place: GuardPlace;
  readonly #random: RandomStream;
  #isOver = false;

  constructor(place: GuardPlace) {
    this.#place = place;
    this.#random = randomStream(
      place.boot * 1009 + [...place.host].reduce((sum, each) => sum * 31 + each.charCodeAt(0), 7),
    );
    const { time, clock: host, whileUp, onLog, tally } = place;
    const clock = new ProcessClock({ time, host, deliver: whileUp, late: () => nextRandom(this.#random) });
    const guard = new Guard({
      clock,
      log: { event: onLog },
      watchdog: { isOpen: false, look: () => undefined, close: () => undefined },
      readOrders: () => this.#orders(),
      naming: () => (this.#isOver ? 'other' : 'self'),
      isDaemonThere: place.isDaemonThere,
      know: () => undefined,
      kill: (members, { isLate }) =>
        this.#all(members.map(({ resource }) => this.#end({ action: 'kill', resource, type: KILLABLE_TYPE }, isLate))),
      stop: ({ resource, type, timeoutMs }, { epoch, isLate }) => {
        // A start that the daemon left under way would come to its end afterwards.
        place.services.endStarts(resource);
        return this.#end({ action: 'stop', resource, type, timeoutMs, epoch }, isLate);
      },
      report: (act) => {
        tally.count(`acts of a guard whose daemon was ${act.daemon}`);
        place.onActed(touchedBy(act));
      },
      stand: () => undefined,
      onEnd: () => {
        this.#isOver = true;
      },
    });
    // A machine that stands still lets nothing begin.
    whileUp(() => guard.start());
  }

  /** Whether it still guards. */
  get isAlive(): boolean {
    return !this.#isOver;
  }

  #orders(): string | null {
    const text = this.#place.volatile.texts.get('guard.json') ?? null;
    if (this.#place.rules.namedDeadline) return text;
    const orders = decodeGuardOrders(text);
    if (orders === null) return text;
    const leases = orders.leases.map((lease) => ({
      ...lease,
      validUntilMs: lease.validUntilMs + TOO_LATE_MS,
      deadByMs: lease.deadByMs + TOO_LATE_MS,
    }));
    return JSON.stringify({ ...orders, leases });
  }

  #end(
    of: Pick<Operation, 'action'> & {
      readonly resource: string;
      readonly type: string;
      readonly timeoutMs?: number;
      readonly epoch?: number;
    },
    isLate: boolean,
  ): PromiseLike<MemberEnd> {
    const { services, whileUp, tally } = this.#place;
    const { resource } = of;
    const answer = new Answer<MemberEnd>();
    if (isLate && services.stateOf(resource) === 'down') {
      answer.settle({ resource, why: null, wasThere: false });
      return answer;
    }
    tally.count(`${of.action}s by a guard`);
    services.begin(operationOf(of, this.#place.host), (outcome) =>
      whileUp(() => answer.settle({ resource, why: whyNot(outcome), wasThere: true })),
    );
    return answer;
  }

  #all(answers: readonly PromiseLike<MemberEnd>[]): PromiseLike<readonly MemberEnd[]> {
    const all = new Answer<readonly MemberEnd[]>();
    const ends: MemberEnd[] = [];
    const settleIfWhole = (): void => {
      if (ends.length === answers.length) all.settle(ends);
    };
    for (const answer of answers) {
      answer.then((end) => {
        ends.push(end);
        settleIfWhole();
      });
    }
    settleIfWhole();
    return all;
  }
}

function operationOf(
  of: Pick<Operation, 'action'> & {
    readonly resource: string;
    readonly type: string;
    readonly timeoutMs?: number;
    readonly epoch?: number;
  },
  node: string,
): Operation {
  const { action, resource, type, timeoutMs = TRY_MS, epoch = 0 } = of;
  const spec: ResourceSpec = {
    id: resource,
    group: resource,
    type,
    params: {},
    monitors: [],
    checks: [],
    timeouts: { startMs: timeoutMs, stopMs: timeoutMs, monitorMs: timeoutMs },
    onFail: { monitor: 'ignore', start: 'ignore', stop: 'block' },
    exclusive: 'lease',
    place: { file: '', line: 0, column: 0 },
  };
  return { id: `guard ${action} ${resource}`, action, resource: spec, node, timeoutMs, intervalMs: 0, depth: 0, epoch };
}

function whyNot(outcome: Outcome): string | null {
  if (outcome.kind === 'done' || outcome.kind === 'stopped') return null;
  return 'reason' in outcome ? outcome.reason : outcome.kind;
}
