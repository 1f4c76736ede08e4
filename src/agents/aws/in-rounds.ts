/** Takes over, or gives up, what others may change at the same time: in rounds, each of which looks anew. */
import type { Outcome } from '../../model/operation.js';
import { delay } from '../delay.js';
import { CANCELLED, DONE, failed } from '../outcome.js';
import type { Asking, Found } from './aws-node.js';
import type { Ec2Request } from './ec2-call.js';
import type { TriedAnswer } from './ec2-tries.js';
import { backOffMs, LOOK_MS, mayHelpLater, outcomeOfChange } from './ec2-tries.js';

/** How often things may be otherwise than they were read. Ours. */
const SURPRISES_MAX = 6;

/** How a round ended. again: things were not as they had been read. later: EC2 did not do it, and may if asked again. Shape: `outcome` is that of the action when it was the last round. */
export interface Round {
  readonly kind: 'over' | 'again' | 'later';
  readonly outcome: Outcome;
}

/** Goes on with rounds until one is over, the time is, or things were otherwise too often. */
export async function inRounds(asking: Asking, round: (isFirst: boolean) => Promise<Round>): Promise<Outcome> {
  const { leftMs, signal } = asking;
  let surprises = 0;
  for (let rounds = 1; ; rounds += 1) {
    if (signal.aborted) return CANCELLED;
    const { kind, outcome } = await round(rounds === 1);
    if (kind === 'over') return outcome;
    if (kind === 'again') surprises += 1;
    const pauseMs = backOffMs(rounds);
    if (surprises >= SURPRISES_MAX || leftMs() <= pauseMs + LOOK_MS) return outcome;
    await delay(pauseMs, signal);
  }
}

/** How a round ends by a change that was not made. Shape: what the `surprises` say was not as it had been read. */
export function roundOfFault(
  request: Ec2Request,
  answer: Extract<TriedAnswer, { readonly kind: 'fault' | 'ended' }>,
  surprises: readonly string[],
): Round {
  if (answer.kind === 'ended') return { kind: 'over', outcome: CANCELLED };
  const outcome = outcomeOfChange(request, answer);
  if (surprises.includes(answer.fault)) return { kind: 'again', outcome };
  return { kind: mayHelpLater(answer) ? 'later' : 'over', outcome };
}

/** What came of removing something. absent: it was not there any more. */
export type Removed = { readonly kind: 'removed' | 'absent' } | { readonly kind: 'failed'; readonly round: Round };

/** What came of a removal that was asked for. */
export function removedBy(request: Ec2Request, answer: TriedAnswer): Removed {
  if (answer.kind === 'fault' && answer.fault === 'not-found') return { kind: 'absent' };
  if (answer.kind !== 'fault' && answer.kind !== 'ended') return { kind: 'removed' };
  return { kind: 'failed', round: roundOfFault(request, answer, []) };
}

/** How something is removed that is this node's. */
export interface Removal<T> {
  /** What this node made is removed without a look before, so that an old read hides nothing. */
  readonly own: readonly T[];
  readonly find: () => Promise<Found<readonly T[]>>;
  readonly remove: (thing: T) => Promise<Removed>;
}

/** Removes everything of this node's, until a look finds nothing more of it. */
export async function removeAll<T>(asking: Asking, { own, find, remove }: Removal<T>): Promise<Outcome> {
  const wasMadeAnew = failed(
    'soft',
    'it came to this instance again as often as it was removed; see who else does that',
  );
  return inRounds(asking, async (isFirst) => {
    const known: Found<readonly T[]> = isFirst && own.length > 0 ? { kind: 'found', value: own } : await find();
    if (known.kind === 'none') return { kind: 'over', outcome: known.outcome };
    let isRemoved = known.value.length > 0;
    for (const thing of known.value) {
      const removed = await remove(thing);
      if (removed.kind === 'failed') return removed.round;
      isRemoved &&= removed.kind === 'removed';
    }
    if (known.value.length === 0) return { kind: 'over', outcome: DONE };
    const left = await find();
    // EC2 said itself that it is removed; the look is for what else there may be.
    if (left.kind === 'none') return { kind: 'over', outcome: isRemoved ? DONE : left.outcome };
    return left.value.length === 0 ? { kind: 'over', outcome: DONE } : { kind: 'again', outcome: wasMadeAnew };
  });
}
