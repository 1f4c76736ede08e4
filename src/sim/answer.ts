/**
 * A promise that is kept at an exact moment: whoever waits for it is called within the call that settles it, with no turn of an event loop between.
 *
 * So a simulated cluster needs no real promise, and its order of events is that of virtual time alone.
 */
export class Answer<T> implements PromiseLike<T> {
  #value: { readonly it: T } | null = null;
  #waiting: ((value: T) => void)[] = [];

  /** Settles it; a second call changes nothing. */
  settle(value: T): void {
    if (this.#value !== null) return;
    this.#value = { it: value };
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tell of waiting) tell(value);
  }

  // biome-ignore lint/suspicious/noThenProperty: being waited for is what it is for.
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    _onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    const next = new Answer<A | B>();
    const tell = (value: T): void => {
      const result = onValue?.(value);
      if (isPromiseLike(result)) result.then((each) => next.settle(each));
      else if (result !== undefined) next.settle(result);
    };
    if (this.#value !== null) tell(this.#value.it);
    else this.#waiting.push(tell);
    return next;
  }
}

function isPromiseLike<T>(value: T | PromiseLike<T> | undefined): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
