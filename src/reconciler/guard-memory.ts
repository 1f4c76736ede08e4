import type { GuardedLease, GuardOrders } from '../model/guard-orders.js';
import type { HolderMemory } from '../ownership/memory.js';

/** What the mind remembers of its orders to the guard. */
export interface GuardMemory {
  /** The orders as they were kept last; empty when they never were, or could not be. */
  text: string;
  /** Something that orders are made from may have changed. */
  isStale: boolean;
  /** What an earlier daemon left orders for and this one does not answer for yet. */
  inherited: readonly GuardedLease[];
}

/** A mind that has given no orders yet. Shape: `orders` are those of an earlier daemon of this boot, null for none. */
export function beginGuardMemory(orders: GuardOrders | null): GuardMemory {
  return { text: '', isStale: true, inherited: orders?.leases ?? [] };
}

/**
 * What a holder kept, with the ends of its leases as the orders of the same daemon tell them: a renewal is kept there alone.
 *
 * Nothing renews a lease that had lapsed, nor a claim, under which nothing ran.
 */
export function withRenewals(memory: HolderMemory | null, orders: GuardOrders | null | undefined): HolderMemory | null {
  if (memory === null || orders === null || orders === undefined) return memory;
  // A key may stand there twice: of a lease that is over, what was left running is still listed.
  const nameOf = ({ key, epoch }: Pick<GuardedLease, 'key' | 'epoch'>): string => `${epoch} ${key}`;
  const ends = new Map(orders.leases.map((lease) => [nameOf(lease), lease.validUntilMs]));
  const held = memory.held.map((each) => {
    const validUntilMs = ends.get(nameOf(each));
    const isTold = validUntilMs !== undefined && each.state !== 'lapsed' && each.validUntilMs !== null;
    return isTold ? { ...each, validUntilMs } : each;
  });
  return { ...memory, held };
}
