import { hasNoRoom } from './no-room.js';

/**
 * Whether something outside answered when it was asked.
 *
 * cannot-ask: this machine could not put the question, which says nothing of the other one. Shape: `why` is one line, for people.
 */
export type TargetAnswer =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly why: string }
  | { readonly kind: 'cannot-ask'; readonly why: string };

/** What asking needs beside the target. */
export interface AskOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Where programs are looked for; the default is the system's folders. */
  readonly path?: string | undefined;
}

export const YES: TargetAnswer = { kind: 'yes' };

/** The answer of a connection that failed. */
export function answerOfError(error: unknown): TargetAnswer {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const why = error instanceof Error && error.message !== '' ? error.message : code === '' ? String(error) : code;
  return { kind: hasNoRoom(code) ? 'cannot-ask' : 'no', why };
}
