import { invariant } from '../base/invariant.js';
import type { RandomStream } from '../base/random.js';
import { nextRandom, randomBetween } from '../base/random.js';
import type { FenceOutcome, FenceRequest } from '../model/fencing.js';
import type { Stage } from './faults.js';
import { bootHost, crashHost } from './faults.js';
import type { FenceCall } from './sim-runner.js';

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
  readonly #stage: Stage;
  readonly #random: RandomStream;
  /** By node, the supplies that are off. */
  readonly #off = new Map<string, Set<string>>();
  #isBroken: boolean;
  #isTroubled = true;

  constructor(stage: Stage, options: { readonly random: RandomStream; readonly isBroken: boolean }) {
    this.#stage = stage;
    this.#random = options.random;
    this.#isBroken = options.isBroken;
  }

  /** Every device does what it is asked for from now on. */
  heal(): void {
    this.#isTroubled = false;
    this.#isBroken = false;
  }

  /** A call. */
  readonly call: FenceCall = (request, answer) => {
    const { node, device, action, timeoutMs } = request;
    const { time, tally } = this.#stage;
    const trouble = this.#drawTrouble();
    tally.count(`fence calls: ${action}`);
    if (trouble !== null) tally.count(`fence calls that: ${trouble}`);
    this.#say(`${device.id} is asked for ${action} of ${node}${trouble === null ? '' : ` (${trouble})`}`);
    const ms = this.#between(trouble === 'late' ? LATE_MS : QUICK_MS);
    const fail = (reason: string): void => {
      tally.count('fences failed');
      answer({ kind: 'failed', reason });
    };
    switch (trouble) {
      case 'fails':
        time.after(ms, () => fail('the simulated device says no'));
        return;
      case 'hangs':
        this.#timeOut(timeoutMs, answer);
        return;
      case 'does it and says no':
        time.after(ms, () => {
          this.#switch(request);
          fail('the simulated device does not know');
        });
        return;
      default:
        if (ms > timeoutMs) this.#timeOut(timeoutMs, answer);
        time.after(ms, () => {
          this.#switch(request);
          if (ms > timeoutMs) return;
          tally.count('fences done');
          answer({ kind: 'succeeded' });
        });
    }
  };

  #timeOut(timeoutMs: number, answer: (outcome: FenceOutcome) => void): void {
    const { time, tally } = this.#stage;
    time.after(timeoutMs, () => {
      tally.count('fences failed');
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
    const host = this.#stage.hosts.get(node);
    invariant(host !== undefined && action !== 'monitor', `the simulation has no ${action} of "${node}"`);
    const supply = device.params.supply;
    const off = this.#off.get(node) ?? new Set<string>();
    this.#off.set(node, off);
    if (action === 'on') {
      off.clear();
      bootHost(this.#stage, host);
      return;
    }
    if (typeof supply === 'string') {
      off.add(supply);
      if (off.size < 2) return;
    }
    const downMs = this.#between(action === 'reboot' ? REBOOT_MS : OFF_MS);
    this.#say(`${node} is without power for ${Math.round(downMs)} ms`);
    if (host.isUp) crashHost(this.#stage, host, downMs);
  }

  #say(what: string): void {
    this.#stage.say('fence', what);
  }

  #between([low, high]: readonly [number, number]): number {
    return randomBetween(this.#random, low, high);
  }
}
