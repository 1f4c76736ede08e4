import { beforeEach, describe, expect, it } from 'vitest';
import { resource } from '../harness/operation.js';
import { until } from '../harness/until.js';
import type { Ec2Server } from '../../aws/ec2-server.js';
import type { Ec2World } from '../../aws/ec2-world.js';
import type { RouteBench } from './route-bench.js';
import { CIDR, idOf, NAT, OTHER_TABLE, TABLE, useRouteBench } from './route-bench.js';
import type { TestNode } from './test-cloud.js';
import { asked as askedOf, LOOPBACK_MAC, once as onceAt } from './test-cloud.js';

const bench = useRouteBench();
let world: Ec2World;
let ec2: Ec2Server;
let a: TestNode;
let b: TestNode;
let run: RouteBench['run'];
let point: RouteBench['point'];
let target: RouteBench['target'];
let rebooted: RouteBench['rebooted'];
beforeEach(() => {
  ({ world, ec2, a, b, run, point, target, rebooted } = bench());
});
const asked = (): string[] => askedOf(ec2);
const once = (action: string, then: () => void): void => onceAt(ec2, action, then);

describe('what a route leads to before it is taken', () => {
  it('is not lost when it is none of what `takeFrom` names', async () => {
    point(NAT);
    asked();
    const refusal = {
      kind: 'failed',
      class: 'node',
      reason: `${TABLE} leads ${CIDR} to ${NAT}, from which \`takeFrom\` does not let it be taken; name that there, or change the route by hand`,
    };
    expect(await run(a, 'start')).toMatchObject(refusal);
    expect(await run(a, 'start', { params: { takeFrom: ['interfaces', 'nat-0123456789abcdef1'] } })).toMatchObject(
      refusal,
    );
    expect(asked()).not.toContain('ReplaceRoute');
    expect(await run(a, 'start', { params: { takeFrom: ['interfaces', NAT] } })).toEqual({ kind: 'done' });
  });

  it.each([
    { takeFrom: 'anything', from: NAT },
    { takeFrom: 'interfaces', from: 'b' },
    { takeFrom: 'i-000000000000000bb', from: 'b' },
  ])('is lost when it is named: $takeFrom', async ({ takeFrom, from }) => {
    point(from === 'b' ? idOf(b) : from);
    expect(await run(a, 'start', { params: { takeFrom } })).toEqual({ kind: 'done' });
    expect(target()).toBe(idOf(a));
  });

  it('is no matter when it is gone', async () => {
    point(idOf(b));
    const params = { takeFrom: 'i-000000000000000cc' };
    expect(await run(a, 'start', { params })).toMatchObject({ kind: 'failed', class: 'node' });
    world.terminate('i-000000000000000bb');
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
  });

  it('is judged for all tables before any is changed', async () => {
    point(NAT, OTHER_TABLE);
    await run(a, 'start', { params: { routeTableIds: [TABLE, OTHER_TABLE] } });
    expect(target()).toBeNull();
  });

  it('may be what a gateway propagates: a route of its own goes before that', async () => {
    const propagated = { cidr: CIDR, targetId: 'vgw-00000001', origin: 'EnableVgwRoutePropagation' };
    world.addRouteTable('rtb-00000001', [propagated]);
    const params = { routeTableIds: 'rtb-00000001' };
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(world.routeOf('rtb-00000001', CIDR)).toBe(idOf(a));
    expect(await run(a, 'monitor', { params })).toEqual({ kind: 'running' });
  });
});

describe('a stop that deletes the route', () => {
  const params = { onStop: 'delete' };

  it('deletes it where it leads here, and proves it', async () => {
    await run(a, 'start', { params });
    asked();
    expect(await run(a, 'stop', { params })).toEqual({ kind: 'done' });
    expect(asked()).toEqual(['DescribeRouteTables', 'DeleteRoute', 'DescribeRouteTables']);
    expect(target()).toBeNull();
    expect(await run(a, 'monitor', { params })).toEqual({ kind: 'stopped' });
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
  });

  it('leaves what leads to a peer, and finds what an earlier boot left here', async () => {
    await run(a, 'start', { params });
    expect(await run(rebooted(a), 'probe', { params })).toEqual({ kind: 'running' });
    await run(b, 'start', { params });
    expect(await run(a, 'stop', { params })).toEqual({ kind: 'done' });
    expect(target()).toBe(idOf(b));
  });

  it('looks again before each try, so that it hits nobody who took it meanwhile', async () => {
    await run(a, 'start', { params });
    ec2.inject({ kind: 'throttle', action: 'DeleteRoute' });
    once('DeleteRoute', () => point(idOf(b)));
    asked();
    expect(await run(a, 'stop', { params })).toEqual({ kind: 'done' });
    expect(asked()).toEqual(['DescribeRouteTables', 'DeleteRoute: RequestLimitExceeded', 'DescribeRouteTables']);
    expect(target()).toBe(idOf(b));
  });

  it('that EC2 does not answer is not stopped', async () => {
    await run(a, 'start', { params });
    ec2.inject({ kind: 'hang', action: 'DeleteRoute' });
    expect(await run(a, 'stop', { params, timeoutMs: 400 })).toMatchObject({ kind: 'unknown' });
    ec2.inject({ kind: 'drop', action: 'DescribeRouteTables', times: Number.POSITIVE_INFINITY });
    expect(await run(a, 'stop', { params, timeoutMs: 400 })).toMatchObject({ kind: 'unknown' });
    ec2.heal();
    expect(await run(a, 'stop', { params })).toEqual({ kind: 'done' });
    expect(target()).toBeNull();
  });

  it('is done when EC2 says so, although reads are behind', async () => {
    await run(a, 'start', { params });
    once('DeleteRoute', () => {
      ec2.staleReads = Number.POSITIVE_INFINITY;
    });
    expect(await run(a, 'stop', { params, timeoutMs: 2500 })).toEqual({ kind: 'done' });
    expect(target()).toBeNull();
  });
});

describe('the source/destination check of the interface', () => {
  const isChecked = (): boolean | undefined => a.interfaces[1]?.sourceDestCheck;
  const at = { interface: LOOPBACK_MAC };
  beforeEach(() => {
    bench().check(idOf(a, 1), true);
    asked();
  });

  it('is told of instead of a route that would lead nowhere', async () => {
    expect(await run(a, 'start', { params: at })).toMatchObject({
      kind: 'failed',
      class: 'node',
      reason: `${idOf(a, 1)} checks source and destination, so it drops what the route sends there; switch its source/destination check off, or write \`sourceDestCheck: disable\``,
    });
    expect(asked()).toEqual(['DescribeNetworkInterfaces']);
  });

  it('is switched off where that is wanted, once', async () => {
    const params = { ...at, sourceDestCheck: 'disable' };
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(isChecked()).toBe(false);
    asked();
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(asked()).not.toContain('ModifyNetworkInterfaceAttribute');
    ec2.denied.add('DescribeNetworkInterfaces').add('ModifyNetworkInterfaceAttribute');
    expect(await run(a, 'start', { params })).toMatchObject({
      kind: 'failed',
      class: 'node',
      reason: expect.stringMatching(/^this node may not do ec2:ModifyNetworkInterfaceAttribute/),
    });
  });

  it('is not asked for where it is to be ignored', async () => {
    const params = { ...at, sourceDestCheck: 'ignore' };
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(asked()).not.toContain('DescribeNetworkInterfaces');
  });

  it('that cannot be found out stops nobody, and is told', async () => {
    ec2.denied.add('DescribeNetworkInterfaces');
    expect(await run(a, 'start', { params: at })).toEqual({ kind: 'done' });
    expect(bench().log.sentences).toContainEqual({
      level: 'warn',
      sentence: expect.stringMatching(
        /^whether eni-\w+ checks source and destination could not be found out: this node may not/,
      ),
    });
  });

  it('is read ahead, while the lease of the last owner ends', async () => {
    bench().check(idOf(a, 1), false);
    const { signal } = new AbortController();
    const params = { routeTableIds: TABLE, destinationCidr: CIDR, endpoint: ec2.url, ...at };
    a.agent.prepare?.(resource('builtin:aws-route', params), { signal, log: bench().log });
    await until('the read', () => ec2.calls.length > 0);
    expect(await run(a, 'start', { params: at })).toEqual({ kind: 'done' });
    expect(asked()).toEqual(['DescribeNetworkInterfaces', 'DescribeRouteTables', 'CreateRoute', 'DescribeRouteTables']);
  });
});
