/** Specs of the case folders, read as the product reads them. */
import { decodeSpec } from '../../src/spec/decode-spec.js';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';

/** The spec of a text that must be valid. Errors: throws with the problems of one that is not. */
export function readSpec(file: string, text: string): ClusterSpec {
  const result = decodeSpec([{ file, text }]);
  if (result.kind === 'ok') return result.spec;
  const problems = result.problems.map(
    ({ place, message, code }) => `${place.file}:${place.line}: ${message} [${code}]`,
  );
  throw new Error(problems.join('\n'));
}
