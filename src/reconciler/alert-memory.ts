import type { AlertDetail } from '../model/alert.js';
import type { FenceCertificate } from '../model/fencing.js';
import type { Plan } from '../model/plan.js';

/** What this node knows to have been told, or to need no telling: alerts are what differs from it. Plain data, updated in place. */
export interface AlertMemory {
  /** Alerts told since the daemon started. */
  count: number;
  /** What happened in this step and is to be told at its end. */
  readonly happened: AlertDetail[];
  /** By group, the node on which it was up last. */
  readonly homes: Map<string, string>;
  /** By group that is on its way to this node, why. */
  readonly moves: Map<string, string>;
  /** Resources of this node that run without a lease. */
  strays: ReadonlySet<string>;
  /** By node, whether it is there. */
  readonly nodes: Map<string, boolean>;
  /** Nodes that were lost or came back while another node was to tell it, with when that was. */
  readonly leftToOthers: Map<string, number>;
  /** The sentence of each condition of the spec, by kind and subject. */
  readonly spec: Map<string, string>;
  /** Nodes whose fence failed. */
  readonly unfenced: Set<string>;
  /** What was looked at last. */
  plan: Plan | null;
  peers: string | null;
  certificates: readonly FenceCertificate[] | null;
  specCount: number;
}

/** Nothing is known yet, so nothing is news. */
export function beginAlertMemory(): AlertMemory {
  return {
    count: 0,
    happened: [],
    homes: new Map(),
    moves: new Map(),
    strays: new Set(),
    nodes: new Map(),
    leftToOthers: new Map(),
    spec: new Map(),
    unfenced: new Set(),
    plan: null,
    peers: null,
    certificates: null,
    specCount: 0,
  };
}
