/** Every check that is written in a spec. */
import type { Check, ClusterDocument } from './raw-document.js';
import type { PathPart } from './source-index.js';

/** A check as it is written. Shape: `words` name it in a sentence. */
export interface WrittenCheck {
  readonly check: Check;
  readonly path: readonly PathPart[];
  readonly words: string;
}

/** The checks of a document. */
export function* writtenChecks({ checks: ofNodes = {}, resources = {} }: ClusterDocument): Iterable<WrittenCheck> {
  for (const [id, check] of Object.entries(ofNodes)) yield { check, path: ['checks', id], words: `check "${id}"` };
  for (const [resource, { checks = {} }] of Object.entries(resources)) {
    for (const [id, check] of Object.entries(checks)) {
      yield { check, path: ['resources', resource, 'checks', id], words: `check "${id}" of resource "${resource}"` };
    }
  }
}
