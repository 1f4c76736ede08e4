import type { Court } from './judged.js';
import type { SimHost } from './sim-host.js';
import type { SpecLibrary } from './spec-library.js';

/** S8: what is in force on a node is always a valid text. */
export class RevisionChecker {
  readonly #court: Court;
  readonly #library: SpecLibrary;
  readonly #judged = new Map<string, string>();

  constructor(court: Court, library: SpecLibrary) {
    this.#court = court;
    this.#library = library;
  }

  /** Looks at what is in force on a machine. */
  look(host: SimHost): void {
    const hash = host.mind?.revisions.inForce.hash;
    if (hash === undefined || hash === this.#judged.get(host.id)) return;
    this.#judged.set(host.id, hash);
    this.#court.tally.count('revisions put in force');
    if (this.#library.specOf(hash) === null)
      this.#court.report('S8', `${host.id} has put a text in force that is no spec`);
  }
}
