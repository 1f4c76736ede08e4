/** The requests to EC2 that the agents make, and what comes of them. */

/** Where EC2 is asked. Shape: without an endpoint it is the region's own, or that of AWS_ENDPOINT_URL_EC2. */
export interface Ec2Place {
  readonly region: string;
  readonly endpoint: string | null;
}

/** Which Elastic IP is meant. */
export type AddressKey = { readonly allocationId: string } | { readonly publicIp: string };

/** Where packets of a route go to. Shape: `cidr` is in its one canonical spelling. */
export interface Destination {
  readonly family: 'ipv4' | 'ipv6';
  readonly cidr: string;
}

/** One route of one table. */
export interface RoutePlace {
  readonly tableId: string;
  readonly destination: Destination;
}

/** One request. Shape: `privateIp` null is the primary address of the interface. */
export type Ec2Request =
  | { readonly kind: 'describe-address'; readonly address: AddressKey }
  | {
      readonly kind: 'associate-address';
      readonly allocationId: string;
      readonly interfaceId: string;
      readonly privateIp: string | null;
    }
  | { readonly kind: 'disassociate-address'; readonly associationId: string }
  | { readonly kind: 'describe-routes'; readonly tableIds: readonly string[]; readonly destination: Destination }
  | { readonly kind: 'create-route' | 'replace-route'; readonly at: RoutePlace; readonly interfaceId: string }
  | { readonly kind: 'delete-route'; readonly at: RoutePlace }
  | { readonly kind: 'describe-interface'; readonly interfaceId: string }
  | { readonly kind: 'disable-check'; readonly interfaceId: string }
  | { readonly kind: 'describe-holder'; readonly subnetId: string; readonly privateIp: string }
  | {
      readonly kind: 'assign-private-ip';
      readonly interfaceId: string;
      readonly privateIp: string;
      /** Whether it is taken from another interface that has it. */
      readonly mayMove: boolean;
    }
  | { readonly kind: 'unassign-private-ip'; readonly interfaceId: string; readonly privateIp: string };

/** With what an Elastic IP is associated. Shape: `instanceId` is null for an interface without an instance, such as a NAT gateway's. */
export interface AddressAssociation {
  readonly id: string;
  readonly interfaceId: string | null;
  readonly instanceId: string | null;
  readonly privateIp: string | null;
}

/** An Elastic IP as EC2 describes it. */
export interface ElasticAddress {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly association: AddressAssociation | null;
}

/** To what a route leads. Shape: `id` is that of a network interface or a gateway of any kind; `instanceId` is null where it is no instance, or not told. */
export interface RouteTarget {
  readonly id: string;
  readonly instanceId: string | null;
  /** What it leads to is not there, or does not run. */
  readonly isBlackhole: boolean;
}

/** A route table, by what it has for one destination. Shape: null where it has no route of its own for just that; what a gateway propagates is none. */
export interface RouteTable {
  readonly id: string;
  readonly target: RouteTarget | null;
}

/** A network interface. */
export interface Ec2Interface {
  readonly id: string;
  /** Whether it drops what is neither from nor for its own addresses. */
  readonly isChecked: boolean;
}

/** Who has a private address. Shape: `instanceId` is null for an interface without an instance. */
export interface PrivateIpHolder {
  readonly interfaceId: string;
  readonly instanceId: string | null;
  /** It is the interface's first address, which EC2 never moves. */
  readonly isPrimary: boolean;
}

/**
 * Why EC2 did not do what it was asked for.
 *
 * denied: no permission, or credentials that count for nothing. no-credentials: none were found. throttled: asked too often. unreachable: no answer came, so it may have been done or not. broken: EC2's own error.
 * not-found: what the request names is not there. conflict: it is in use otherwise. quota: a limit of the account or the interface. refused: anything else about the request itself.
 */
export type Ec2FaultKind =
  | 'denied'
  | 'no-credentials'
  | 'throttled'
  | 'unreachable'
  | 'broken'
  | 'not-found'
  | 'conflict'
  | 'quota'
  | 'refused';

/** A failed request. Shape: `code` is EC2's, or that of the system; `message` is its sentence. */
export interface Ec2Fault {
  readonly kind: 'fault';
  readonly fault: Ec2FaultKind;
  readonly code: string;
  readonly message: string;
}

/** What came of a request. */
export type Ec2Answer =
  | { readonly kind: 'address'; readonly address: ElasticAddress }
  | { readonly kind: 'associated'; readonly associationId: string }
  | { readonly kind: 'routes'; readonly tables: readonly RouteTable[] }
  | { readonly kind: 'interface'; readonly interface: Ec2Interface }
  | { readonly kind: 'holders'; readonly holders: readonly PrivateIpHolder[] }
  /** A change was made. */
  | { readonly kind: 'changed' }
  /** Of a dry run: it may be done. */
  | { readonly kind: 'allowed' }
  | Ec2Fault;

/** How EC2 is asked. Shape: `timeoutMs` and `signal` end the wait for an answer; what was asked for may be done all the same. A dry run only asks if it may be done. */
export interface Ec2Call {
  readonly place: Ec2Place;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly isDryRun?: boolean;
}

/** Asks EC2 once, without a second try. Never rejects. */
export type CallEc2 = (request: Ec2Request, how: Ec2Call) => Promise<Ec2Answer>;

/** The API's name of each request, which is what permissions are given for. */
export const ACTIONS: Readonly<Record<Ec2Request['kind'], string>> = {
  'describe-address': 'DescribeAddresses',
  'associate-address': 'AssociateAddress',
  'disassociate-address': 'DisassociateAddress',
  'describe-routes': 'DescribeRouteTables',
  'create-route': 'CreateRoute',
  'replace-route': 'ReplaceRoute',
  'delete-route': 'DeleteRoute',
  'describe-interface': 'DescribeNetworkInterfaces',
  'disable-check': 'ModifyNetworkInterfaceAttribute',
  'describe-holder': 'DescribeNetworkInterfaces',
  'assign-private-ip': 'AssignPrivateIpAddresses',
  'unassign-private-ip': 'UnassignPrivateIpAddresses',
};
