/**
 * Takes out of a document what its shape does not allow, so that the rules can judge the rest in the same run.
 *
 * What is optional goes by itself; what is needed takes the thing that needs it along, up to a whole node, group or resource. What was taken out is remembered: a rule that must see
 * all of a section, or of an entry, does not judge it then.
 */
import { decodeShape } from './decode-shape.js';
import type { ShapeError } from './decode-shape.js';
import type { ClusterDocument } from './raw-document.js';

/** A top-level key of a spec. */
export type Section = keyof ClusterDocument;

/** A document of the right shape. */
export interface MendedDocument {
  readonly document: ClusterDocument;
  /** Whether nothing was taken out at a path or below it. */
  readonly isWhole: (...path: readonly string[]) => boolean;
}

/** Stand-ins for what a document cannot do without. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  apiVersion: 'fairlead/v1',
  kind: 'Cluster',
  cluster: { name: 'unnamed' },
  nodes: { unnamed: { addresses: ['127.0.0.1'] } },
};

/** Rounds of taking out: each may leave something needed missing one step further up, and nothing is nested deeper. */
const ROUNDS_MAX = 8;

/** Mends a value in place. Shape: null when nothing of it can be kept. */
export function mendShape(value: unknown, errors: readonly ShapeError[]): MendedDocument | null {
  if (!isRecord(value)) return null;
  const broken = new Set<string>();
  const isWhole: MendedDocument['isWhole'] = (...path) => !broken.has(keyOf(path));
  let open = errors;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    for (const error of open) takeOut(value, error, broken);
    const result = decodeShape(value);
    if (result.kind === 'document') return { document: result.document, isWhole };
    open = result.errors;
  }
  return null;
}

function takeOut(root: Record<string, unknown>, error: ShapeError, broken: Set<string>): void {
  const { keyword, params, name, path } = error;
  if (keyword === 'additionalProperties') {
    // A key that nothing reads makes no other judgement wrong, at most that something is missing.
    remove(root, [...path, String(params.additionalProperty)], broken);
  } else if (name !== null) {
    remove(root, [...path, name], broken);
  } else if (keyword === 'required' && path.length === 0) {
    const missing = String(params.missingProperty);
    broken.add(keyOf([missing]));
    root[missing] = structuredCopy(STAND_INS[missing]);
  } else {
    remove(root, path, broken);
  }
}

/** Removes what is at a path. A list goes as a whole, so that the positions of what stays are those of the text. */
function remove(root: Record<string, unknown>, path: readonly string[], broken: Set<string>): void {
  for (const depth of path.keys()) broken.add(keyOf(path.slice(0, depth + 1)));
  let holder: unknown = root;
  for (const [depth, part] of path.entries()) {
    if (!isRecord(holder)) return;
    const next = holder[part];
    if (depth === path.length - 1 || Array.isArray(next)) {
      delete holder[part];
      return;
    }
    holder = next;
  }
}

function keyOf(path: readonly string[]): string {
  return path.join('\n');
}

function structuredCopy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
