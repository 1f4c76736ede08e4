import { beforeEach, describe, expect, it } from 'vitest';
import { callEc2 } from '../../../src/agents/aws/ec2-client.js';
import { privateIpAgent } from '../../../src/agents/aws/private-ip-agent.js';
import { readPrivateIpParameters } from '../../../src/agents/aws/private-ip-parameters.js';
import type { OperationAction, Outcome } from '../../../src/model/operation.js';
import type { Ec2Server } from '../../aws/ec2-server.js';
import type { Ec2World } from '../../aws/ec2-world.js';
import { rememberingLog } from '../harness/operation.js';
import type { CallOptions, TestNode } from './test-cloud.js';
import {
  asked as askedOf,
  awsNodeAt,
  callFor,
  expectUnknownUnanswered,
  LOOPBACK_MAC,
  once as onceAt,
  useTestCloud,
} from './test-cloud.js';

const IP = '10.0.1.50';

const cloud = useTestCloud((node) => privateIpAgent({ call: callEc2, node }));
let log = rememberingLog();
let world: Ec2World;
let ec2: Ec2Server;
let a: TestNode;
let b: TestNode;
beforeEach(() => {
  ({ world, ec2, a, b } = cloud());
  log = rememberingLog();
});

function run(
  on: Pick<TestNode, 'agent'>,
  action: Exclude<OperationAction, 'reload'>,
  options: Partial<CallOptions> = {},
): Promise<Outcome> {
  const { params = {}, ...rest } = options;
  const all = { privateIp: IP, endpoint: ec2.url, ...params };
  return on.agent[action](callFor({ action, type: 'builtin:aws-private-ip', log, ...rest, params: all }));
}

const idOf = ({ interfaces }: TestNode, place = 0): string => interfaces[place]?.id ?? '';
const holder = (ip = IP): string | null =>
  world.interfaces.find(({ privateIps }) => privateIps.includes(ip))?.id ?? null;
const asked = (): string[] => askedOf(ec2);
const once = (action: string, then: () => void): void => onceAt(ec2, action, then);
const restarted = ({ metadata }: TestNode): Pick<TestNode, 'agent'> => ({
  agent: privateIpAgent({ call: callEc2, node: awsNodeAt(metadata) }),
});

/** Somebody else moves the address. */
function move(to: string): void {
  const query = { NetworkInterfaceId: to, 'PrivateIpAddress.1': IP, AllowReassignment: 'true' };
  world.answer('AssignPrivateIpAddresses', query);
}

describe('builtin:aws-private-ip', () => {
  it('takes a free address, sees it, and gives it up', async () => {
    expect(await run(a, 'probe')).toEqual({ kind: 'stopped' });
    asked();
    expect(await run(a, 'start')).toEqual({ kind: 'done' });
    expect(ec2.calls).toMatchObject([
      { action: 'DescribeNetworkInterfaces' },
      { action: 'AssignPrivateIpAddresses', query: { NetworkInterfaceId: idOf(a), AllowReassignment: 'false' } },
      { action: 'DescribeNetworkInterfaces' },
    ]);
    expect(holder()).toBe(idOf(a));
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
    expect(await run(b, 'probe')).toEqual({ kind: 'stopped' });
    asked();
    expect(await run(a, 'stop')).toEqual({ kind: 'done' });
    expect(asked()).toEqual(['UnassignPrivateIpAddresses', 'DescribeNetworkInterfaces']);
    expect(holder()).toBeNull();
    expect(await run(a, 'monitor')).toEqual({ kind: 'stopped' });
  });

  it('is moved in one request from the interface that was seen to have it', async () => {
    await run(a, 'start');
    asked();
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(ec2.calls).toMatchObject([
      { action: 'DescribeNetworkInterfaces' },
      { action: 'AssignPrivateIpAddresses', query: { NetworkInterfaceId: idOf(b), AllowReassignment: 'true' } },
      { action: 'DescribeNetworkInterfaces' },
    ]);
    expect(holder()).toBe(idOf(b));
    expect(await run(a, 'monitor')).toEqual({ kind: 'stopped' });
    expect(log.sentences.at(-1)?.sentence).toBe(`${IP} was taken from ${idOf(a)} of i-000000000000000aa`);
    expect(await run(a, 'stop')).toEqual({ kind: 'done' });
    expect(holder()).toBe(idOf(b));
    expect(await run(a, 'start')).toEqual({ kind: 'done' });
    expect(holder()).toBe(idOf(a));
  });

  it('that somebody took between the look and the request is looked at anew', async () => {
    once('DescribeNetworkInterfaces', () => move(idOf(a)));
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(asked()).toEqual([
      'DescribeNetworkInterfaces',
      'AssignPrivateIpAddresses: InvalidParameterValue',
      'DescribeNetworkInterfaces',
      'AssignPrivateIpAddresses',
      'DescribeNetworkInterfaces',
    ]);
  });

  it('is started through throttling, errors and lost answers, with a look before each try', async () => {
    await run(a, 'start');
    ec2.inject({ kind: 'throttle', action: 'DescribeNetworkInterfaces' });
    ec2.inject({ kind: 'broken', action: 'AssignPrivateIpAddresses' });
    ec2.inject({ kind: 'lose', action: 'AssignPrivateIpAddresses' });
    asked();
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(asked().filter((each) => each.startsWith('Assign'))).toEqual([
      'AssignPrivateIpAddresses: InternalError',
      'AssignPrivateIpAddresses: lose',
      // It is there by then, and a refusal with a look after it is as good as a yes.
      'AssignPrivateIpAddresses: InvalidParameterValue',
    ]);
    expect(holder()).toBe(idOf(b));
    expect(await run(b, 'stop')).toEqual({ kind: 'done' });
  });

  it('that is taken right after its start is a failed start', async () => {
    once('AssignPrivateIpAddresses', () => move(idOf(b)));
    expect(await run(a, 'start')).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: `${IP} is on ${idOf(b)} of i-000000000000000bb: it was changed by somebody else right after its start`,
    });
  });

  it.each(['probe', 'monitor', 'stop'] as const)('is unknown to a %s while EC2 cannot be asked', (action) =>
    expectUnknownUnanswered(ec2, {
      look: (timeoutMs) => run(a, action, { timeoutMs }),
      action: 'DescribeNetworkInterfaces',
    }),
  );

  it('whose stop EC2 does not answer is not stopped', async () => {
    await run(a, 'start');
    ec2.inject({ kind: 'hang', action: 'UnassignPrivateIpAddresses' });
    expect(await run(a, 'stop', { timeoutMs: 400 })).toMatchObject({ kind: 'unknown' });
    expect(holder()).toBe(idOf(a));
    expect(await run(restarted(a), 'probe')).toEqual({ kind: 'running' });
    expect(await run(restarted(a), 'stop')).toEqual({ kind: 'done' });
    expect(holder()).toBeNull();
  });

  it('is looked at again while reads are behind its own change, and then not known', async () => {
    await run(a, 'start');
    ec2.staleReads = 2;
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
    ec2.staleReads = Number.POSITIVE_INFINITY;
    expect(await run(a, 'monitor', { timeoutMs: 1500 })).toEqual({
      kind: 'unknown',
      reason: `EC2 still shows ${IP} as it was before this node changed it`,
    });
    expect(await run(a, 'stop', { timeoutMs: 2500 })).toEqual({ kind: 'done' });
    expect(holder()).toBeNull();
  });

  it.each([
    ['AssignPrivateIpAddresses is denied', {}, 'node', /^this node may not do ec2:AssignPrivateIpAddresses/],
    ['it is outside of the subnet', { privateIp: '10.0.9.50' }, 'node', /does not fall within the subnet/],
    [
      'it is the primary address of a peer',
      { privateIp: '10.0.1.12' },
      'fatal',
      /^10\.0\.1\.12 is the primary address of eni-\w+ of i-0+bb, which EC2 never moves/,
    ],
    [
      'it is the primary address of this node',
      { privateIp: '10.0.1.11' },
      'fatal',
      /^10\.0\.1\.11 is the primary address/,
    ],
    ['there is no such interface', { interface: 'nothere0' }, 'node', /^this node has no interface "nothere0"$/],
  ] as const)('cannot be started where %s', async (_, params, failureClass, reason) => {
    if (Object.keys(params).length === 0) ec2.denied.add('AssignPrivateIpAddresses');
    expect(await run(a, 'start', { params })).toMatchObject({
      kind: 'failed',
      class: failureClass,
      reason: expect.stringMatching(reason),
    });
  });

  it('is not pushed beyond the limit of an interface, and leaves primary addresses alone', async () => {
    for (const ip of ['10.0.1.61', '10.0.1.62', '10.0.1.63']) {
      const query = { NetworkInterfaceId: idOf(a), 'PrivateIpAddress.1': ip };
      world.answer('AssignPrivateIpAddresses', query);
    }
    expect(await run(a, 'start')).toMatchObject({
      kind: 'failed',
      class: 'node',
      reason: expect.stringMatching(/^AssignPrivateIpAddresses would exceed a limit of EC2 \(PrivateIpAddressLimit/),
    });
    const params = { privateIp: '10.0.1.11' };
    expect(await run(a, 'stop', { params })).toEqual({ kind: 'done' });
    expect(holder('10.0.1.11')).toBe(idOf(a));
  });

  it('goes to the interface that is named, and is told of on another one of the instance', async () => {
    const ip = '10.0.2.50';
    const params = { privateIp: ip, interface: LOOPBACK_MAC };
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(holder(ip)).toBe(idOf(a, 1));
    expect(await run(a, 'monitor', { params: { ...params, interface: 'lo' } })).toEqual({ kind: 'running' });
  });

  it('is done although the instance is not told of it in time, with a warning', async () => {
    a.metadata.notTold.add(IP);
    expect(await run(a, 'start', { timeoutMs: 2500 })).toEqual({ kind: 'done' });
    const sentence = `EC2 assigned ${IP}, and the instance is not told of it yet`;
    expect(log.sentences).toContainEqual({ level: 'warn', sentence });
  });

  it('changes nothing without a lease, and ends when it is cancelled', async () => {
    await run(a, 'start', { isPermitted: () => false });
    expect(asked()).toEqual(['DescribeNetworkInterfaces']);
    const cancel = new AbortController();
    once('DescribeNetworkInterfaces', () => cancel.abort());
    expect(await run(a, 'start', { signal: cancel.signal })).toMatchObject({
      kind: 'unknown',
      reason: 'the operation was cancelled',
    });
    expect(holder()).toBeNull();
  });

  it.each([
    [{}, /^"privateIp" must be a private IPv4 address/],
    [{ privateIp: 'fd00::1' }, /^"privateIp" must be/],
    [{ privateIp: IP, region: 'Virginia' }, /^"region" must be/],
    [{ privateIp: IP, interface: ['eth0'] }, /^"interface" must be/],
  ])('refuses parameters that mean nothing: %j', (params, reason) => {
    expect(readPrivateIpParameters({ params })).toEqual(expect.stringMatching(reason));
  });
});
