import { describe, expect, it } from 'vitest';
import type { PingSpec } from '../../src/model/cluster-spec.js';
import type { Target } from '../../src/model/target.js';
import type { PingWatch } from '../../src/lifecycle/ping-watch.js';
import { beginPingWatch, beginRound, finishRound, isPingDue, redefinePing } from '../../src/lifecycle/ping-watch.js';

function hostOf(host: string): Target {
  return { kind: 'icmp', text: host, host };
}

const ping: PingSpec = {
  id: 'gateway',
  hosts: ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(hostOf),
  everyMs: 1000,
  timeoutMs: 500,
  attempts: 1,
  need: 1,
  failAfterMs: 3000,
  recoverAfterMs: 5000,
  mode: 'relative',
  onAllLost: 'keep',
  place: { file: 'test.yaml', line: 1, column: 1 },
};

/** What is said after each round, rounds a second apart. */
function saidAfter(rounds: readonly (number | null)[], watch: PingWatch = beginPingWatch(ping, 0)): (number | null)[] {
  return rounds.map((reachable, i) => {
    beginRound(watch, i * 1000);
    finishRound(watch, reachable);
    return watch.reachable;
  });
}

describe('a ping', () => {
  it('says what its first round found, at once', () => {
    expect(saidAfter([2])).toEqual([2]);
  });

  it('says less only after it found less for failAfter', () => {
    expect(saidAfter([3, 0, 0, 0, 0, 0])).toEqual([3, 3, 3, 3, 0, 0]);
  });

  it('says more only after it found more for recoverAfter', () => {
    expect(saidAfter([0, 3, 3, 3, 3, 3, 3])).toEqual([0, 0, 0, 0, 0, 0, 3]);
  });

  it('waits two intervals however short failAfter and recoverAfter are, since other nodes ask at other moments', () => {
    const hasty = beginPingWatch({ ...ping, failAfterMs: 0, recoverAfterMs: 0 }, 0);
    expect(saidAfter([3, 0, 0, 0, 3, 3, 3], hasty)).toEqual([3, 3, 3, 0, 0, 0, 3]);
  });

  it('begins to wait anew when a round agrees in between', () => {
    expect(saidAfter([3, 0, 0, 3, 0, 0, 0, 0])).toEqual([3, 3, 3, 3, 3, 3, 3, 0]);
  });

  it('begins to wait anew when the difference turns', () => {
    expect(saidAfter([2, 0, 0, 3, 3, 3, 3, 3, 3])).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 3]);
  });

  it('says what the last round found when different rounds found less', () => {
    expect(saidAfter([3, 0, 2, 0, 1])).toEqual([3, 3, 3, 3, 1]);
  });

  it('says nothing new by a round that found nothing out', () => {
    expect(saidAfter([null, 3, null, 0, null, null, 0])).toEqual([null, 3, 3, 3, 3, 3, 0]);
  });

  it('tells whether what it says changed', () => {
    const watch = beginPingWatch(ping, 0);
    const changes = [3, 3, 0, 0, 0, 0].map((reachable, i) => {
      beginRound(watch, i * 1000);
      return finishRound(watch, reachable);
    });
    expect(changes).toEqual([true, false, false, false, false, true]);
  });

  it('has one round at a time, an interval after the last began', () => {
    const watch = beginPingWatch(ping, 0);
    expect(isPingDue(watch, 0)).toBe(true);
    beginRound(watch, 0);
    expect(isPingDue(watch, 5000)).toBe(false);
    finishRound(watch, 3);
    expect(isPingDue(watch, 5000)).toBe(true);
  });

  it('follows a new spec: quicker rounds at once, and no answers of hosts that it no longer names', () => {
    const watch = beginPingWatch(ping, 0);
    beginRound(watch, 0);
    finishRound(watch, 3);
    redefinePing(watch, { ...ping, hosts: [hostOf('10.0.0.1')], everyMs: 200 }, 100);
    expect([watch.nextAtMs, watch.reachable]).toEqual([300, 1]);
  });
});
