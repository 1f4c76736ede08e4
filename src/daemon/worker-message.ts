import type { ClusterSpec } from '../model/cluster-spec.js';
import type { ObservedCluster } from '../model/observation.js';
import type { Plan } from '../model/plan.js';

/** Work that would hold up heartbeats: decoding a text, making a large plan. */
export type WorkerRequest =
  | { readonly id: number; readonly kind: 'decode'; readonly text: string; readonly hash: string }
  | { readonly id: number; readonly kind: 'plan'; readonly spec: ClusterSpec; readonly observed: ObservedCluster };

/** What came of it. */
export type WorkerAnswer =
  | { readonly id: number; readonly kind: 'spec'; readonly spec: ClusterSpec }
  | { readonly id: number; readonly kind: 'plan'; readonly plan: Plan }
  | { readonly id: number; readonly kind: 'failed'; readonly sentence: string }
  /** The thread could not be started or died: nothing was found out. */
  | { readonly id: number; readonly kind: 'broken'; readonly sentence: string };
