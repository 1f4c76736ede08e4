/**
 * Our own mistakes, as opposed to the user's (a `Problem`) or the world's (an outcome value).
 *
 * A broken invariant stops the node: going on with a state that cannot exist is how one owner becomes two.
 */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/**
 * States what must hold here.
 *
 * Errors: throws {@link InvariantError} when it does not hold; only `runtime` may catch it, to stop the node.
 */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/**
 * The end of every `switch` over a closed union: the compiler proves that no case is left.
 *
 * Errors: throws {@link InvariantError} when a value from outside slipped past its decoder.
 */
export function unreachable(value: never): never {
  throw new InvariantError(`no case for ${JSON.stringify(value)}`);
}
