import type { Alert } from '../model/alert.js';
import type { AttributeChange } from '../model/attribute.js';
import type { CheckResult, CheckSpec } from '../model/check.js';
import type { AlertReceiver, ClusterSpec, PingSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { EventSource } from '../model/event-source.js';
import type { FenceOutcome, FenceRequest } from '../model/fencing.js';
import type { Message } from '../model/message.js';
import type { ObservedCluster } from '../model/observation.js';
import type { Operation, Outcome } from '../model/operation.js';
import type { Plan } from '../model/plan.js';
import type { DefinitionChange } from '../model/reload-action.js';
import type { Revision } from '../model/revision.js';

/** The time of a step. Shape: `nowMs` is the node's monotonic clock, `wallMs` wall time as a floor for epochs and for people. */
export interface StepTime {
  readonly nowMs: number;
  readonly wallMs: number;
}

/** What can happen to a node's mind. */
export type Input =
  /** Time passed. */
  | { readonly kind: 'tick' }
  /** An authenticated message arrived over one of this node's links, from an address. */
  | { readonly kind: 'message'; readonly message: Message; readonly link: number; readonly address: string }
  /** A datagram was no good. Shape: `why` is the codec's word. */
  | { readonly kind: 'bad-frame'; readonly why: string; readonly address: string }
  | { readonly kind: 'operated'; readonly operation: Operation; readonly outcome: Outcome }
  /** Something happened to a resource: look again. */
  | { readonly kind: 'nudged'; readonly resource: string }
  /** Events of one kind do not come any more. Shape: `why` follows "because"; null when they come again. */
  | { readonly kind: 'events-lost'; readonly source: EventSource; readonly why: string | null }
  /** The guard ended it or was at it, as this daemon did not: it was late, stood still, or could not tell the guard of its lease. */
  | { readonly kind: 'touched-by-guard'; readonly resource: string }
  /** Whether a reload does for a change of what runs. */
  | { readonly kind: 'compared'; readonly change: DefinitionChange; readonly isReloadable: boolean }
  | { readonly kind: 'pinged'; readonly ping: string; readonly reachable: number | null }
  /** A round of a check ended. Shape: `round` is the number that its beginning bore. */
  | {
      readonly kind: 'checked';
      readonly resource: string | null;
      readonly round: number;
      readonly result: CheckResult;
    }
  /** The watched file has this text now; `once` for another text that a person proposes, which says nothing of the watched file. */
  | { readonly kind: 'file'; readonly text: string; readonly hash: string; readonly once?: true }
  | { readonly kind: 'file-lost'; readonly condition: 'spec-vanished' | 'spec-unreadable'; readonly sentence: string }
  /** A text was decoded. */
  | { readonly kind: 'decoded'; readonly request: DecodeRequest; readonly spec: ClusterSpec }
  | { readonly kind: 'undecodable'; readonly request: DecodeRequest; readonly sentence: string }
  /** A text could not be looked at: nothing is known of it. */
  | { readonly kind: 'unread'; readonly request: DecodeRequest; readonly sentence: string }
  /** A plan that was asked for is ready; `view` is the number that the request bore. */
  | { readonly kind: 'planned'; readonly plan: Plan; readonly view: number }
  /** A plan that was asked for could not be made: it is asked for again. */
  | { readonly kind: 'plan-failed'; readonly view: number }
  /** A person asks that a node forgets a resource's, or a group's, failures. */
  | { readonly kind: 'retry'; readonly resource: string; readonly node: string }
  /** What came of a call of a fence device's agent. */
  | { readonly kind: 'fence-done'; readonly id: string; readonly outcome: FenceOutcome }
  /** A person says that a node is without power. */
  | { readonly kind: 'fence-confirmed'; readonly node: string }
  /** An agent or a person says something of a node. */
  | { readonly kind: 'attribute'; readonly change: AttributeChange }
  /** Hand everything over. */
  | { readonly kind: 'leave' };

/** Texts that outlive the daemon: voter, session, orders to the guard, leftovers, what runs and attributes that do not last within a boot, the others for good. */
export type StoreName =
  | 'voter.json'
  | 'session.json'
  | 'guard.json'
  | 'leftovers.json'
  | 'running.json'
  | 'attributes.json'
  | 'lasting-attributes.json'
  | 'revision.json'
  | 'voters.json'
  | 'fencing.json'
  | 'promises.json'
  | 'file.json';

/** A text to be decoded: a proposal of this node's file, or a revision that a peer has. */
export type DecodeRequest =
  | { readonly purpose: 'propose'; readonly text: string; readonly hash: string; readonly once?: true }
  | { readonly purpose: 'adopt'; readonly text: string; readonly hash: string; readonly revision: Revision };

/**
 * What a mind wants done. The driver performs a step's effects in this order: saves, then sends, then everything else; when a save that others rely on fails, the step's sends, starts and reloads are dropped.
 */
export type Effect =
  /** Keep a text. `durable` outlives the boot, and need not be kept before the step goes on unless it says so. */
  | {
      readonly kind: 'save';
      readonly name: StoreName;
      readonly text: string;
      readonly durable: boolean;
      readonly isNeeded?: true;
    }
  /** Send a message over each of these links. */
  | { readonly kind: 'send'; readonly to: string; readonly routes: readonly Route[]; readonly message: Message }
  | { readonly kind: 'operate'; readonly operation: Operation }
  | { readonly kind: 'cancel'; readonly operationId: string }
  /** A start may come soon: learn what can be learned before it. */
  | { readonly kind: 'prepare'; readonly resource: ResourceSpec }
  /** Find out whether a reload does for a change of what runs. */
  | { readonly kind: 'compare'; readonly change: DefinitionChange }
  /** Call a fence device's agent. */
  | { readonly kind: 'fence'; readonly request: FenceRequest }
  | { readonly kind: 'ping'; readonly ping: PingSpec }
  /** One round of a check, of a resource or, where that is null, of this node. */
  | { readonly kind: 'check'; readonly resource: string | null; readonly check: CheckSpec; readonly round: number }
  | { readonly kind: 'decode'; readonly request: DecodeRequest }
  /** Make a plan that is too large for the thread of the heartbeat. */
  | { readonly kind: 'plan'; readonly spec: ClusterSpec; readonly observed: ObservedCluster; readonly view: number }
  /** Tell receivers what happened. Nobody waits for it. */
  | { readonly kind: 'tell'; readonly alert: Alert; readonly to: readonly AlertReceiver[] }
  | { readonly kind: 'log'; readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly sentence: string }
  /** Everything is handed over; the daemon may end. */
  | { readonly kind: 'left' };

/** One way to a peer: this node's link and the peer's address on it. */
export interface Route {
  readonly link: number;
  readonly address: string;
}
