import { describe, expect, it } from 'vitest';
import type { OperationAction, Outcome } from '../../src/model/operation.js';
import { observeLife } from '../../src/lifecycle/observe-life.js';
import { finishOperation } from '../../src/lifecycle/finish-operation.js';
import { beginOperation, redefineLife } from '../../src/lifecycle/resource-life.js';
import { failed, lifeIn, operationOf, run } from './resources.js';

const timeout: Outcome = { kind: 'timeout', reason: 'no answer within 1 s' };
const unknown: Outcome = { kind: 'unknown', reason: 'cancelled' };
const [done, running, stopped]: readonly [Outcome, Outcome, Outcome] = [
  { kind: 'done' },
  { kind: 'running' },
  { kind: 'stopped' },
];

describe('what an outcome means', () => {
  it.each<[OperationAction, 'unknown' | 'stopped' | 'running' | 'failed', string, Outcome, string, number]>([
    ['probe', 'unknown', 'running', running, 'running', 0],
    ['probe', 'unknown', 'stopped', stopped, 'stopped', 0],
    ['probe', 'unknown', 'failed', failed(), 'failed', 0],
    ['probe', 'unknown', 'timeout', timeout, 'unknown', 0],
    ['probe', 'unknown', 'unknown', unknown, 'unknown', 0],
    ['monitor', 'running', 'running', running, 'running', 0],
    ['monitor', 'running', 'stopped', stopped, 'stopped', 1],
    ['monitor', 'running', 'failed', failed(), 'failed', 1],
    ['monitor', 'running', 'timeout', timeout, 'failed', 1],
    ['monitor', 'running', 'unknown', unknown, 'running', 0],
    ['monitor', 'failed', 'running', running, 'running', 0],
    ['start', 'stopped', 'done', done, 'running', 0],
    ['start', 'stopped', 'running', running, 'running', 0],
    ['start', 'stopped', 'failed', failed(), 'failed', 1],
    ['start', 'stopped', 'timeout', timeout, 'failed', 1],
    ['start', 'stopped', 'unknown', unknown, 'failed', 1],
    ['start', 'stopped', 'stopped', stopped, 'failed', 1],
    ['stop', 'running', 'done', done, 'stopped', 0],
    ['stop', 'running', 'stopped', stopped, 'stopped', 0],
    ['stop', 'running', 'failed', failed(), 'failed', 1],
    ['stop', 'running', 'timeout', timeout, 'failed', 1],
    ['stop', 'running', 'unknown', unknown, 'failed', 1],
    ['stop', 'running', 'running', running, 'failed', 1],
    ['kill', 'running', 'done', done, 'stopped', 0],
    ['kill', 'running', 'failed', failed(), 'failed', 1],
  ])('a %s of a resource that is %s, answered "%s"', (action, before, _, outcome, after, failures) => {
    const life = lifeIn(before);
    run(life, action, outcome, 100);
    expect([life.state, life.failures.length]).toEqual([after, failures]);
    expect(life.operation).toBeNull();
  });

  it.each<[OperationAction, string]>([
    ['start', 'starting'],
    ['stop', 'stopping'],
    ['kill', 'stopping'],
    ['monitor', 'running'],
  ])('while a %s is under way it is %s', (action, state) => {
    const life = lifeIn(action === 'start' ? 'stopped' : 'running');
    beginOperation(life, operationOf(life, action), 0);
    expect(observeLife(life, 'lb1', 0)).toMatchObject({ state, busy: action !== 'monitor' });
  });

  it('S7 a stop that could not be proved never makes it stopped, and it may still run', () => {
    for (const outcome of [failed(), timeout, unknown, running]) {
      const life = lifeIn('running');
      run(life, 'stop', outcome, 100);
      expect(life.state).toBe('failed');
      expect(life.running).not.toBeNull();
    }
  });

  it('S7 a failed start may have left something behind', () => {
    const life = lifeIn('stopped');
    run(life, 'start', failed(), 100);
    expect(life.running).not.toBeNull();
  });

  it('a probe that found nothing out is repeated two seconds later', () => {
    const life = lifeIn('unknown');
    expect(run(life, 'probe', timeout, 100)).toEqual({
      level: 'warn',
      sentence: 'whether nginx runs could not be found out: no answer within 1 s',
    });
    expect(life.probeAtMs).toBe(2100);
  });

  it('a late monitor changes nothing of what is being stopped by now', () => {
    const life = lifeIn('running');
    const monitor = operationOf(life, 'monitor');
    beginOperation(life, operationOf(life, 'stop'), 0);
    finishOperation(life, monitor, running, 200);
    expect(life.state).toBe('stopping');
  });
});

describe('what was changed outside of the spec', () => {
  const enabled = 'enabled at boot';
  const driftOf = (life: ReturnType<typeof lifeIn>) => observeLife(life, 'lb1', 0).drift;

  it.each<[OperationAction, 'unknown' | 'stopped' | 'running', Outcome['kind']]>([
    ['probe', 'unknown', 'stopped'],
    ['probe', 'unknown', 'running'],
    ['start', 'stopped', 'done'],
    ['monitor', 'running', 'running'],
    ['stop', 'running', 'done'],
  ])('is told after a %s of what is %s', (action, before, kind) => {
    const life = lifeIn(before);
    run(life, action, { kind, drift: enabled } as Outcome, 0);
    expect(driftOf(life)).toBe(enabled);
  });

  it('is told until a look does not see it any more; one that finds nothing out changes nothing', () => {
    const life = lifeIn('running');
    run(life, 'monitor', { kind: 'running', drift: enabled }, 0);
    for (const outcome of [failed(), timeout, unknown]) run(life, 'monitor', outcome, 10);
    expect(driftOf(life)).toBe(enabled);
    run(life, 'monitor', running, 20);
    expect(driftOf(life)).toBeUndefined();
  });

  it('is the reason of a failure where the thing is gone, and nothing that lasts', () => {
    const life = lifeIn('running');
    run(life, 'monitor', { kind: 'stopped', drift: 'taken away by somebody else' }, 0);
    expect(observeLife(life, 'lb1', 0)).toMatchObject({
      state: 'stopped',
      reason: 'monitor failed: it was found stopped, taken away by somebody else',
    });
    expect(driftOf(life)).toBeUndefined();
  });
});

describe('how long starts and stops take', () => {
  const seen = (life: ReturnType<typeof lifeIn>) => {
    const { startTookMs, stopTookMs } = observeLife(life, 'lb1', 0);
    return { startTookMs, stopTookMs };
  };

  it('is told once one succeeded, and only then', () => {
    const life = lifeIn('stopped');
    run(life, 'start', failed(), 9000, 3000);
    expect(seen(life)).toEqual({ startTookMs: undefined, stopTookMs: undefined });
    run(life, 'start', done, 20_000, 1234);
    run(life, 'stop', timeout, 30_000, 2000);
    expect(seen(life)).toEqual({ startTookMs: 1300, stopTookMs: undefined });
    run(life, 'stop', done, 40_000, 87);
    expect(seen(life)).toEqual({ startTookMs: 1300, stopTookMs: 90 });
  });

  it('says nothing of a start that found it running, nor of a stop that found it stopped', () => {
    const life = lifeIn('stopped');
    run(life, 'start', running, 100, 1);
    run(life, 'stop', stopped, 200, 1);
    expect(seen(life)).toEqual({ startTookMs: undefined, stopTookMs: undefined });
  });

  it('stays as it was told while it changes by a quarter or less', () => {
    const life = lifeIn('stopped');
    const took = (tookMs: number) => {
      run(life, 'start', done, 10_000, tookMs);
      return observeLife(life, 'lb1', 0).startTookMs;
    };
    expect([1000, 1200, 760, 1300, 0, 61_234].map(took)).toEqual([1000, 1000, 1000, 1300, 10, 62_000]);
  });

  it('is forgotten when the resource becomes one of another type', () => {
    const life = lifeIn('stopped');
    run(life, 'start', done, 10_000, 500);
    redefineLife(
      life,
      { resource: { ...life.resource, timeouts: { startMs: 1, stopMs: 1, monitorMs: 1 } }, policy: life.policy },
      0,
    );
    expect(seen(life).startTookMs).toBe(500);
    redefineLife(life, { resource: { ...life.resource, type: 'systemd:nginx' }, policy: life.policy }, 0);
    expect(seen(life).startTookMs).toBeUndefined();
  });
});

describe('the definition of what runs', () => {
  it('is that with which it was started, until it is stopped', () => {
    const life = lifeIn('stopped');
    run(life, 'start', done, 0);
    life.resource = { ...life.resource, params: { start: 'nginx -g x' } };
    expect(life.running?.params).toEqual({ start: 'nginx' });
    run(life, 'stop', done, 10);
    expect(life.running).toBeNull();
  });

  it.each([
    ['a parameter differs', { params: { start: 'nginx', port: '80' } }, true],
    ['a list of arguments differs', { params: { start: ['nginx', '-q'] } }, true],
    ['the type differs', { type: 'systemd:nginx' }, true],
    ['only times and places differ', { timeouts: { startMs: 1, stopMs: 1, monitorMs: 1 }, monitors: [] }, undefined],
  ])('is outdated when %s', (_, change, outdated) => {
    const life = lifeIn('running');
    life.resource = { ...life.resource, ...change };
    expect(observeLife(life, 'lb1', 0).outdated).toBe(outdated);
  });
});
