/** Lets a slip of the pen in a top-level key be one mistake: whatever stands below it is read as what was meant. */
import type { ShapeError } from './decode-shape.js';
import type { CodedFinding } from './finding.js';
import { meantKey, shapeFindings } from './shape-findings.js';
import type { SourceIndex } from './source-index.js';
import type { SourceMap } from './source-tree.js';
import type { Suggest } from './suggest.js';

/** The tree with each misspelt top-level key as the one that was meant, which is told. Shape: null where none is; further shape errors are left to another look. */
export function respellSections(
  root: SourceMap,
  options: {
    readonly errors: readonly ShapeError[];
    readonly source: SourceIndex;
    readonly suggest: Suggest;
    readonly findings: CodedFinding[];
  },
): SourceMap | null {
  const { source, suggest, findings } = options;
  const meant = misspeltSections(options.errors, suggest);
  if (meant.size === 0) return null;
  const errors = options.errors.filter(
    ({ path, params }) => path.length === 0 && meant.has(String(params.additionalProperty)),
  );
  findings.push(...shapeFindings(errors, { source, suggest }));
  return { ...root, entries: new Map([...root.entries].map(([key, entry]) => [meant.get(key) ?? key, entry])) };
}

/** Top-level keys that are misspelt, by what is written. Shape: no key is meant by two. */
function misspeltSections(errors: readonly ShapeError[], suggest: Suggest): ReadonlyMap<string, string> {
  const meantBy = new Map<string, string>();
  for (const error of errors) {
    if (error.keyword !== 'additionalProperties' || error.path.length > 0) continue;
    const meant = meantKey(error, suggest);
    if (meant !== null && !meantBy.has(meant)) meantBy.set(meant, String(error.params.additionalProperty));
  }
  return new Map([...meantBy].map(([meant, written]) => [written, meant]));
}
