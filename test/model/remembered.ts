/** What came of a step for a state and what it was told, both known by small numbers: looked up far more often than found out. */
export class Remembered<Result> {
  readonly #results: Result[][] = [];

  of(state: number, told: number, findOut: () => Result): Result {
    let results = this.#results[state];
    if (results === undefined) {
      results = [];
      this.#results[state] = results;
    }
    const known = results[told];
    if (known !== undefined) return known;
    const result = findOut();
    results[told] = result;
    return result;
  }
}
