/** What the agents of EC2 have in common: how a call of one begins, and how it asks. */
import type { ResourceSpec } from '../../model/cluster-spec.js';
import type { OperationAction, Outcome } from '../../model/operation.js';
import type { Agent, AgentCall } from '../agent.js';
import { failed } from '../outcome.js';
import type { Asking, AwsNode, Found } from './aws-node.js';
import type { PlaceParameters } from './aws-parameters.js';
import type { CallEc2, Ec2Request } from './ec2-call.js';
import { tryEc2 } from './ec2-tries.js';
import type { TriedAnswer } from './ec2-tries.js';

/** How long it is prepared for a start that may come soon. Ours. */
const PREPARE_MS = 10_000;

/** One call on one resource. Shape: `P` are its parameters, `M` what the agent remembers of all of them. */
export interface CloudCall<P, M> {
  readonly action: OperationAction | 'prepare';
  readonly resource: ResourceSpec;
  readonly parameters: P;
  readonly region: string;
  readonly asking: Asking;
  readonly node: AwsNode;
  readonly memory: M;
  /** Shape: `withinMs` is all the time that the answer is worth. */
  readonly look: (request: Ec2Request, withinMs?: number) => Promise<TriedAnswer>;
  /** Made only while the lease allows it. */
  readonly change: (request: Ec2Request) => Promise<TriedAnswer>;
  /** The same without a second try, for what is to be looked at again before each. */
  readonly changeOnce: (request: Ec2Request) => Promise<TriedAnswer>;
}

/** What an agent needs to reach EC2. */
export interface CloudOptions {
  readonly call: CallEc2;
  readonly node: AwsNode;
}

/** What makes an agent. Shape: `read` answers with a sentence for parameters that mean nothing. */
export interface CloudAgentParts<P, M> {
  readonly read: (resource: ResourceSpec) => P | string;
  readonly memory: M;
  readonly look: (call: CloudCall<P, M>) => Promise<Outcome>;
  readonly start: (call: CloudCall<P, M>) => Promise<Outcome>;
  readonly stop: (call: CloudCall<P, M>) => Promise<Outcome>;
  /** Learns what a start that may come soon would have to. Never rejects. */
  readonly prepare: (call: CloudCall<P, M>) => Promise<void>;
}

/** What a call begins with. */
type Beginning = Pick<AgentCall, 'leftMs' | 'signal' | 'isPermitted' | 'log'> & {
  readonly action: OperationAction | 'prepare';
  readonly resource: ResourceSpec;
};

/** Makes an agent. What it holds is EC2's, so a stop is all there is to kill it. */
export function cloudAgent<P extends PlaceParameters, M>(
  options: CloudOptions,
  { read, memory, look, start, stop, prepare }: CloudAgentParts<P, M>,
): Agent {
  const { call: callEc2, node } = options;
  const begin = async (from: Beginning): Promise<Found<CloudCall<P, M>>> => {
    const { action, resource, leftMs, signal, isPermitted, log } = from;
    const parameters = read(resource);
    if (typeof parameters === 'string') return { kind: 'none', outcome: failed('fatal', parameters) };
    const asking = { leftMs, signal, log };
    const region = await regionOf(parameters, { node, asking });
    if (region.kind === 'none') return region;
    const trying = { place: { region: region.value, endpoint: parameters.endpoint }, leftMs, signal };
    const value: CloudCall<P, M> = {
      ...{ action, resource, parameters, region: region.value, asking, node, memory },
      look: (request, withinMs = Number.POSITIVE_INFINITY) => {
        const untilMs = performance.now() + withinMs;
        const left = (): number => Math.min(leftMs(), untilMs - performance.now());
        return tryEc2(callEc2, request, { ...trying, leftMs: left });
      },
      change: (request) => tryEc2(callEc2, request, { ...trying, isPermitted }),
      changeOnce: (request) => tryEc2(callEc2, request, { ...trying, isPermitted, isOnce: true }),
    };
    return { kind: 'found', value };
  };
  const act =
    (action: (call: CloudCall<P, M>) => Promise<Outcome>) =>
    async (call: AgentCall): Promise<Outcome> => {
      const begun = await begin({ ...call, action: call.operation.action, resource: call.operation.resource });
      return begun.kind === 'none' ? begun.outcome : action(begun.value);
    };
  const prepareFor: Agent['prepare'] = (resource, how) => {
    const untilMs = performance.now() + PREPARE_MS;
    const leftMs = (): number => untilMs - performance.now();
    void begin({ ...how, action: 'prepare', resource, leftMs }).then((begun) =>
      begun.kind === 'found' ? prepare(begun.value) : undefined,
    );
  };
  const looks = act(look);
  const stops = act(stop);
  return { probe: looks, monitor: looks, start: act(start), stop: stops, kill: stops, prepare: prepareFor };
}

/** The region that a resource is in. */
export async function regionOf(
  { region }: PlaceParameters,
  { node, asking }: { readonly node: AwsNode; readonly asking: Asking },
): Promise<Found<string>> {
  return region === null ? node.region(asking) : { kind: 'found', value: region };
}
