import { configurationOfLine } from '../ownership/line.js';
import { isQuorate } from '../ownership/holder.js';
import type { Court, JudgedHost } from './judged.js';

/** Where a machine stood in the line of voter sets when it last did anything. */
interface Place {
  readonly phase: number;
  readonly hash: string;
}

/**
 * S10: there is one line of voter sets, nobody goes back on it, and no two sets that need not share a voter are in use at once.
 *
 * In use is a set by which some node has a majority at this instant; machines that stood still past their leases are excused, as in S1.
 */
export class VoterChecker {
  readonly #court: Court;
  readonly #places = new Map<string, Place>();
  readonly #hashes = new Map<number, { readonly hash: string; readonly host: string }>();

  constructor(court: Court) {
    this.#court = court;
  }

  /** Looks at a machine that has just done something. */
  look(host: JudgedHost): void {
    const { mind } = host;
    // What could not be kept yet was not said either, and may be forgotten.
    if (mind === null || mind.voters.isUnsaved || !mind.voters.kept.line.isFounded) return;
    const { line } = mind.voters.kept;
    const { phase, hash } = configurationOfLine(line);
    const before = this.#places.get(host.id);
    if (before?.phase !== phase || before.hash !== hash) {
      this.#places.set(host.id, { phase, hash });
      this.#moves(host, { phase, hash }, before);
    }
    this.#isUsedAlone(host, phase);
  }

  #moves(host: JudgedHost, place: Place, before: Place | undefined): void {
    const { phase, hash } = place;
    const { tally } = this.#court;
    if (before !== undefined && phase < before.phase)
      this.#court.report('S10', `${host.id} goes back from phase ${before.phase} of the voters to ${phase}`);
    const first = this.#hashes.get(phase);
    if (first === undefined) {
      this.#hashes.set(phase, { hash, host: host.id });
      tally.count(phase % 2 === 1 ? 'voter changes begun' : 'voter sets put in force');
    } else if (first.hash !== hash) {
      this.#court.report('S10', `${host.id} has other voters in phase ${phase} than ${first.host}`);
    }
    if (before !== undefined && phase > before.phase + 1) tally.count('voter phases skipped');
  }

  #isUsedAlone(host: JudgedHost, phase: number): void {
    for (const [id, place] of this.#places) {
      if (Math.abs(place.phase - phase) < 2) continue;
      const [older, newer] = place.phase < phase ? [place.phase, phase] : [phase, place.phase];
      // Phases 2k+1 and 2k+3 share set k+1.
      if (newer - older === 2 && older % 2 === 1) continue;
      const other = this.#court.hosts.get(id);
      if (other === undefined || !this.#uses(host) || !this.#uses(other)) continue;
      this.#court.report(
        'S10',
        `${host.id} has a majority in phase ${phase} of the voters while ${id} has one in phase ${place.phase}`,
      );
    }
  }

  #uses(host: JudgedHost): boolean {
    const { mind } = host;
    return mind !== null && host.isUp && !host.isExcused && isQuorate(mind.holder, host.clock.nowMs());
  }
}
