import type { Place } from './source.js';
import type { Target } from './target.js';

/**
 * What a check looks at.
 *
 * run: a program that exits with 0. target: something that answers; `statuses` and `contains` narrow what counts for a URL. file: something at a path, `newerThanMs` at most since its last change. process: one whose program has this name. disk: room on the file systems of these paths. memory: so much available, or stalls for no longer. load: a load average of 5 minutes of so much per processor.
 */
export type CheckProbe =
  | { readonly kind: 'run'; readonly argv: readonly string[] }
  | {
      readonly kind: 'target';
      readonly target: Target;
      readonly statuses?: readonly number[];
      readonly contains?: string;
    }
  | { readonly kind: 'file'; readonly path: string; readonly newerThanMs?: number }
  | { readonly kind: 'process'; readonly name: string }
  /** Shape: shares of the whole, 0.05 for 5 %. */
  | { readonly kind: 'disk'; readonly paths: readonly string[]; readonly freeShare: number }
  | { readonly kind: 'memory'; readonly availableShare?: number; readonly pressureShare?: number }
  | { readonly kind: 'load'; readonly perCpu: number };

/** Something that is looked at again and again. Shape: it passes after `rise` rounds in a row that passed, and fails after `fall` that failed; each at least 1. */
export interface CheckSpec<Probe = CheckProbe> {
  readonly id: string;
  readonly probe: Probe;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
  readonly place: Place;
}

/** What one round found. unknown: this machine could not look, which is neither. Shape: `why` is one line, at most `limits.reasonLengthMax` characters. */
export type CheckResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };
