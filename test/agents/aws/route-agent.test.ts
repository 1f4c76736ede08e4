import { beforeEach, describe, expect, it } from 'vitest';
import type { Ec2Server } from '../../aws/ec2-server.js';
import type { Ec2World } from '../../aws/ec2-world.js';
import type { RouteBench } from './route-bench.js';
import { CIDR, idOf, OTHER_TABLE, TABLE, useRouteBench } from './route-bench.js';
import type { TestNode } from './test-cloud.js';
import { asked as askedOf, expectUnknownUnanswered, LOOPBACK_MAC, once as onceAt } from './test-cloud.js';

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

describe('builtin:aws-route', () => {
  it('makes a route that is not there, sees it, and leaves it when it stops', async () => {
    expect(await run(a, 'probe')).toEqual({ kind: 'stopped' });
    asked();
    expect(await run(a, 'start')).toEqual({ kind: 'done' });
    expect(asked()).toEqual(['DescribeNetworkInterfaces', 'DescribeRouteTables', 'CreateRoute', 'DescribeRouteTables']);
    expect(target()).toBe(idOf(a));
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
    expect(await run(b, 'probe')).toEqual({ kind: 'stopped' });
    asked();
    expect(await run(a, 'stop')).toEqual({ kind: 'done' });
    expect(asked()).toEqual([]);
    expect(target()).toBe(idOf(a));
    expect(await run(a, 'monitor')).toEqual({ kind: 'stopped' });
  });

  it('is taken over by one change: read, replaced, and read again', async () => {
    await run(a, 'start');
    asked();
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(ec2.calls.slice(1)).toMatchObject([
      { action: 'DescribeRouteTables', query: { 'RouteTableId.1': TABLE } },
      {
        action: 'ReplaceRoute',
        query: { RouteTableId: TABLE, DestinationCidrBlock: CIDR, NetworkInterfaceId: idOf(b) },
      },
      { action: 'DescribeRouteTables' },
    ]);
    expect(target()).toBe(idOf(b));
    expect(await run(a, 'monitor')).toEqual({ kind: 'stopped' });
    expect(bench().log.sentences.at(-1)?.sentence).toBe(
      `${TABLE} leads ${CIDR} to ${idOf(a)} of i-000000000000000aa; it was taken from there`,
    );
  });

  it('is taken back by the one from whom it was just taken', async () => {
    await run(a, 'start');
    await run(b, 'start');
    await run(a, 'stop');
    expect(await run(a, 'start')).toEqual({ kind: 'done' });
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
    await run(b, 'stop');
    expect(await run(b, 'probe')).toEqual({ kind: 'stopped' });
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    point(idOf(a));
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(target()).toBe(idOf(b));
  });

  it('that somebody makes or removes between the look and the change is looked at anew', async () => {
    once('DescribeRouteTables', () => point(idOf(a)));
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(asked().slice(1)).toEqual([
      'DescribeRouteTables',
      'CreateRoute: RouteAlreadyExists',
      'DescribeRouteTables',
      'ReplaceRoute',
      'DescribeRouteTables',
    ]);
    once('DescribeRouteTables', () => {
      world.answer('DeleteRoute', { RouteTableId: TABLE, DestinationCidrBlock: CIDR });
    });
    expect(await run(a, 'start')).toEqual({ kind: 'done' });
    expect(asked().slice(1)).toEqual([
      'DescribeRouteTables',
      'ReplaceRoute: InvalidParameterValue',
      'DescribeRouteTables',
      'CreateRoute',
      'DescribeRouteTables',
    ]);
  });

  it('that is taken right after its start is a failed start', async () => {
    once('CreateRoute', () => point(idOf(a)));
    expect(await run(b, 'start')).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: `${TABLE} leads ${CIDR} to ${idOf(a)} of i-000000000000000aa: it was changed by somebody else right after its start`,
    });
  });

  it('of a daemon that began anew is found where it is, and after a boot it is nobody’s', async () => {
    await run(a, 'start');
    expect(await run(bench().restarted(a), 'probe')).toEqual({ kind: 'running' });
    expect(await run(rebooted(a), 'probe')).toEqual({ kind: 'stopped' });
    expect(await run(rebooted(a), 'start')).toEqual({ kind: 'done' });
  });

  it.each(['probe', 'monitor'] as const)('is unknown to a %s while EC2 cannot be asked, and never stopped', (action) =>
    expectUnknownUnanswered(ec2, {
      look: (timeoutMs) => run(a, action, { timeoutMs }),
      action: 'DescribeRouteTables',
    }),
  );

  it('is started through throttling, errors and lost answers, with a look before each change', async () => {
    await run(a, 'start');
    ec2.inject({ kind: 'throttle', action: 'DescribeRouteTables' });
    ec2.inject({ kind: 'broken', action: 'ReplaceRoute' });
    ec2.inject({ kind: 'lose', action: 'ReplaceRoute' });
    asked();
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(asked().slice(1)).toEqual([
      'DescribeRouteTables: RequestLimitExceeded',
      'DescribeRouteTables',
      'ReplaceRoute: InternalError',
      'DescribeRouteTables',
      'ReplaceRoute: lose',
      'DescribeRouteTables',
      'ReplaceRoute',
      'DescribeRouteTables',
    ]);
    expect(target()).toBe(idOf(b));
  });

  it.each([
    ['throttle', { kind: 'failed', class: 'soft', reason: expect.stringMatching(/^EC2 throttles CreateRoute/) }],
    ['hang', { kind: 'unknown', reason: expect.stringMatching(/^EC2 gave no answer to CreateRoute/) }],
  ] as const)('whose change comes to nothing (%s) until the time is up is not done', async (kind, outcome) => {
    ec2.inject({ kind, action: 'CreateRoute', times: Number.POSITIVE_INFINITY });
    expect(await run(a, 'start', { timeoutMs: 2500 })).toMatchObject(outcome);
    expect(target()).toBeNull();
  });

  it('is looked at again while reads are behind its own change', async () => {
    await run(a, 'start');
    ec2.staleReads = 2;
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
    ec2.staleReads = Number.POSITIVE_INFINITY;
    expect(await run(a, 'monitor', { timeoutMs: 1500 })).toEqual({
      kind: 'unknown',
      reason: `EC2 still shows the route to ${CIDR} as it was before this node changed it`,
    });
    ec2.staleReads = 0;
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
  });

  it('is done when EC2 says so, although reads are behind', async () => {
    await run(a, 'start');
    once('ReplaceRoute', () => {
      ec2.staleReads = Number.POSITIVE_INFINITY;
    });
    expect(await run(b, 'start', { timeoutMs: 2500 })).toEqual({ kind: 'done' });
  });

  it('is written also where a read says that it leads here already, since that may be an old one', async () => {
    await run(b, 'start');
    await run(a, 'start');
    ec2.staleReads = 1;
    asked();
    expect(await run(bench().restarted(b), 'start')).toEqual({ kind: 'done' });
    expect(asked().slice(1)).toEqual(['DescribeRouteTables', 'ReplaceRoute', 'DescribeRouteTables']);
    expect(target()).toBe(idOf(b));
  });

  it('is failed where EC2 denies a change, on this node only, with what to grant', async () => {
    ec2.denied.add('CreateRoute');
    expect(await run(a, 'start')).toMatchObject({
      kind: 'failed',
      class: 'node',
      reason: expect.stringMatching(
        /^this node may not do ec2:CreateRoute \(UnauthorizedOperation: .*docs\/agents\.md/,
      ),
    });
  });

  it('in a table that does not exist cannot be started anywhere, and is no proof of anything to a look', async () => {
    const params = { routeTableIds: [TABLE, 'rtb-0123456789abcdeff'] };
    expect(await run(a, 'start', { params })).toMatchObject({
      kind: 'failed',
      class: 'fatal',
      reason: expect.stringMatching(/InvalidRouteTableID\.NotFound: The routeTable ID 'rtb-0123456789abcdeff'/),
    });
    expect(await run(a, 'probe', { params })).toMatchObject({ kind: 'unknown' });
    expect(target()).toBeNull();
  });

  it('in several tables is one thing: all lead here, or it is not well', async () => {
    const params = { routeTableIds: [TABLE, OTHER_TABLE] };
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(world.routeOf(OTHER_TABLE, CIDR)).toBe(idOf(a));
    expect(await run(a, 'monitor', { params })).toEqual({ kind: 'running' });
    point(idOf(b), OTHER_TABLE);
    expect(await run(a, 'monitor', { params })).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: `${OTHER_TABLE} leads ${CIDR} to ${idOf(b)} of i-000000000000000bb, and belongs on ${idOf(a)}`,
    });
    point(idOf(b), TABLE);
    expect(await run(a, 'monitor', { params })).toEqual({ kind: 'stopped' });
  });

  it.each([
    { at: 'the primary interface', place: 0 },
    { at: 'a device', place: 1, interface: 'lo' },
    { at: 'a MAC address', place: 1, interface: LOOPBACK_MAC },
  ])('leads to $at', async ({ place, interface: at }) => {
    const params = at === undefined ? {} : { interface: at };
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(target()).toBe(idOf(a, place));
    expect(await run(a, 'monitor', { params })).toEqual({ kind: 'running' });
  });

  it('that leads to another interface of this instance is in the wrong place, and is put right', async () => {
    await run(a, 'start');
    const params = { interface: 'lo' };
    expect(await run(a, 'monitor', { params })).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: `${TABLE} leads ${CIDR} to ${idOf(a)} of i-000000000000000aa, and belongs on ${idOf(a, 1)}`,
    });
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(target()).toBe(idOf(a, 1));
  });

  it('cannot be started on a node without its interface, and is stopped there', async () => {
    const params = { interface: 'nothere0' };
    expect(await run(a, 'start', { params })).toMatchObject({
      kind: 'failed',
      class: 'node',
      reason: 'this node has no interface "nothere0"',
    });
    expect(await run(a, 'probe', { params })).toEqual({ kind: 'stopped' });
  });

  it('is made for IPv6 as well, however the destination is written', async () => {
    const cidr = '2001:db8::50/128';
    const params = { destinationCidr: '2001:DB8:0::50/128' };
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(world.routeOf(TABLE, cidr)).toBe(idOf(a));
    expect(await run(a, 'monitor', { params })).toEqual({ kind: 'running' });
  });

  it('changes nothing without a lease, however far a start had come', async () => {
    const params = { routeTableIds: [TABLE, OTHER_TABLE] };
    let isHeld = true;
    once('CreateRoute', () => {
      isHeld = false;
    });
    await run(a, 'start', { params, isPermitted: () => isHeld });
    expect(asked().slice(1)).toEqual(['DescribeRouteTables', 'CreateRoute']);
    expect(world.routeOf(OTHER_TABLE, CIDR)).toBeNull();
  });

  it('ends at once when the operation is cancelled', async () => {
    ec2.inject({ kind: 'hang', action: 'CreateRoute' });
    const cancel = new AbortController();
    once('CreateRoute', () => cancel.abort());
    expect(await run(a, 'start', { signal: cancel.signal })).toMatchObject({
      kind: 'unknown',
      reason: 'the operation was cancelled',
    });
  });
});
