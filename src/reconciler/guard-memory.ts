import type { GuardedLease, GuardOrders } from '../model/guard-orders.js';

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
