/** What the agents that come with fairlead declare of themselves. */
import type { AgentMetadata, AgentParameter } from '../model/agent-catalogue.js';

const OPTIONAL = { required: false, unique: false, type: 'string', default: null, deprecated: false } as const;

/** Actions are the same for all; their times are the spec's own, so none are advised. */
const ACTIONS = ['start', 'stop', 'monitor'].map((name) => ({ name, timeoutMs: null, intervalMs: null, depth: 0 }));

const VIP_PARAMETERS: readonly AgentParameter[] = [
  {
    ...OPTIONAL,
    name: 'address',
    required: true,
    unique: true,
    description:
      'The address with the length of its subnet, such as 10.0.1.50/24 or fd00::50/64; without the length, that of the interface is taken.',
  },
  {
    ...OPTIONAL,
    name: 'interface',
    description: 'The network interface; without it, the one that has another address in the same subnet.',
  },
  { ...OPTIONAL, name: 'label', description: 'A label for the address (IPv4), shown by ip as INTERFACE:LABEL.' },
  {
    ...OPTIONAL,
    name: 'duplicateCheck',
    type: 'boolean',
    default: 'true',
    description: 'Whether the network is asked, for a fifth of a second, if another machine has the address.',
  },
];

const SCRIPT_PARAMETERS: readonly AgentParameter[] = [
  {
    ...OPTIONAL,
    name: 'run',
    type: 'arguments',
    description: 'A program that stays in the foreground; it is started, kept and watched. Instead of start and stop.',
  },
  {
    ...OPTIONAL,
    name: 'start',
    type: 'arguments',
    description: 'A command that starts; exit code 0 for success.',
  },
  { ...OPTIONAL, name: 'stop', type: 'arguments', description: 'A command that stops; exit code 0 for success.' },
  {
    ...OPTIONAL,
    name: 'monitor',
    type: 'arguments',
    description: 'A command that looks: exit code 0 it runs well, 7 it does not run, anything else it is broken.',
  },
  {
    ...OPTIONAL,
    name: 'startAfter',
    type: 'duration',
    default: '50ms',
    description: 'How long what "run" starts must live to count as started.',
  },
  {
    ...OPTIONAL,
    name: 'stopSignal',
    default: 'TERM',
    description: 'The signal that asks what "run" started to end: TERM, INT, QUIT, HUP, USR1 or USR2.',
  },
  {
    ...OPTIONAL,
    name: 'environment',
    type: 'arguments',
    description: 'Variables for the commands, as a list of NAME=value; nothing else is inherited.',
  },
  {
    ...OPTIONAL,
    name: 'directory',
    default: '/',
    description: 'The folder in which the commands run, as an absolute path.',
  },
];

/** Where EC2 is asked. */
const PLACE_PARAMETERS: readonly AgentParameter[] = [
  { ...OPTIONAL, name: 'region', description: "The region, such as us-east-1; without it, the instance's own." },
  {
    ...OPTIONAL,
    name: 'endpoint',
    description: "The URL of another EC2 endpoint, such as that of a VPC endpoint; without it, the region's own.",
  },
];

const EIP_PARAMETERS: readonly AgentParameter[] = [
  {
    ...OPTIONAL,
    name: 'allocationId',
    unique: true,
    description: 'The Elastic IP by its allocation id, such as eipalloc-0123456789abcdef0. This or publicIp.',
  },
  {
    ...OPTIONAL,
    name: 'publicIp',
    unique: true,
    description: 'The Elastic IP by its address, such as 203.0.113.7. This or allocationId.',
  },
  {
    ...OPTIONAL,
    name: 'interface',
    description:
      "The network interface that it is associated with, by the name of its device, such as eth1, or its MAC address; without it, the one that has privateIp, else the instance's primary one.",
  },
  {
    ...OPTIONAL,
    name: 'privateIp',
    description: 'The private address that it is associated with; without it, the primary one of the interface.',
  },
  ...PLACE_PARAMETERS,
];

const ROUTE_PARAMETERS: readonly AgentParameter[] = [
  {
    ...OPTIONAL,
    name: 'routeTableIds',
    required: true,
    description: 'The route table, such as rtb-0123456789abcdef0, or a list of them; each gets the route.',
  },
  {
    ...OPTIONAL,
    name: 'destinationCidr',
    required: true,
    description: 'Where the packets go to, such as 192.168.10.50/32, 0.0.0.0/0 or 2001:db8::50/128.',
  },
  {
    ...OPTIONAL,
    name: 'interface',
    description:
      "The network interface that the route leads to, by the name of its device, such as eth1, or its MAC address; without it, the instance's primary one.",
  },
  {
    ...OPTIONAL,
    name: 'takeFrom',
    default: 'interfaces',
    description:
      'From what a route may be taken that leads to something which is there: interfaces (any network interface), anything, or a list of ids of instances, interfaces or gateways.',
  },
  {
    ...OPTIONAL,
    name: 'onStop',
    default: 'leave',
    description: 'What a stop does with the route: leave it to the next owner, or delete it if it still leads here.',
  },
  {
    ...OPTIONAL,
    name: 'sourceDestCheck',
    default: 'refuse',
    description:
      'What a start does where the interface checks source and destination and would drop what the route sends: refuse, disable the check, or ignore it.',
  },
  ...PLACE_PARAMETERS,
];

const PRIVATE_IP_PARAMETERS: readonly AgentParameter[] = [
  {
    ...OPTIONAL,
    name: 'privateIp',
    required: true,
    unique: true,
    description: 'The address, such as 10.0.1.50; it must be in the subnet of the interface.',
  },
  {
    ...OPTIONAL,
    name: 'interface',
    description:
      "The network interface that it is assigned to, by the name of its device, such as eth1, or its MAC address; without it, the instance's primary one.",
  },
  ...PLACE_PARAMETERS,
];

/** By type. */
export const OWN_AGENTS: Readonly<Record<string, AgentMetadata>> = {
  script: own('script', 'A process that is kept and watched, or own commands.', SCRIPT_PARAMETERS),
  'builtin:vip': own('builtin:vip', 'A virtual IP address on an interface of this node.', VIP_PARAMETERS),
  'builtin:noop': own('builtin:noop', 'Nothing: remembers whether it was started.', []),
  'builtin:aws-eip': own('builtin:aws-eip', 'An Elastic IP of AWS, associated with this instance.', EIP_PARAMETERS),
  'builtin:aws-private-ip': own(
    'builtin:aws-private-ip',
    'A secondary private IP address of AWS, assigned to an interface of this instance.',
    PRIVATE_IP_PARAMETERS,
  ),
  'builtin:aws-route': own(
    'builtin:aws-route',
    'A route of a VPC route table of AWS that leads to this instance.',
    ROUTE_PARAMETERS,
  ),
};

function own(type: string, description: string, parameters: readonly AgentParameter[]): AgentMetadata {
  return { type, declared: true, description, parameters, actions: ACTIONS };
}
