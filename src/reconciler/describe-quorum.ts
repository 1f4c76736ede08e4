/** Whether a majority of the voters answers this node, and whether those that do not only wait out their quarantine. */
import { lastHeardMs } from '../membership/hearing.js';
import type { QuorumStatus } from '../model/status.js';
import { isRivalSpared } from '../ownership/expiry.js';
import { countsAnyhow, isQuorate } from '../ownership/holder.js';
import { majorityOf } from '../ownership/quorum.js';
import type { Mind } from './mind.js';

/** The quorum as status has it. */
export function describeQuorum(mind: Mind, nowMs: number): QuorumStatus {
  const { holder, voter } = mind;
  const acksOf = (set: readonly string[]) =>
    set.filter((id) => (holder.contacts.get(id)?.ackUntilMs ?? Number.NEGATIVE_INFINITY) > nowMs);
  const spare = (set: readonly string[]) => acksOf(set).length - majorityOf(set.length);
  // While the voters change there are two sets: the one with fewer answers to spare decides.
  const tightest = holder.sets.reduce((a, b) => (spare(b) < spare(a) ? b : a), holder.sets[0] ?? []);
  const acks = acksOf(tightest);
  const majority = majorityOf(tightest.length);
  const unanswered = tightest
    .filter((node) => !acks.includes(node))
    .map((node) => ({ node, countsAs: whatItCountsAs(mind, node, nowMs) }));
  const quarantined = tightest.flatMap((node) => {
    const leftMs = acks.includes(node) ? null : silentForMs(mind, node, nowMs);
    return leftMs === null ? [] : [{ node, leftMs: Math.round(leftMs) }];
  });
  const waits = [...acks.map(() => 0), ...quarantined.map(({ leftMs }) => leftMs)].sort((a, b) => a - b);
  const quorate = isQuorate(holder, nowMs);
  return {
    quorate,
    votes: tightest.length,
    majority,
    acks,
    ...(unanswered.length === 0 ? {} : { unanswered }),
    onLoss: mind.spec.quorum.onLoss,
    quarantineMs: voter.isVoting ? Math.max(0, Math.round(voter.quarantineUntilMs - nowMs)) : 0,
    quarantined,
    majorityInMs: quorate ? null : (waits[majority - 1] ?? null),
  };
}

/**
 * Whether what this node owns runs on while no majority answers it: it is one of two voters that can fence each other, its own voter answers, and the other one does not take it for dead (R14).
 */
export function keepsWhatItHolds({ holder, node }: Mind, nowMs: number): boolean {
  const isAnswering = (holder.contacts.get(node)?.ackUntilMs ?? Number.NEGATIVE_INFINITY) > nowMs;
  return isAnswering && isRivalSpared(holder);
}

function whatItCountsAs({ holder }: Mind, voter: string, nowMs: number): 'dead' | 'left' | 'ignored' | null {
  if (!countsAnyhow(holder, voter, nowMs)) return null;
  if (!holder.isRivalDead || voter !== holder.rival) return 'ignored';
  return holder.rivalDeadAs === null ? 'left' : 'dead';
}

/** For how long a voter that is there grants nothing yet, as it says itself; null when it does not say so. */
function silentForMs({ voter, holder, hearing, node: self }: Mind, node: string, nowMs: number): number | null {
  if (node === self && voter.isVoting && voter.quarantineUntilMs > nowMs) return voter.quarantineUntilMs - nowMs;
  const refusal = holder.contacts.get(node)?.refusal;
  if (refusal?.reason !== 'quarantine') return null;
  if (node !== self && nowMs - lastHeardMs(hearing, node) >= holder.leaseMs) return null;
  // Its first ack comes a little later.
  return refusal.untilMs < nowMs - 2 * holder.everyMs ? null : Math.max(0, refusal.untilMs - nowMs);
}
