import { invariant } from '../base/invariant.js';
import type { RandomStream } from '../base/random.js';
import { nextRandom, randomBetween } from '../base/random.js';
import type { FenceOutcome, FenceRequest } from '../model/fencing.js';
import type { Tally } from './tally.js';
import type { VirtualTime } from './virtual-time.js';

/** A machine that loses and gets power. */
export interface Powered {
  readonly id: string;
  readonly isUp: boolean;
}

/** How a fence device of the simulation misbehaves, each with its share of all calls while there is trouble. */
const TROUBLE = { fails: 0.15, hangs: 0.1, 'does it and says no': 0.08, late: 0.2 } as const;

/** Longest times of a call, in real milliseconds. */
const QUICK_MS = [20, 300] as const;
/** A call that is late passes its timeout now and then, and the machine is switched off after that all the same. */
const LATE_MS = [500, 2500] as const;
/** A machine that is to be switched off and on is without power for so long. */
const REBOOT_MS = [300, 2500] as const;
/** After so long somebody comes and switches a machine on again that a device left without power. */
const OFF_MS = [1500, 9000] as const;

/**
 * The fence devices of a cluster. They belong to no machine: what a device was asked for it does, whoever asked and whether that one lives on.
 *
 * A node whose devices stand together in a level has a supply for each, and is without power while all of them are off.
 */
export class SimFences {
  readonly #time: VirtualTime;
  readonly #random: RandomStream;
  readonly #tally: Tally;
  readonly #hosts: ReadonlyMap<string, Powered>;
  readonly #crash: (host: string, downMs: number) => void;
  readonly #boot: (host: string) => void;
  readonly #say: (what: string) => void;
  /** By node, the supplies that are off. */
  readonly #off = new Map<string, Set<string>>();
  #isBroken: boolean;
  #isTroubled = true;

  constructor(options: {
    readonly time: VirtualTime;
    readonly random: RandomStream;
    readonly tally: Tally;
    readonly hosts: ReadonlyMap<string, Powered>;
    readonly crash: (host: string, downMs: number) => void;
    readonly boot: (host: string) => void;
    readonly say: (what: string) => void;
    readonly isBroken: boolean;
  }) {
    this.#time = options.time;
    this.#random = options.random;
    this.#tally = options.tally;
    this.#hosts = options.hosts;
    this.#crash = options.crash;
    this.#boot = options.boot;
    this.#say = options.say;
    this.#isBroken = options.isBroken;
  }

  /** Every device does what it is asked for from now on. */
  heal(): void {
    this.#isTroubled = false;
    this.#isBroken = false;
  }

  /** A call. `answer` is called once, within the timeout. */
  call(request: FenceRequest, answer: (outcome: FenceOutcome) => void): void {
    const { node, device, action, timeoutMs } = request;
    const trouble = this.#drawTrouble();
    this.#tally.count(`fence calls: ${action}`);
    if (trouble !== null) this.#tally.count(`fence calls that: ${trouble}`);
    this.#say(`${device.id} is asked for ${action} of ${node}${trouble === null ? '' : ` (${trouble})`}`);
    const ms = this.#between(trouble === 'late' ? LATE_MS : QUICK_MS);
    const fail = (reason: string): void => {
      this.#tally.count('fences failed');
      answer({ kind: 'failed', reason });
    };
    switch (trouble) {
      case 'fails':
        this.#time.after(ms, () => fail('the simulated device says no'));
        return;
      case 'hangs':
        this.#timeOut(timeoutMs, answer);
        return;
      case 'does it and says no':
        this.#time.after(ms, () => {
          this.#switch(request);
          fail('the simulated device does not know');
        });
        return;
      default:
        if (ms > timeoutMs) this.#timeOut(timeoutMs, answer);
        this.#time.after(ms, () => {
          this.#switch(request);
          if (ms > timeoutMs) return;
          this.#tally.count('fences done');
          answer({ kind: 'succeeded' });
        });
    }
  }

  #timeOut(timeoutMs: number, answer: (outcome: FenceOutcome) => void): void {
    this.#time.after(timeoutMs, () => {
      this.#tally.count('fences failed');
      answer({ kind: 'timeout', reason: 'the simulated device does not answer' });
    });
  }

  #drawTrouble(): keyof typeof TROUBLE | null {
    const drawn = nextRandom(this.#random);
    if (this.#isBroken) return 'fails';
    if (!this.#isTroubled) return null;
    let share = 0;
    for (const kind of ['fails', 'hangs', 'does it and says no', 'late'] as const) {
      share += TROUBLE[kind];
      if (drawn < share) return kind;
    }
    return null;
  }

  #switch({ node, device, action }: FenceRequest): void {
    const host = this.#hosts.get(node);
    invariant(host !== undefined && action !== 'monitor', `the simulation has no ${action} of "${node}"`);
    const supply = device.params.supply;
    const off = this.#off.get(node) ?? new Set<string>();
    this.#off.set(node, off);
    if (action === 'on') {
      off.clear();
      this.#boot(node);
      return;
    }
    if (typeof supply === 'string') {
      off.add(supply);
      if (off.size < 2) return;
    }
    const downMs = this.#between(action === 'reboot' ? REBOOT_MS : OFF_MS);
    this.#say(`${node} is without power for ${Math.round(downMs)} ms`);
    this.#crash(node, downMs);
  }

  #between([low, high]: readonly [number, number]): number {
    return randomBetween(this.#random, low, high);
  }
}
