/** A cloud with two nodes in it, each with an agent that asks it, for one test. */
import { afterEach, beforeEach, expect } from 'vitest';
import type { Agent, AgentCall } from '../../../src/agents/agent.js';
import { AwsNode } from '../../../src/agents/aws/aws-node.js';
import { InstanceMetadata } from '../../../src/agents/aws/instance-metadata.js';
import type { ResourceSpec } from '../../../src/model/cluster-spec.js';
import type { OperationAction, Outcome } from '../../../src/model/operation.js';
import type { Log } from '../../../src/ports/log.js';
import { Ec2Server } from '../../aws/ec2-server.js';
import type { CloudInterface } from '../../aws/ec2-state.js';
import { Ec2World } from '../../aws/ec2-world.js';
import { MetadataServer } from '../../aws/metadata-server.js';
import { operation, resource } from '../harness/operation.js';

/** Of the loopback interface, so that a name can be looked up on every machine. */
export const LOOPBACK_MAC = '00:00:00:00:00:00';

/** An instance with an agent on it. */
export interface TestNode {
  readonly agent: Agent;
  readonly metadata: MetadataServer;
  readonly interfaces: readonly CloudInterface[];
}

/** Shape: `timeoutMs` is the time of the operation. */
export interface CallOptions {
  readonly action: OperationAction;
  readonly type: string;
  readonly params: ResourceSpec['params'];
  readonly log: Log;
  readonly timeoutMs?: number;
  readonly isPermitted?: () => boolean;
  readonly signal?: AbortSignal;
}

/** The cloud of one test. */
export interface TestCloud {
  readonly world: Ec2World;
  readonly ec2: Ec2Server;
  readonly a: TestNode;
  readonly b: TestNode;
}

/** Makes a cloud before each test of the file and ends it afterwards. Shape: `agentOn` makes an agent that remembers nothing. */
export function useTestCloud(agentOn: (node: AwsNode) => Agent): () => TestCloud {
  let cloud: TestCloud | null = null;
  const servers: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    process.env.AWS_ACCESS_KEY_ID = 'ASIA-tests';
    process.env.AWS_SECRET_ACCESS_KEY = 'a-secret-of-the-tests';
    const world = new Ec2World();
    const ec2 = await Ec2Server.start(world);
    servers.push(ec2);
    const node = async (instanceId: string, number: string): Promise<TestNode> => {
      const interfaces = world.addInstance(instanceId, [
        { macAddress: `02:00:00:00:00:${number}`, privateIps: [`10.0.1.${number}`] },
        { macAddress: LOOPBACK_MAC, privateIps: [`10.0.2.${number}`, `10.0.2.${number}0`] },
      ]);
      const metadata = await MetadataServer.start(world, instanceId);
      servers.push(metadata);
      return { agent: agentOn(awsNodeAt(metadata)), metadata, interfaces };
    };
    cloud = { world, ec2, a: await node('i-000000000000000aa', '11'), b: await node('i-000000000000000bb', '12') };
  });
  afterEach(async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  return () => {
    if (cloud === null) throw new Error('there is no cloud outside of a test');
    return cloud;
  };
}

/** A node that knows nothing of itself yet. */
export function awsNodeAt(metadata: MetadataServer): AwsNode {
  return new AwsNode({ metadata: new InstanceMetadata({ AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url }) });
}

/** One call of an agent. */
export function callFor(options: CallOptions): AgentCall {
  const { action, type, params, log, timeoutMs = 20_000, isPermitted = () => true } = options;
  const untilMs = performance.now() + timeoutMs;
  return {
    operation: operation(action, resource(type, params), { timeoutMs }),
    leftMs: () => untilMs - performance.now(),
    signal: options.signal ?? new AbortController().signal,
    isPermitted,
    note: null,
    log,
  };
}

/** Does something right after the next call of an action, before its answer leaves. */
export function once(ec2: Ec2Server, action: string, then: () => void): void {
  ec2.onCall = (call) => {
    if (call.action !== action) return;
    ec2.onCall = () => undefined;
    then();
  };
}

/** What EC2 was asked since the last time. */
export function asked(ec2: Ec2Server): string[] {
  const actions = ec2.actions();
  ec2.calls.length = 0;
  return actions;
}

/** An agent whose calls EC2 does not answer, answers with faults or denies does not know how things are. Shape: `look` runs the agent, `action` is what EC2 is asked for to see. */
export async function expectUnknownUnanswered(
  ec2: Ec2Server,
  { look, action }: { readonly look: (timeoutMs: number) => Promise<Outcome>; readonly action: string },
): Promise<void> {
  // By then the agent knows its node, so that what follows is about EC2 alone.
  await look(20_000);
  for (const kind of ['throttle', 'broken', 'unavailable', 'drop'] as const) {
    ec2.inject({ kind, times: Number.POSITIVE_INFINITY });
    const words = { throttle: /throttles/, broken: /failed/, unavailable: /failed/, drop: /gave no answer/ }[kind];
    expect(await look(1000)).toEqual({ kind: 'unknown', reason: expect.stringMatching(words) });
    ec2.heal();
  }
  ec2.denied.add(action);
  const denied = new RegExp(`^this node may not do ec2:${action} \\(UnauthorizedOperation`);
  expect(await look(20_000)).toEqual({ kind: 'unknown', reason: expect.stringMatching(denied) });
}
