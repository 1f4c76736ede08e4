/** Puts a plain value to the check that is generated from the schema. */
import type { ErrorObject } from 'ajv';
import type { ClusterDocument } from './raw-document.js';
import { validate } from './raw-shape.js';

/** One thing that a value has and the schema does not allow. */
export interface ShapeError {
  /** Keys and list positions that lead to the value, all as text. */
  readonly path: readonly string[];
  /** The keyword of the schema that is not met. */
  readonly keyword: string;
  /** What the keyword says of its failure. Source: ajv, "Error parameters". */
  readonly params: Readonly<Record<string, unknown>>;
  /** Where the check was of a key and not of a value: the key. */
  readonly name: string | null;
  /** The schema around the keyword. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** A document, or all that is wrong with its shape. */
export type ShapeResult =
  | { readonly kind: 'document'; readonly document: ClusterDocument }
  | { readonly kind: 'errors'; readonly errors: readonly ShapeError[] };

/** Checks the shape of a value. */
export function decodeShape(value: unknown): ShapeResult {
  if (validate(value)) return { kind: 'document', document: value as ClusterDocument };
  // The generated function keeps the errors of its last call on itself.
  const { errors } = validate as unknown as { readonly errors?: readonly ErrorObject[] | null };
  return { kind: 'errors', errors: (errors ?? []).map(decodeError) };
}

function decodeError(error: ErrorObject): ShapeError {
  return {
    path: error.instancePath === '' ? [] : error.instancePath.slice(1).split('/').map(unescapePointer),
    keyword: error.keyword,
    params: error.params as Readonly<Record<string, unknown>>,
    name: error.propertyName ?? null,
    schema: (error.parentSchema ?? {}) as Readonly<Record<string, unknown>>,
    value: error.data as unknown,
  };
}

/** Source: RFC 6901, section 4. */
function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
