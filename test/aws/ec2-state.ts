/** What there is in the cloud of the tests, and how its API speaks of it. */

/** Shape: the first private address is the primary one. */
export interface CloudInterface {
  readonly id: string;
  readonly macAddress: string;
  readonly instanceId: string;
  readonly deviceNumber: number;
  readonly subnetId: string;
  readonly subnetCidr: string;
  privateIps: string[];
  sourceDestCheck: boolean;
}

/** An Elastic IP. */
export interface CloudAddress {
  readonly allocationId: string;
  readonly publicIp: string;
  association: { readonly id: string; readonly interfaceId: string; readonly privateIp: string } | null;
}

/** A route. Shape: `targetId` is an interface, a gateway or "local". */
export interface CloudRoute {
  readonly cidr: string;
  readonly targetId: string;
  readonly origin: string;
}

/** A route table. */
export interface CloudRouteTable {
  readonly id: string;
  routes: CloudRoute[];
}

/** Everything that can be changed; copied for reads that are behind. */
export interface State {
  addresses: CloudAddress[];
  interfaces: CloudInterface[];
  tables: CloudRouteTable[];
}

/** What a request says. Shape: as in the query, `PublicIp.1` and all. */
export type Query = Readonly<Record<string, string>>;

/** A refusal. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** Elements of an answer: texts, elements in an element, or lists whose members are each an `item`. */
export type Answer = { readonly [name: string]: string | Answer | readonly Answer[] };

/** The cloud as one request sees it. Shape: `seen` may be behind, for a read; what is changed is always what is there now. */
export interface Cloud {
  readonly seen: State;
  readonly now: State;
  readonly change: (change: (state: State) => void) => void;
  readonly newId: (kind: string) => string;
}

/** What the API does for one action. Errors: throws {@link ApiError}. */
export type Action = (query: Query, cloud: Cloud) => Answer;

/** What is answered to a change that gives nothing else. */
export const DONE: Answer = { return: 'true' };

/** The members of a list: `Name.1`, `Name.2`... */
export function listOf(query: Query, name: string): string[] {
  const members: string[] = [];
  for (let number = 1; ; number += 1) {
    const member = query[`${name}.${number}`];
    if (member === undefined) return members;
    members.push(member);
  }
}

/** An interface by its id. Errors: throws where there is none. */
export function interfaceOf(id: string, { interfaces }: State): CloudInterface {
  const found = interfaces.find((each) => each.id === id);
  if (found === undefined) {
    throw new ApiError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
  }
  return found;
}
