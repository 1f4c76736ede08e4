/** Waits for something, looking often; throws when it does not come. Shape: what `look` saw when it was neither empty nor zero. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 20_000,
): Promise<Exclude<T, false | 0 | '' | null | undefined>> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (isThere(seen)) {
      return seen;
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isThere<T>(seen: T): seen is Exclude<T, false | 0 | '' | null | undefined> {
  return Boolean(seen);
}
