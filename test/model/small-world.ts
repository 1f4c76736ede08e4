/**
 * A small world: two nodes that want one lease, three voters, and everything that may happen to their messages and to the voters' memories.
 *
 * Time goes in steps and all clocks run alike. A holder whose heartbeats are due may send them, with a claim or without, or stand still for as long as it likes. Each of the three heartbeats is lost or comes at once, and so does its
 * answer: what comes late is the simulator's matter. A voter's daemon may start anew.
 */
import type { Deed, WorldSpec } from './processes.js';
import { HOLDERS, Processes, VOTERS } from './processes.js';
import type { Between } from './settle.js';
import { Remembered } from './remembered.js';
import { between, settleHolder, settleVoter, TICK_MS } from './settle.js';

/** How much may happen. */
export interface WorldBounds extends WorldSpec {
  /** Claims of each node. */
  readonly claims: number;
  /** Starts of voters' daemons, all together. */
  readonly restarts: number;
  /** What becomes of the memory of a voter that starts anew. */
  readonly memories: readonly ('kept' | 'lost')[];
}

/** Takes in a world that one step leads to. Shape: `step` says which, in words. */
export type Visit = (row: readonly number[], step: () => string) => void;

const DEEDS: readonly Deed[] = ['beats', 'claims'];
const FATES = ['lost', 'not answered', 'answered'] as const;

/** The world and its steps. Shape: a state is a row of the two holders, the three voters, and the claims that each holder made. */
export class SmallWorld {
  static readonly width = HOLDERS.length * 2 + VOTERS.length;
  readonly #processes: Processes;
  readonly #bounds: WorldBounds;
  readonly #pairs = new Remembered<number>();
  readonly #holders = new Remembered<number>();
  readonly #voters = new Remembered<number>();

  constructor(bounds: WorldBounds) {
    this.#bounds = bounds;
    this.#processes = new Processes(bounds);
  }

  begin(): number[] {
    const { holders, voters } = this.#processes.begin();
    return this.#settle([...holders, ...voters, 0, 0], 0);
  }

  /** Whether a node may run what the lease is for. */
  mayRun(row: readonly number[], node: number): boolean {
    return this.#processes.mayRun(row[node] ?? 0);
  }

  /** The same world a step of time later. */
  later(row: readonly number[]): number[] {
    const [a = 0, b = 0, ...rest] = row;
    return this.#settle([this.#processes.expired(a), this.#processes.expired(b), ...rest], TICK_MS);
  }

  /** Everything that may happen at this moment. */
  nexts(row: readonly number[], visit: Visit): void {
    for (const holder of HOLDERS.keys()) for (const deed of DEEDS) this.#turn(row, { holder, deed }, visit);
    this.#restart(row, visit);
  }

  /** A node does something and says it to the voters. Both nodes are alike, so the one that claims first is the first. */
  #turn(row: readonly number[], of: { readonly holder: number; readonly deed: Deed }, visit: Visit): void {
    const { holder, deed } = of;
    const claimsAt = HOLDERS.length + VOTERS.length;
    const claims = row[claimsAt + holder] ?? 0;
    if (deed === 'claims' && (claims === this.#bounds.claims || (holder > 0 && row[claimsAt] === 0))) return;
    const claimsOfAll = deed === 'claims' ? (row[claimsAt] ?? 0) + (row[claimsAt + 1] ?? 0) : 0;
    const [after, ...flights] = this.#processes.turn(row[holder] ?? 0, deed, claimsOfAll);
    if (after === undefined) return;
    const begun = [...row];
    begun[holder] = after;
    if (deed === 'claims') begun[claimsAt + holder] = claims + 1;
    const send = (world: readonly number[], fates: readonly number[]): void => {
      const voter = fates.length;
      if (voter === VOTERS.length) {
        const say = () => fates.map((fate, index) => `${VOTERS[index]} ${FATES[fate]}`).join(', ');
        visit(this.#settle(world, 0), () => `${HOLDERS[holder]} ${deed}: ${say()}`);
        return;
      }
      send(world, [...fates, 0]);
      const [heard = 0, answer] = this.#processes.hear(world[HOLDERS.length + voter] ?? 0, flights[voter] ?? 0);
      const come = [...world];
      come[HOLDERS.length + voter] = heard;
      send(come, [...fates, 1]);
      if (answer === undefined) return;
      const answered = [...come];
      answered[holder] = this.#processes.heed(come[holder] ?? 0, answer);
      send(answered, [...fates, 2]);
    };
    send(begun, []);
  }

  /** All voters are alike, so who starts anew for the first time is the first that did not yet. */
  #restart(row: readonly number[], visit: Visit): void {
    const counts = VOTERS.map((_, index) => this.#processes.restarts(row[HOLDERS.length + index] ?? 0));
    if (counts.reduce((a, b) => a + b) >= this.#bounds.restarts) return;
    for (const [index, count] of counts.entries()) {
      if (count === 0 && index !== counts.indexOf(0)) continue;
      for (const memory of this.#bounds.memories) {
        const after = [...row];
        after[HOLDERS.length + index] = this.#processes.restart(row[HOLDERS.length + index] ?? 0, memory);
        visit(this.#settle(after, 0), () => `${VOTERS[index]} starts anew, its memory ${memory}`);
      }
    }
  }

  /** Makes worlds equal that differ in nothing that matters, after some time. */
  #settle(row: readonly number[], passedMs: number): number[] {
    const [a = 0, b = 0, v1 = 0, v2 = 0, v3 = 0, ...claims] = row;
    const ofA = [this.#between(a, v1), this.#between(a, v2), this.#between(a, v3)] as const;
    const ofB = [this.#between(b, v1), this.#between(b, v2), this.#between(b, v3)] as const;
    const settled = [
      this.#holder(a, ofA, passedMs),
      this.#holder(b, ofB, passedMs),
      this.#voter(v1, [ofA[0], ofB[0]], passedMs),
      this.#voter(v2, [ofA[1], ofB[1]], passedMs),
      this.#voter(v3, [ofA[2], ofB[2]], passedMs),
      ...claims,
    ];
    return this.#orSwapped(settled);
  }

  /** Of two worlds that are the same but for the names of v2 and v3, the one that was known first. */
  #orSwapped(row: number[]): number[] {
    const [a = 0, b = 0, v1 = 0, v2 = 0, v3 = 0, ...claims] = row;
    const { holders, voters } = this.#processes;
    const other = [holders.swapped(a), holders.swapped(b), v1, voters.swapped(v3), voters.swapped(v2), ...claims];
    for (const [index, each] of row.entries())
      if (each !== other[index]) return each < (other[index] ?? 0) ? row : other;
    return row;
  }

  #between(holder: number, voter: number): number {
    return this.#pairs.of(holder, voter, () =>
      codeOf(between(this.#processes.holders.at(holder), this.#processes.voters.at(voter))),
    );
  }

  #holder(holder: number, codes: readonly number[], passedMs: number): number {
    return this.#holders.of(holder, keyOf(codes, passedMs), () => {
      const { holders } = this.#processes;
      return holders.numberOf(settleHolder(holders.at(holder), passedMs, codes.map(pairOf)));
    });
  }

  #voter(voter: number, codes: readonly number[], passedMs: number): number {
    return this.#voters.of(voter, keyOf(codes, passedMs), () => {
      const { voters } = this.#processes;
      const holders = new Map(HOLDERS.map((node, index) => [node, pairOf(codes[index] ?? 0)]));
      return voters.numberOf(settleVoter(voters.at(voter), passedMs, holders));
    });
  }
}

function keyOf(codes: readonly number[], passedMs: number): number {
  let key = Math.sign(passedMs);
  for (const code of codes) key = key * 8 + code;
  return key;
}

function codeOf({ isBehind, breaks, breaksKnown }: Between): number {
  return Number(isBehind) + 2 * breaks + 4 * breaksKnown;
}

function pairOf(code: number): Between {
  return { isBehind: code % 2 === 1, breaks: Math.floor(code / 2) % 2, breaksKnown: Math.floor(code / 4) };
}
