import type { ResourceSpec } from '../model/cluster-spec.js';

/** What watches resources by events of one kind. */
export interface EventWatch {
  /** The resource runs here, or is about to: what happens to it is told. One of another kind is none of its business. */
  readonly follow: (resource: ResourceSpec) => void;
  /** It does not run here any more. */
  readonly forget: (resource: string) => void;
  readonly close: () => void;
}
