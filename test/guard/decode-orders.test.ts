import { describe, expect, it } from 'vitest';
import { decodeGuardOrders } from '../../src/guard/decode-orders.js';
import type { GuardOrders } from '../../src/model/guard-orders.js';
import { killPathOf } from '../../src/model/kill-path.js';

const ORDERS: GuardOrders = {
  version: 1,
  leases: [
    {
      key: 'web',
      epoch: 7,
      state: 'own',
      validUntilMs: 1000,
      deadByMs: 3000,
      members: [
        { resource: 'app', path: { kind: 'process' } },
        { resource: 'nginx', path: { kind: 'unit', type: 'systemd:nginx' } },
        { resource: 'vip', path: { kind: 'address', params: { address: '10.0.0.1/24', interface: 'eth0' } } },
        { resource: 'mark', path: { kind: 'noop' } },
      ],
      withoutKillPath: ['db'],
    },
  ],
  watchdog: { device: '/dev/watchdog0', timeoutMs: 10_000 },
  lookEveryMs: 250,
  isOver: false,
};

describe('orders to a guard', () => {
  it('are read as they were written', () => {
    expect(decodeGuardOrders(JSON.stringify(ORDERS))).toEqual(ORDERS);
  });

  const [lease] = ORDERS.leases;
  it.each([
    ['nothing', null],
    ['a text cut short', '{"version":1'],
    ['another version', JSON.stringify({ ...ORDERS, version: 2 })],
    ['a deadline before the end of the lease', JSON.stringify({ ...ORDERS, leases: [{ ...lease, deadByMs: 1 }] })],
    ['a lease without members', JSON.stringify({ ...ORDERS, leases: [{ ...lease, members: undefined }] })],
    [
      'a kill path of a later version',
      JSON.stringify({ ...ORDERS, leases: [{ ...lease, members: [{ resource: 'x', path: { kind: 'container' } }] }] }),
    ],
    ['no time between looks', JSON.stringify({ ...ORDERS, lookEveryMs: 0 })],
  ])('are none when they are %s', (_, text) => {
    expect(decodeGuardOrders(text)).toBeNull();
  });
});

describe('the kill path', () => {
  it.each([
    ['script', { run: ['sleep', '9'], environment: ['PASSWORD=x'] }, { kind: 'process' }],
    ['script', { start: ['a'], stop: ['b'], monitor: ['c'] }, null],
    ['systemd:nginx', {}, { kind: 'unit', type: 'systemd:nginx' }],
    ['builtin:vip', { address: '10.0.0.1/24', label: 'x' }, { kind: 'address', params: { address: '10.0.0.1/24' } }],
    ['builtin:noop', {}, { kind: 'noop' }],
    ['ocf:heartbeat:IPaddr2', { ip: '10.0.0.1' }, null],
    ['lsb:nginx', {}, null],
    ['builtin:aws-eip', {}, null],
  ] as const)('of %s with %j is %j', (type, params, expected) => {
    expect(killPathOf({ type, params })).toEqual(expected);
  });
});
