import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Court } from './judged.js';
import type { SimHost } from './sim-host.js';
import type { SpecLibrary } from './spec-library.js';

/** S8: what is in force on a node is always a valid text, and nothing else than that is followed. */
export class RevisionChecker {
  readonly #court: Court;
  readonly #library: SpecLibrary;
  readonly #judged = new Map<string, { readonly hash: string; readonly spec: ClusterSpec }>();

  constructor(court: Court, library: SpecLibrary) {
    this.#court = court;
    this.#library = library;
  }

  /** Looks at what is in force on a machine. */
  look(host: SimHost): void {
    const { mind } = host;
    if (mind === null) return;
    const { inForce, text } = mind.revisions;
    const judged = this.#judged.get(host.id);
    if (judged?.hash === inForce.hash && judged.spec === mind.spec) return;
    this.#judged.set(host.id, { hash: inForce.hash, spec: mind.spec });
    this.#court.tally.count('revisions put in force');
    const spec = this.#library.decode(text, inForce.hash);
    if (spec === null) this.#court.report('S8', `${host.id} has put a text in force that is no spec`);
    else if (spec !== mind.spec) this.#court.report('S8', `${host.id} follows another spec than the one in force`);
  }
}
