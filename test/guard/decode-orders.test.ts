import { describe, expect, it } from 'vitest';
import { decodeGuardOrders, reopenedOrders } from '../../src/guard/decode-orders.js';
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
      stops: [
        {
          resource: 'db',
          type: 'script',
          params: { stop: ['pg_ctl', 'stop'], directory: '/srv' },
          timeoutMs: 20_000,
          membersBefore: 4,
        },
      ],
      withoutKillPath: ['db'],
    },
  ],
  watchdog: { device: '/dev/watchdog0', timeoutMs: 10_000 },
  lookEveryMs: 250,
  isOver: false,
};

describe('orders to a guard', () => {
  it('of a daemon that was over are reopened for one that begins, so that its guard does not end at once', () => {
    const reopened = reopenedOrders({ ...ORDERS, leases: [], isOver: true });
    expect(decodeGuardOrders(reopened)).toEqual({ ...ORDERS, leases: [] });
    for (const text of [JSON.stringify(ORDERS), 'no orders', null])
      expect(reopenedOrders(decodeGuardOrders(text))).toBeNull();
  });

  it('are read as they were written', () => {
    expect(decodeGuardOrders(JSON.stringify(ORDERS))).toEqual(ORDERS);
  });

  const [lease] = ORDERS.leases;
  it('of an earlier version, which name no stops, are read too', () => {
    const { stops: _, ...old } = lease ?? { stops: [] };
    expect(decodeGuardOrders(JSON.stringify({ ...ORDERS, leases: [old] }))?.leases).toEqual([{ ...old, stops: [] }]);
  });

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
    [
      'a stop without its type',
      JSON.stringify({ ...ORDERS, leases: [{ ...lease, stops: [{ ...lease?.stops[0], type: undefined }] }] }),
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
    ['ocf:heartbeat:IPaddr2', { ip: '10.0.0.1' }, { kind: 'address', params: { address: '10.0.0.1' } }],
    [
      'ocf:heartbeat:IPaddr2',
      { ip: 'fd00::1', cidr_netmask: '64', nic: 'eth0:web' },
      { kind: 'address', params: { address: 'fd00::1', interface: 'eth0' } },
    ],
    ['ocf:heartbeat:IPaddr2', { ip: '10.0.0.1', network_namespace: 'blue' }, null],
    ['ocf:heartbeat:IPaddr2', { ip: '10.0.0.1', unique_clone_address: 'true' }, null],
    ['ocf:heartbeat:IPaddr2', { ip: 'web.example.org' }, null],
    ['ocf:heartbeat:IPaddr', { ip: '10.0.0.1' }, { kind: 'address', params: { address: '10.0.0.1' } }],
    ['ocf:heartbeat:IPv6addr', { ipv6addr: 'fd00::1/64' }, { kind: 'address', params: { address: 'fd00::1/64' } }],
    ['ocf:heartbeat:nginx', { ip: '10.0.0.1' }, null],
    ['lsb:nginx', {}, null],
    ['builtin:aws-eip', {}, null],
  ] as const)('of %s with %j is %j', (type, params, expected) => {
    expect(killPathOf({ type, params })).toEqual(expected);
  });
});
