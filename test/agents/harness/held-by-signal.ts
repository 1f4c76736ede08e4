import { getEventListeners } from 'node:events';

/** How much a signal holds for those who wait for it: listeners, and signals that were made of it, which Node keeps in a set of its own. */
export function heldBySignal(signal: AbortSignal): number {
  const sets = Object.getOwnPropertySymbols(signal)
    .filter(({ description }) => description === 'kDependantSignals')
    .map((symbol): unknown => Reflect.get(signal, symbol));
  // Node's own kind of set, which is no Set to anybody else.
  const sizes = sets.map((set) => (typeof set === 'object' && set !== null ? Number(Reflect.get(set, 'size')) : 0));
  return sizes.reduce((sum, size) => sum + size, getEventListeners(signal, 'abort').length);
}
