/** Looks at fence devices every few minutes, so that a broken one is known before the day on which it matters. */
import { compareIds } from '../base/order.js';
import type { ClusterSpec, FenceDeviceSpec } from '../model/cluster-spec.js';
import type { FenceOutcome, FenceRequest } from '../model/fencing.js';
import type { Clock, Timer } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Conditions } from '../reconciler/conditions.js';
import { clearCondition, setCondition } from '../reconciler/conditions.js';

/** Between two rounds. Ours: boards answer slowly, and some forget who is logged in when they are asked too often. */
const EVERY_MS = 300_000;
/** After a round in which a device did not answer. */
const EVERY_BROKEN_MS = 60_000;
/** Before the first round: whatever starts with the daemon comes first. */
const FIRST_MS = 10_000;

/** A device and a node that it can fence. */
interface Look {
  readonly device: FenceDeviceSpec;
  readonly node: string;
}

/** What a watch needs. Shape: `isAlive` says which nodes are heard; `fence` never rejects. */
export interface DeviceWatchOptions {
  readonly node: string;
  readonly spec: () => ClusterSpec;
  readonly isAlive: (node: string) => boolean;
  readonly fence: (request: FenceRequest) => PromiseLike<FenceOutcome>;
  readonly conditions: Conditions;
  readonly clock: Clock;
  readonly log: Log;
}

/** Watches the devices by which this node is the first to fence somebody. */
export class DeviceWatch {
  readonly #options: DeviceWatchOptions;
  readonly #told = new Set<string>();
  #timer: Timer | null = null;
  #count = 0;
  #isStopped = false;

  constructor(options: DeviceWatchOptions) {
    this.#options = options;
  }

  /** Begins to look. */
  start(): void {
    this.#setAlarm(FIRST_MS);
  }

  /** Looks no more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #setAlarm(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.setTimer(delayMs, () => void this.#round());
  }

  async #round(): Promise<void> {
    const looks = looksOf(this.#options);
    this.#forgetOthers(looks);
    // One after another: many plugs belong to one device, which takes one caller at a time.
    for (const look of looks) {
      if (this.#isStopped) return;
      await this.#look(look);
    }
    this.#setAlarm(this.#told.size > 0 ? EVERY_BROKEN_MS : EVERY_MS);
  }

  async #look(look: Look): Promise<void> {
    const { device, node } = look;
    const { fence, conditions, clock, log } = this.#options;
    this.#count += 1;
    const id = `${this.#options.node}-look-${this.#count}`;
    const outcome = await fence({ id, device, node, action: 'monitor', timeoutMs: device.timeoutMs });
    if (this.#isStopped) return;
    const subject = subjectOf(look);
    const wrong = wrongWith(look, outcome, this.#options.isAlive(node));
    if (wrong === null) {
      this.#told.delete(subject);
      if (clearCondition(conditions, 'fencing', subject)) log.event('info', `${device.id} answers for ${node} again`);
      return;
    }
    const sentence = `fence device ${device.id} ${wrong}`;
    this.#told.add(subject);
    const isNew = setCondition(conditions, {
      kind: 'fencing',
      subject,
      severity: 'warning',
      sentence,
      nowMs: clock.nowMs(),
    });
    if (isNew) log.event('warn', sentence, { device: device.id, node });
  }

  /** What is no longer looked at here is no longer told of here. */
  #forgetOthers(looks: readonly Look[]): void {
    const subjects = new Set(looks.map(subjectOf));
    for (const subject of this.#told) {
      if (subjects.has(subject)) continue;
      this.#told.delete(subject);
      clearCondition(this.#options.conditions, 'fencing', subject);
    }
  }
}

/** What is wrong with a device, as the end of a sentence; null for nothing. */
function wrongWith({ node }: Look, outcome: FenceOutcome, isAlive: boolean): string | null {
  if (outcome.kind !== 'succeeded')
    return `does not answer for ${node}: ${outcome.reason}; repair it, or ${node} cannot be fenced by it`;
  return outcome.power === 'off' && isAlive
    ? `says that ${node} has no power, and ${node} is heard: its plug may be that of another machine`
    : null;
}

function subjectOf({ device, node }: Look): string {
  return `${device.id} ${node}`;
}

/**
 * The devices that this node looks at: those of every node of which it is the first, in order of id, that is there to fence it.
 *
 * Shape: in order of the target's id, then of the spec's levels.
 */
export function looksOf(options: Pick<DeviceWatchOptions, 'node' | 'spec' | 'isAlive'>): Look[] {
  const spec = options.spec();
  const devices = new Map(spec.fencing.devices.map((device) => [device.id, device]));
  const alive = spec.nodes
    .map(({ id }) => id)
    .filter((id) => id === options.node || options.isAlive(id))
    .sort(compareIds);
  return spec.fencing.levels.flatMap(({ node, levels }) => {
    if (alive.find((id) => id !== node) !== options.node) return [];
    return [...new Set(levels.flat())].flatMap((id) => {
      const device = devices.get(id);
      return device === undefined ? [] : [{ device, node }];
    });
  });
}
