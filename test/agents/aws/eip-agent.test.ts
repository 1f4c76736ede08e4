import { beforeEach, describe, expect, it } from 'vitest';
import { callEc2 } from '../../../src/agents/aws/ec2-client.js';
import { eipAgent } from '../../../src/agents/aws/eip-agent.js';
import type { OperationAction, Outcome } from '../../../src/model/operation.js';
import type { Ec2Server } from '../../aws/ec2-server.js';
import type { CloudInterface } from '../../aws/ec2-state.js';
import type { Ec2World } from '../../aws/ec2-world.js';
import { rememberingLog, resource } from '../harness/operation.js';
import { until } from '../harness/until.js';
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

const EIP = 'eipalloc-0123456789abcdef0';
const PUBLIC = '203.0.113.7';

const cloud = useTestCloud((node) => eipAgent({ call: callEc2, node }));
const log = rememberingLog();
let world: Ec2World;
let ec2: Ec2Server;
let a: TestNode;
let b: TestNode;
beforeEach(() => {
  ({ world, ec2, a, b } = cloud());
  world.addAddress(EIP, PUBLIC);
  world.addAddress('eipalloc-0123456789abcdef1', '203.0.113.70');
});

function run(
  on: Pick<TestNode, 'agent'>,
  action: Exclude<OperationAction, 'reload'>,
  options: Partial<CallOptions> = {},
): Promise<Outcome> {
  const { params = { allocationId: EIP }, ...rest } = options;
  const type = 'builtin:aws-eip';
  return on.agent[action](callFor({ action, type, log, ...rest, params: { endpoint: ec2.url, ...params } }));
}

/** The agent of a daemon that began anew on a node. */
function restarted({ metadata }: TestNode): Pick<TestNode, 'agent'> {
  return { agent: eipAgent({ call: callEc2, node: awsNodeAt(metadata) }) };
}

const holder = (): string | null => world.associationOf(EIP)?.interfaceId ?? null;
const asked = (): string[] => askedOf(ec2);
const once = (action: string, then: () => void): void => onceAt(ec2, action, then);

describe('builtin:aws-eip', () => {
  it('takes a free address, sees it, and gives it up', async () => {
    expect(await run(a, 'probe')).toEqual({ kind: 'stopped' });
    expect(await run(a, 'start')).toEqual({ kind: 'done' });
    expect(holder()).toBe(a.interfaces[0]?.id);
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
    expect(await run(b, 'probe')).toEqual({ kind: 'stopped' });
    expect(await run(a, 'stop')).toEqual({ kind: 'done' });
    expect(holder()).toBeNull();
    expect(await run(a, 'monitor')).toEqual({ kind: 'stopped' });
  });

  it('is taken over by removing the association that was seen and making one that must be the only one', async () => {
    await run(a, 'start');
    const seen = world.associationOf(EIP)?.id;
    asked();
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(ec2.calls).toMatchObject([
      { action: 'DescribeAddresses', query: { 'AllocationId.1': EIP } },
      { action: 'DisassociateAddress', query: { AssociationId: seen } },
      { action: 'AssociateAddress', query: { AllocationId: EIP, AllowReassociation: 'false' } },
      { action: 'DescribeAddresses' },
    ]);
    expect(holder()).toBe(b.interfaces[0]?.id);
    expect(await run(a, 'monitor')).toEqual({ kind: 'stopped' });
  });

  it('is taken over by two requests when it was read ahead, while the lease of its last owner ended', async () => {
    await run(a, 'start');
    asked();
    const { signal } = new AbortController();
    b.agent.prepare?.(resource('builtin:aws-eip', { allocationId: EIP, endpoint: ec2.url }), { signal, log });
    await until('the read', () => ec2.calls.length > 0);
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(asked()).toEqual(['DescribeAddresses', 'DisassociateAddress', 'AssociateAddress', 'DescribeAddresses']);
    expect(await run(a, 'start')).toEqual({ kind: 'done' });
  });

  it('that was read ahead and has moved since is looked at anew', async () => {
    await run(a, 'start');
    asked();
    const { signal } = new AbortController();
    b.agent.prepare?.(resource('builtin:aws-eip', { allocationId: EIP, endpoint: ec2.url }), { signal, log });
    await until('the read', () => ec2.calls.length > 0);
    move(a.interfaces[1]);
    asked();
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(asked().slice(0, 3)).toEqual([
      'DisassociateAddress: InvalidAssociationID.NotFound',
      'DescribeAddresses',
      'DisassociateAddress',
    ]);
  });

  it('is not taken from an owner that it has not seen: who took it meanwhile is looked at anew', async () => {
    await run(a, 'start');
    asked();
    once('DescribeAddresses', () => {
      move(a.interfaces[1]);
    });
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(asked()).toEqual([
      'DescribeAddresses',
      'DisassociateAddress: InvalidAssociationID.NotFound',
      'DescribeAddresses',
      'DisassociateAddress',
      'AssociateAddress',
      'DescribeAddresses',
    ]);
  });

  it('is not taken from an owner that came between the removal and the association', async () => {
    await run(a, 'start');
    asked();
    once('DisassociateAddress', () => {
      move(a.interfaces[1]);
    });
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(asked().slice(0, 5)).toEqual([
      'DescribeAddresses',
      'DisassociateAddress',
      'AssociateAddress: Resource.AlreadyAssociated',
      'DescribeAddresses',
      'DisassociateAddress',
    ]);
  });

  it('stops by removing what this node made, and leaves what a peer has made since', async () => {
    await run(a, 'start');
    await run(b, 'start');
    asked();
    expect(await run(a, 'stop')).toEqual({ kind: 'done' });
    expect(asked()).toEqual(['DisassociateAddress: InvalidAssociationID.NotFound', 'DescribeAddresses']);
    expect(holder()).toBe(b.interfaces[0]?.id);
  });

  it('of a daemon that began anew is found where it is, and its stop removes it', async () => {
    await run(a, 'start');
    const again = restarted(a);
    expect(await run(again, 'probe')).toEqual({ kind: 'running' });
    expect(await run(again, 'stop')).toEqual({ kind: 'done' });
    expect(holder()).toBeNull();
  });

  it.each(['probe', 'monitor', 'stop'] as const)(
    'is unknown to a %s while EC2 cannot be asked, and never stopped',
    (action) =>
      expectUnknownUnanswered(ec2, {
        look: (timeoutMs) => run(a, action, { timeoutMs }),
        action: 'DescribeAddresses',
      }),
  );

  it('whose stop EC2 does not answer is not stopped', async () => {
    await run(a, 'start');
    ec2.inject({ kind: 'hang', action: 'DisassociateAddress' });
    expect(await run(a, 'stop', { timeoutMs: 400 })).toMatchObject({ kind: 'unknown' });
    expect(holder()).toBe(a.interfaces[0]?.id);
    expect(await run(a, 'stop')).toEqual({ kind: 'done' });
  });

  it('is started through throttling, errors and lost answers', async () => {
    await run(a, 'start');
    ec2.inject({ kind: 'throttle', action: 'DescribeAddresses' });
    ec2.inject({ kind: 'lose', action: 'DisassociateAddress' });
    ec2.inject({ kind: 'broken', action: 'AssociateAddress' });
    ec2.inject({ kind: 'lose', action: 'AssociateAddress' });
    asked();
    expect(await run(b, 'start')).toEqual({ kind: 'done' });
    expect(asked()).toEqual([
      'DescribeAddresses: RequestLimitExceeded',
      'DescribeAddresses',
      'DisassociateAddress: lose',
      'DisassociateAddress: InvalidAssociationID.NotFound',
      'DescribeAddresses',
      'AssociateAddress: InternalError',
      'AssociateAddress: lose',
      'AssociateAddress',
      'DescribeAddresses',
    ]);
    expect(holder()).toBe(b.interfaces[0]?.id);
  });

  it('is looked at again while reads are behind its own change', async () => {
    await run(a, 'start');
    ec2.staleReads = 2;
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
    ec2.staleReads = Number.POSITIVE_INFINITY;
    const late = await run(a, 'monitor', { timeoutMs: 1500 });
    expect(late).toEqual({
      kind: 'unknown',
      reason: `EC2 still shows ${PUBLIC} as it was before this node changed it`,
    });
    ec2.staleReads = 0;
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
  });

  it('is done when EC2 says so, although reads are behind', async () => {
    await run(a, 'start');
    once('AssociateAddress', () => {
      ec2.staleReads = Number.POSITIVE_INFINITY;
    });
    expect(await run(b, 'start', { timeoutMs: 2500 })).toEqual({ kind: 'done' });
    ec2.staleReads = 0;
    once('DisassociateAddress', () => {
      ec2.staleReads = Number.POSITIVE_INFINITY;
    });
    expect(await run(b, 'stop', { timeoutMs: 2500 })).toEqual({ kind: 'done' });
    expect(holder()).toBeNull();
  });

  it('is asked for also where a read says that it is here already, since that may be an old one', async () => {
    await run(b, 'start');
    await run(a, 'start');
    ec2.staleReads = 1;
    ec2.changesBehind = 2;
    asked();
    expect(await run(restarted(b), 'start')).toEqual({ kind: 'done' });
    expect(asked().slice(0, 2)).toEqual(['DescribeAddresses', 'AssociateAddress: Resource.AlreadyAssociated']);
    expect(holder()).toBe(b.interfaces[0]?.id);
  });

  it('is failed where EC2 denies a change, on this node only, with what to grant', async () => {
    ec2.denied.add('AssociateAddress');
    expect(await run(a, 'start')).toEqual({
      kind: 'failed',
      class: 'node',
      code: null,
      reason:
        'this node may not do ec2:AssociateAddress (UnauthorizedOperation: You are not authorized to perform this operation.); grant it as docs/agents.md says, and try `fairlead doctor`',
    });
  });

  it('that does not exist cannot be started anywhere, and is no proof of anything to a look', async () => {
    const params = { allocationId: 'eipalloc-0123456789abcdeff' };
    expect(await run(a, 'start', { params })).toMatchObject({
      kind: 'failed',
      class: 'fatal',
      reason: 'this account has no Elastic IP eipalloc-0123456789abcdeff in us-east-1',
    });
    expect(await run(a, 'probe', { params })).toMatchObject({ kind: 'unknown' });
    expect(await run(a, 'stop', { params })).toMatchObject({ kind: 'unknown' });
  });

  it('is found by its public address', async () => {
    const params = { publicIp: PUBLIC };
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(await run(a, 'monitor', { params })).toEqual({ kind: 'running' });
    expect(await run(a, 'stop', { params })).toEqual({ kind: 'done' });
  });

  it.each([
    { at: 'the primary interface', place: 0, privateIp: '10.0.1.11' },
    { at: 'a device', place: 1, privateIp: '10.0.2.11', interface: 'lo' },
    { at: 'a MAC address', place: 1, privateIp: '10.0.2.11', interface: LOOPBACK_MAC },
    { at: 'a private address', place: 1, privateIp: '10.0.2.110', wish: '10.0.2.110' },
    { at: 'a private address of a device', place: 1, privateIp: '10.0.2.110', wish: '10.0.2.110', interface: 'lo' },
  ])('goes to $at', async ({ place, privateIp, wish, interface: at }) => {
    const params = {
      allocationId: EIP,
      ...(at === undefined ? {} : { interface: at }),
      ...(wish === undefined ? {} : { privateIp: wish }),
    };
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(world.associationOf(EIP)).toMatchObject({ interfaceId: a.interfaces[place]?.id, privateIp });
    expect(await run(a, 'monitor', { params })).toEqual({ kind: 'running' });
  });

  it('on another interface of this instance is in the wrong place; it is put right, and a stop removes it', async () => {
    await run(a, 'start');
    const params = { allocationId: EIP, interface: 'lo' };
    expect(await run(a, 'monitor', { params })).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: `it is on ${a.interfaces[0]?.id} (10.0.1.11), and belongs on ${a.interfaces[1]?.id}`,
    });
    expect(await run(a, 'start', { params })).toEqual({ kind: 'done' });
    expect(holder()).toBe(a.interfaces[1]?.id);
    expect(await run(a, 'stop')).toEqual({ kind: 'done' });
    expect(holder()).toBeNull();
  });

  it.each([
    [{ interface: 'nothere0' }, 'this node has no interface "nothere0"'],
    [
      { interface: '02:ff:ff:ff:ff:ff' },
      'this instance has no network interface with the MAC address 02:ff:ff:ff:ff:ff',
    ],
    [{ privateIp: '10.9.9.9' }, 'no network interface of this instance has the private address 10.9.9.9'],
    [
      { interface: 'lo', privateIp: '10.9.9.9' },
      /^EC2 refuses AssociateAddress \(InvalidParameterValue: .*10\.9\.9\.9/,
    ],
  ])('cannot be started on a node without its place: %j', async (place, reason) => {
    const params = { allocationId: EIP, ...place };
    expect(await run(a, 'start', { params })).toMatchObject({
      kind: 'failed',
      class: 'node',
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
    expect(await run(a, 'probe', { params })).toEqual({ kind: 'stopped' });
  });

  it('does not push another Elastic IP off its private address', async () => {
    await run(a, 'start', { params: { allocationId: 'eipalloc-0123456789abcdef1' } });
    const outcome = await run(a, 'start');
    expect(outcome).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: expect.stringMatching(/Resource\.AlreadyAssociated: resource eni-\w+ is already associated with address/),
    });
    expect(world.associationOf('eipalloc-0123456789abcdef1')).not.toBeNull();
  });

  it('changes nothing without a lease, however far a start had come', async () => {
    await run(a, 'start');
    asked();
    let isHeld = true;
    once('DisassociateAddress', () => {
      isHeld = false;
    });
    await run(b, 'start', { isPermitted: () => isHeld });
    expect(asked()).toEqual(['DescribeAddresses', 'DisassociateAddress']);
    await run(b, 'start', { isPermitted: () => false });
    expect(asked()).toEqual(['DescribeAddresses']);
    expect(holder()).toBeNull();
  });

  it('ends at once when the operation is cancelled', async () => {
    ec2.inject({ kind: 'hang' });
    const cancel = new AbortController();
    const outcome = run(a, 'start', { signal: cancel.signal });
    once('DescribeAddresses', () => cancel.abort());
    expect(await outcome).toMatchObject({ kind: 'unknown', reason: 'the operation was cancelled' });
  });

  it('asks the metadata service once, and can do without it from then on', async () => {
    await run(a, 'probe');
    a.metadata.isSilent = true;
    expect(await run(a, 'start')).toEqual({ kind: 'done' });
    expect(await run(a, 'monitor')).toEqual({ kind: 'running' });
    expect(await run(a, 'stop')).toEqual({ kind: 'done' });
    expect(a.metadata.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1);
  });

  it('is unknown on a node that does not know who it is', async () => {
    a.metadata.isSilent = true;
    const outcome = await run(a, 'probe', { timeoutMs: 400 });
    expect(outcome).toEqual({
      kind: 'unknown',
      reason: expect.stringMatching(/^the instance metadata service cannot be asked: /),
    });
    expect(ec2.calls).toEqual([]);
  });
});

/** Somebody else associates the address with an interface. */
function move(to: CloudInterface | undefined): void {
  cloud().world.answer('AssociateAddress', { AllocationId: EIP, NetworkInterfaceId: to?.id ?? '' });
}
