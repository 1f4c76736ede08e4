import type { FenceDeviceSpec } from './cluster-spec.js';

/**
 * The statement that one incarnation of a node is dead.
 *
 * It is true for good: whatever that incarnation held, it holds no more. A later incarnation of the same node is not meant by it.
 *
 * Shape: `by` is the node that fenced; `how` names the devices of the level that succeeded, joined by " and ", or {@link confirmedByHand}; `atWallMs` is for people only.
 */
export interface FenceCertificate {
  readonly node: string;
  readonly incarnation: string;
  readonly by: string;
  readonly how: string;
  readonly atWallMs: number;
}

/** How a node was fenced when a person said that it is without power. */
export const confirmedByHand = 'confirmed by hand';

/** What a fence agent can be asked to do to a node; `monitor` only asks whether the device answers. */
export type FenceAction = 'off' | 'on' | 'reboot' | 'monitor';

/**
 * One call of one device's agent.
 *
 * Shape: `id` is unique within a daemon's life; `node` is the node's id, which the device may call by another name.
 */
export interface FenceRequest {
  readonly id: string;
  readonly device: FenceDeviceSpec;
  readonly node: string;
  readonly action: FenceAction;
  readonly timeoutMs: number;
}

/**
 * What came of a call. Only `succeeded` says anything of the node.
 *
 * Shape: a reason is one line without secrets, at most `limits.reasonLengthMax` characters; `power` is what a `monitor` was told of the node, where the device can say that it has none.
 */
export type FenceOutcome =
  | { readonly kind: 'succeeded'; readonly power?: 'off' }
  | { readonly kind: 'failed' | 'timeout'; readonly reason: string };

/** Names of parameters of fence agents that hold a secret. */
const SECRET = /passw(or)?d|passphrase|secret|token|api_?key|access_?key|community/i;

/** Names that only say where a secret is, or how it is got. */
const NO_SECRET = /(_script|_file|_path|_type|_prompt)$/i;

/** Whether a parameter of a fence agent holds a secret, by its name. */
export function isSecretParameter(name: string): boolean {
  return SECRET.test(name) && !NO_SECRET.test(name);
}

/** One thing that fencing did, as the history tells it. Shape: `atWallMs` is when it was over; `by` is the node that did it. */
export type FenceEvent =
  /** One call of one device that was to change a node's power. */
  | {
      readonly kind: 'call';
      readonly atWallMs: number;
      readonly tookMs: number;
      readonly by: string;
      readonly node: string;
      readonly device: string;
      readonly action: Exclude<FenceAction, 'monitor'>;
      readonly outcome: FenceOutcome;
    }
  /** From then on that incarnation counts as dead. */
  | ({ readonly kind: 'dead' } & FenceCertificate);
