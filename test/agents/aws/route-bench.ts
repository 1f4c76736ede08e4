/** A cloud with two nodes that have agents for routes, and two route tables, for one test. */
import { afterEach, beforeEach } from 'vitest';
import type { Agent } from '../../../src/agents/agent.js';
import type { AwsNode } from '../../../src/agents/aws/aws-node.js';
import { callEc2 } from '../../../src/agents/aws/ec2-client.js';
import { routeAgent } from '../../../src/agents/aws/route-agent.js';
import type { OperationAction, Outcome } from '../../../src/model/operation.js';
import { freshFolder } from '../harness/folder.js';
import { rememberingLog } from '../harness/operation.js';
import type { CallOptions, TestCloud, TestNode } from './test-cloud.js';
import { awsNodeAt, callFor, useTestCloud } from './test-cloud.js';

export const TABLE = 'rtb-0123456789abcdef0';
export const OTHER_TABLE = 'rtb-0123456789abcdef1';
export const CIDR = '192.168.10.50/32';
export const NAT = 'nat-0123456789abcdef0';

/** The cloud of one test, with what is done to it. */
export interface RouteBench extends TestCloud {
  readonly log: ReturnType<typeof rememberingLog>;
  readonly run: (
    on: Pick<TestNode, 'agent'>,
    action: Exclude<OperationAction, 'reload'>,
    options?: Partial<CallOptions>,
  ) => Promise<Outcome>;
  /** The agent of a daemon that began anew on a node, with what the machine's run directory still has. */
  readonly restarted: (on: TestNode) => Pick<TestNode, 'agent'>;
  /** The same after a boot. */
  readonly rebooted: (on: TestNode) => Pick<TestNode, 'agent'>;
  /** Somebody else lets the route lead somewhere. */
  readonly point: (targetId: string, tableId?: string) => void;
  /** Somebody else switches the check of an interface. */
  readonly check: (interfaceId: string, isChecked: boolean) => void;
  /** Where the route of the first table leads. */
  readonly target: () => string | null;
}

/** Makes it before each test of the file. Shape: no interface checks source and destination. */
export function useRouteBench(): () => RouteBench {
  const folders: ReturnType<typeof freshFolder>[] = [];
  const folderOf = new Map<Agent, string>();
  const agentIn = (node: AwsNode, path: string): Agent => routeAgent({ call: callEc2, node, folder: path });
  const agentOn = (node: AwsNode): Agent => {
    const folder = freshFolder();
    folders.push(folder);
    const agent = agentIn(node, folder.path);
    folderOf.set(agent, folder.path);
    return agent;
  };
  const cloud = useTestCloud(agentOn);
  let bench: RouteBench | null = null;
  beforeEach(() => {
    const { world, ec2, a, b } = cloud();
    const log = rememberingLog();
    const check = (NetworkInterfaceId: string, isChecked: boolean): void => {
      const query = { NetworkInterfaceId, 'SourceDestCheck.Value': String(isChecked) };
      world.answer('ModifyNetworkInterfaceAttribute', query);
    };
    for (const { id } of world.interfaces) check(id, false);
    world.addRouteTable(TABLE);
    world.addRouteTable(OTHER_TABLE);
    bench = {
      ...{ world, ec2, a, b, log, check },
      run: (on, action, { params = {}, ...rest } = {}) => {
        const all = { routeTableIds: TABLE, destinationCidr: CIDR, endpoint: ec2.url, ...params };
        return on.agent[action](callFor({ action, type: 'builtin:aws-route', log, ...rest, params: all }));
      },
      restarted: ({ agent, metadata }) => ({ agent: agentIn(awsNodeAt(metadata), folderOf.get(agent) ?? '') }),
      rebooted: ({ metadata }) => ({ agent: agentOn(awsNodeAt(metadata)) }),
      point: (targetId, tableId = TABLE) => {
        const kind = targetId.startsWith('eni-') ? 'NetworkInterfaceId' : 'NatGatewayId';
        const action = world.routeOf(tableId, CIDR) === null ? 'CreateRoute' : 'ReplaceRoute';
        world.answer(action, { RouteTableId: tableId, DestinationCidrBlock: CIDR, [kind]: targetId });
      },
      target: () => world.routeOf(TABLE, CIDR),
    };
  });
  afterEach(() => {
    for (const folder of folders.splice(0)) folder.remove();
    folderOf.clear();
  });
  return () => {
    if (bench === null) throw new Error('there is no cloud outside of a test');
    return bench;
  };
}

/** The id of an interface of a node. */
export function idOf({ interfaces }: TestNode, place = 0): string {
  return interfaces[place]?.id ?? '';
}
