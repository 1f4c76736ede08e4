import { expect, test } from 'vitest';
import { whatIsLeft } from '../../src/cli/converged.js';
import {
  degradedStatus,
  groupStatus,
  healthyStatus,
  movingStatus,
  partitionStatus,
} from '../control/status-specimens.js';

test('a cluster at rest has nothing left to do', () => {
  expect(whatIsLeft(healthyStatus())).toBeNull();
});

test('a silent node and an old failure do not keep a cluster from rest', () => {
  expect(whatIsLeft(degradedStatus())).toBeNull();
});

test('a group on its way does', () => {
  expect(whatIsLeft(movingStatus())).toContain('web moves from lb1 to lb2');
});

test('a lost majority does', () => {
  expect(whatIsLeft(partitionStatus())).toBe('no majority of the voters answers lb1');
});

test('a group that is to be stopped is at rest once it is', () => {
  const stopped = groupStatus({ desired: 'stopped', state: 'stopped', node: null });
  expect(whatIsLeft({ ...healthyStatus(), groups: [stopped] })).toBeNull();
  expect(
    whatIsLeft({ ...healthyStatus(), groups: [{ ...stopped, state: 'stopping', sentence: 'web is stopping' }] }),
  ).toBe('web is stopping');
});

test('voters that are still changing do', () => {
  const sentence = 'the voters change from lb1, lb2, wit to lb1, lb2, lb3';
  const condition = { kind: 'voters-changed', severity: 'info', sentence, ageMs: 0 } as const;
  expect(whatIsLeft({ ...healthyStatus(), conditions: [condition] })).toBe(sentence);
});

test('an action of the plan does', () => {
  const { plan } = movingStatus();
  expect(whatIsLeft({ ...healthyStatus(), plan })).toBe('stop vip on lb1 is still to be done');
});
