import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../src/base/random.js';
import { nextRandom, pickRandom, randomBetween, randomStream } from '../../src/base/random.js';
import type { Heartbeat } from '../../src/model/message.js';
import { receiveAck } from '../../src/ownership/answers.js';
import { expire } from '../../src/ownership/expiry.js';
import type { HolderState } from '../../src/ownership/holder.js';
import { isQuorate, mayClaim, release } from '../../src/ownership/holder.js';
import { ackOf, answer, beatAt, claimAt, newHolder } from './acks.js';

/** A holder among voters whose clocks run as a test says, in real time. It claims web whenever it has lost it. */
class History {
  readonly holder: HolderState;
  /** Milliseconds of each voter's clock per real one; a voter that is left out is down. */
  readonly rates: Record<string, number>;
  /** When leases lapsed because the clock was distrusted, in real time. */
  readonly lapses: number[] = [];
  realMs = 0;
  readonly #ownRate: number;
  readonly #random: RandomStream;
  #ownMs = 0;
  readonly #clocks: Record<string, number> = {};
  #inFlight: { readonly atMs: number; readonly heartbeat: Heartbeat; readonly voter: string }[] = [];
  #answers: { readonly atMs: number; readonly heartbeat: Heartbeat; readonly voter: string; clockMs: number }[] = [];

  constructor(options: {
    readonly rates: Record<string, number>;
    readonly ownRate?: number;
    readonly seed?: number;
    readonly voters?: readonly string[];
  }) {
    this.rates = options.rates;
    this.#ownRate = options.ownRate ?? 1;
    this.#random = randomStream(options.seed ?? 1);
    this.holder = newHolder(options.voters === undefined ? {} : { voters: options.voters });
  }

  get isOwner(): boolean {
    return this.holder.held.get('web')?.state === 'own';
  }

  paceOf(voter: string): number | null {
    return this.holder.contacts.get(voter)?.pace ?? null;
  }

  /** Lets real time pass; a machine that stands still gets what waited for it when it goes on. */
  run(ms: number, isStill = false): void {
    for (const untilMs = this.realMs + ms; this.realMs < untilMs; ) {
      this.realMs += 1;
      if (!isStill) this.#ownMs += this.#ownRate;
      for (const [voter, rate] of Object.entries(this.rates))
        this.#clocks[voter] = (this.#clocks[voter] ?? 1000) + rate;
      this.#hear();
      if (!isStill) this.#step();
    }
  }

  #hear(): void {
    for (const { heartbeat, voter } of this.#inFlight.filter(({ atMs }) => atMs <= this.realMs)) {
      if (this.rates[voter] === undefined) continue;
      const atMs = this.realMs + this.#delayMs();
      this.#answers.push({ atMs, heartbeat, voter, clockMs: this.#clocks[voter] ?? 0 });
    }
    this.#inFlight = this.#inFlight.filter(({ atMs }) => atMs > this.realMs);
  }

  #step(): void {
    const { holder } = this;
    expire(holder, this.#ownMs);
    const due = this.#answers.filter(({ atMs }) => atMs <= this.realMs);
    this.#answers = this.#answers.filter(({ atMs }) => atMs > this.realMs);
    for (const { heartbeat, voter, clockMs } of due) {
      for (const event of receiveAck(holder, ackOf(heartbeat, voter, { clockMs }), this.#ownMs))
        if (event.kind === 'lapsed' && event.why === 'clock') this.lapses.push(this.realMs);
    }
    if (holder.held.get('web')?.state === 'lapsed') release(holder, 'web', this.#ownMs);
    if (mayClaim(holder, 'web', this.#ownMs)) claimAt(holder, 'web', this.#ownMs);
    if (holder.nextBeatAtMs > this.#ownMs) return;
    for (const [voter, heartbeat] of beatAt(holder, this.#ownMs))
      this.#inFlight.push({ atMs: this.realMs + this.#delayMs(), heartbeat, voter });
  }

  #delayMs(): number {
    return nextRandom(this.#random) < 0.9 ? 1 + nextRandom(this.#random) * 20 : nextRandom(this.#random) * 600;
  }
}

describe('R1 a voter whose clock runs too fast', () => {
  it.each([2, 3, 10])('%i times: costs one interruption, and is then neither heeded nor counted', (rate) => {
    const history = new History({ rates: { v1: 1, v2: 1, v3: 1 } });
    history.run(3000);
    history.rates.v2 = rate;
    history.run(6000);
    expect(history.lapses.length).toBeGreaterThan(0);
    expect(history.paceOf('v2')).toBeGreaterThan(1.1 / 0.9);
    const before = history.lapses.length;
    history.run(20_000);
    expect(history.lapses.length).toBe(before);
    expect(history.isOwner).toBe(true);
    delete history.rates.v1;
    history.run(3000);
    expect(history.isOwner).toBe(false);
    expect(isQuorate(history.holder, history.holder.nextBeatAtMs)).toBe(false);
  });

  it('is still a witness of a pause that matters', () => {
    const history = new History({ rates: { v1: 1, v2: 3, v3: 1 } });
    history.run(10_000);
    expect(history.paceOf('v2')).not.toBeNull();
    const before = history.lapses.length;
    delete history.rates.v1;
    delete history.rates.v3;
    history.run(3000, true);
    history.run(300);
    expect(history.lapses.length).toBe(before + 1);
  });

  it('counts again when its clock agrees again', () => {
    const history = new History({ rates: { v1: 1, v2: 3, v3: 1 } });
    history.run(10_000);
    history.rates.v2 = 1;
    history.run(3000);
    expect(history.paceOf('v2')).toBeNull();
    delete history.rates.v1;
    history.run(3000);
    expect(history.isOwner).toBe(true);
  });

  it('that is the only other one is believed for ever: nobody can say that it is wrong', () => {
    const history = new History({ rates: { v1: 3, n1: 1 }, voters: ['n1', 'v1'] });
    history.run(20_000);
    expect(history.paceOf('v1')).toBeNull();
    expect(history.lapses.length).toBeGreaterThan(10);
  });

  it('is not seen in one whose late answers are from before the readings of its witness', () => {
    const holder = newHolder({ voters: ['v1', 'v2'] });
    const says = (beats: ReadonlyMap<string, Heartbeat>, voter: string, clockMs: number, nowMs: number) =>
      answer(holder, beats, { from: [voter], nowMs, ack: { clockMs } });
    const first = beatAt(holder, 0);
    says(first, 'v1', 0, 0);
    says(first, 'v2', 0, 0);
    // The machine stands still for 5 s before each of the next two, and v2's answers to them are long under way.
    const second = beatAt(holder, 200);
    const third = beatAt(holder, 400);
    says(beatAt(holder, 2900), 'v1', 12_900, 2901);
    says(second, 'v2', 5200, 3000);
    says(third, 'v2', 10_400, 3001);
    // And once more.
    says(beatAt(holder, 3100), 'v2', 18_100, 3101);
    says(beatAt(holder, 3200), 'v1', 18_200, 3201);
    expect(holder.contacts.get('v2')?.pace).toBeNull();
  });

  it('S1 is never seen in one whose clock is within the bound, whatever pauses, delays and rates', () => {
    const convicted = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const random = randomStream(seed);
      // The extremes above all: there is nothing to spare between those.
      const rate = () => pickRandom(random, [0.9, 1.1, randomBetween(random, 0.9, 1.1)]) ?? 1;
      const history = new History({ rates: { v1: rate(), v2: rate(), v3: rate() }, ownRate: rate(), seed });
      for (let round = 0; round < 12; round++) {
        history.run(randomBetween(random, 50, 1500));
        history.run(randomBetween(random, 20, 4000), true);
        // Standing still again and again, so that voters are on trial for long.
        const stillMs = nextRandom(random) < 0.5 ? 0 : 70;
        for (let i = 0; i < 40; i++) {
          history.run(25);
          history.run(stillMs, true);
          if (['v1', 'v2', 'v3'].some((voter) => history.paceOf(voter) !== null)) convicted.add(seed);
        }
      }
    }
    expect([...convicted], 'seeds').toEqual([]);
  });
});
