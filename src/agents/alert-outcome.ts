/**
 * What came of telling a receiver.
 *
 * taken: it said so. failed: another attempt may help. refused: none would. Shape: `why` is one line without secrets.
 */
export type AlertOutcome = { readonly kind: 'taken' } | { readonly kind: 'failed' | 'refused'; readonly why: string };

export const TAKEN: AlertOutcome = { kind: 'taken' };
