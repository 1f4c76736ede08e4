/** What a lab tells of besides who runs what: failures, and what became of an edit. Pure. */
import { shortHash } from '../../model/revision.js';
import type { Status } from '../../model/status.js';

/** Conditions about the spec that a person should read. */
const OF_THE_SPEC: readonly string[] = ['spec-invalid', 'spec-unreadable', 'spec-vanished'];

/** Takes what the nodes say, and gives what is new in it. */
export class News {
  #known: ReadonlySet<string> = new Set();
  /** Of the newest revision that any node has had in force. */
  #generation = 0;

  /** The sentences that hold now and did not at the last look, each once, whichever nodes say it; and a revision newer than all before, but for the first. */
  of(statuses: readonly Status[]): string[] {
    const now = new Set(statuses.flatMap((status) => [...failuresOf(status), ...refusalsOf(status)]));
    const fresh = [...now].filter((sentence) => !this.#known.has(sentence));
    this.#known = now;
    return [...this.#revisionOf(statuses), ...fresh];
  }

  #revisionOf(statuses: readonly Status[]): string[] {
    const before = this.#generation;
    const revisions = statuses.flatMap(({ revision }) => revision ?? []);
    const newest = revisions.find(
      ({ generation }) => generation === Math.max(...revisions.map((each) => each.generation)),
    );
    if (newest === undefined || newest.generation <= before) return [];
    this.#generation = newest.generation;
    return before === 0 ? [] : [`revision ${shortHash(newest.hash)} (generation ${newest.generation}) is in force`];
  }
}

function failuresOf({ node: self, observed }: Status): string[] {
  return observed.resources.flatMap(({ resource, node, failures, reason }) => {
    if (node !== self || failures === 0 || reason === undefined) return [];
    return [`${resource} failed on ${node}${failures === 1 ? '' : `, ${failures} times now`}: ${reason}`];
  });
}

function refusalsOf({ conditions }: Status): string[] {
  return conditions.filter(({ kind }) => OF_THE_SPEC.includes(kind)).map(({ sentence }) => sentence);
}
