/** Every check that is written in a spec. */
import type { ClusterDocument, NodeCheck } from './raw-document.js';
import type { PathPart } from './source-index.js';

/** A check as it is written. Shape: one of a resource has no `attribute`; `words` name it in a sentence. */
export interface WrittenCheck {
  readonly check: NodeCheck;
  readonly isOfNode: boolean;
  readonly path: readonly PathPart[];
  readonly words: string;
}

/** The checks of a document. */
export function* writtenChecks({ checks: ofNodes = {}, resources = {} }: ClusterDocument): Iterable<WrittenCheck> {
  for (const [id, check] of Object.entries(ofNodes))
    yield { check, isOfNode: true, path: ['checks', id], words: `check "${id}"` };
  for (const [resource, { checks = {} }] of Object.entries(resources)) {
    for (const [id, check] of Object.entries(checks)) {
      const words = `check "${id}" of resource "${resource}"`;
      yield { check, isOfNode: false, path: ['resources', resource, 'checks', id], words };
    }
  }
}
