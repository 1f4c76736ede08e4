/** The cluster spec of the end-to-end tests: one group {virtual address, nginx}, as text, since a test edits it as a user does. */
import { DISK } from './host-set-up.js';
import { GATEWAY_ADDRESS, VIRTUAL_ADDRESS } from './lab.js';
import { NGINX_CONFIG, NGINX_IN_FOREGROUND } from './nginx-config.js';

/** Which agents run the group: Debian's resource agents, or the product's own address and a kept foreground process. */
export type AgentForm = 'ocf' | 'builtin';

/** A node line of the spec. */
export interface NodeLine {
  readonly name: string;
  /** One address per link. */
  readonly addresses: readonly string[];
  readonly state?: 'active' | 'standby' | 'maintenance';
  readonly role?: 'member' | 'worker' | 'witness';
}

/** What varies between the tests. */
export interface ClusterSpecOptions {
  readonly form: AgentForm;
  readonly nodes: readonly NodeLine[];
  /** Nodes in the order in which the group wants them; none by default. */
  readonly prefer?: readonly string[];
  /**
   * Time for all members to be down after the lease's end. By default 500ms for the built-in form, whose members can be
   * killed without an agent, and unset for the OCF form, where it is then the sum of the stop timeouts: the agent of nginx
   * sleeps a second in every stop.
   */
  readonly stopBudget?: string;
}

/** The files for `Host.writeFile` and where the host finds them. */
export const CLUSTER_SPEC_NAME = 'cluster.yaml';
export const CLUSTER_SPEC = `${DISK}/${CLUSTER_SPEC_NAME}`;
export const KEY_NAME = 'gossip.key';

/** The text of the spec. */
export function clusterSpec(options: ClusterSpecOptions): string {
  const stopBudget = options.stopBudget ?? (options.form === 'builtin' ? '500ms' : null);
  const prefer = options.prefer === undefined ? '' : `\n    prefer: [${options.prefer.join(', ')}]`;
  return `apiVersion: fairlead/v1
kind: Cluster
cluster:
  name: e2e
heartbeat:
  port: 7418
  every: 200ms
  lease: 1s
  key: { file: ${DISK}/${KEY_NAME} }
nodes:
${options.nodes.map(nodeLine).join('\n')}
pings:
  gateway:
    hosts: [${GATEWAY_ADDRESS}]
    every: 500ms
    timeout: 300ms
    attempts: 2
    failAfter: 500ms
    recoverAfter: 1s
groups:
  web:
    members: [vip, nginx]${prefer}
    requires: [gateway]${stopBudget === null ? '' : `\n    stopBudget: ${stopBudget}`}
resources:
${options.form === 'ocf' ? OCF_RESOURCES : BUILTIN_RESOURCES}`;
}

/** A call of one of these agents takes 0.2 s on two busy cores, so they are looked at less often than the built-in ones. */
const OCF_RESOURCES = `  vip:
    type: ocf:heartbeat:IPaddr2
    params: { ip: ${VIRTUAL_ADDRESS}, cidr_netmask: "24", nic: eth0 }
    monitor: [{ every: 2s, timeout: 2s }]
    timeouts: { start: 10s, stop: 1s }
  nginx:
    type: ocf:heartbeat:nginx
    params: { configfile: ${NGINX_CONFIG} }
    monitor: [{ every: 2s, timeout: 2s }]
    timeouts: { start: 10s, stop: 3s }
`;

/** The virtual address as a resource of this program's own. */
export const BUILTIN_VIP = `  vip:
    type: builtin:vip
    params: { address: ${VIRTUAL_ADDRESS}/24, interface: eth0 }
    monitor: [{ every: 1s, timeout: 1s }]
    timeouts: { start: 10s, stop: 10s }
`;

const BUILTIN_RESOURCES = `${BUILTIN_VIP}  nginx:
    type: script
    params:
      run: ${JSON.stringify(NGINX_IN_FOREGROUND)}
    monitor: [{ every: 1s, timeout: 1s }]
    timeouts: { start: 10s, stop: 10s }
`;

function nodeLine(node: NodeLine): string {
  const state = node.state === undefined ? '' : `, state: ${node.state}`;
  const role = node.role === undefined ? '' : `, role: ${node.role}`;
  return `  ${node.name}: { addresses: [${node.addresses.join(', ')}]${state}${role} }`;
}
