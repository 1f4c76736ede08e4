import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../src/base/random.js';
import { nextRandom, pickRandom, randomStream } from '../../src/base/random.js';
import type { TablePiece, VersionedTable } from '../../src/base/versioned-table.js';
import { applyPiece, forgetTombstones, piecesSince, setEntry, versionedTable } from '../../src/base/versioned-table.js';

const one = () => 1;

function tableOf(...changes: readonly (readonly [string, number | null])[]): VersionedTable<number> {
  const table = versionedTable<number>();
  for (const [key, value] of changes) setEntry(table, key, value);
  return table;
}

function pieces(table: VersionedTable<number>, from: number, sizeMax = 100, piecesMax = 100): TablePiece<number>[] {
  return piecesSince(table, { from, size: one, sizeMax, piecesMax });
}

/** What a table says, tombstones left out. */
function living(table: VersionedTable<number>): Record<string, number> {
  const out: Record<string, number> = {};
  for (const { key, value } of table.entries.values()) if (value !== null) out[key] = value;
  return out;
}

describe('the pieces of a versioned table', () => {
  it('are none for a peer that lacks nothing', () => {
    expect(pieces(tableOf(['a', 1], ['b', 2]), 2)).toEqual([]);
  });

  it('hold the changes that a peer lacks, oldest first', () => {
    const table = tableOf(['a', 1], ['b', 2], ['c', 3], ['a', 4]);
    expect(pieces(table, 1)).toEqual([
      {
        from: 1,
        to: 4,
        entries: [
          { key: 'b', version: 2, value: 2 },
          { key: 'c', version: 3, value: 3 },
          { key: 'a', version: 4, value: 4 },
        ],
      },
    ]);
  });

  it('say a removal', () => {
    expect(pieces(tableOf(['a', 1], ['a', null]), 1)).toEqual([
      { from: 1, to: 2, entries: [{ key: 'a', version: 2, value: null }] },
    ]);
  });

  it('follow each other without a gap, and end at the newest version', () => {
    const table = tableOf(['a', 1], ['b', 2], ['a', 3], ['c', 4], ['d', 5], ['b', 6]);
    expect(pieces(table, 0, 2).map(({ from, to, entries }) => [from, to, entries.map((each) => each.key)])).toEqual([
      [0, 4, ['a', 'c']],
      [4, 6, ['d', 'b']],
    ]);
  });

  it('carry at least one entry each, however large it is', () => {
    const table = tableOf(['a', 1], ['b', 2]);
    const found = piecesSince(table, { from: 0, size: () => 50, sizeMax: 10, piecesMax: 9 });
    expect(found.map((piece) => piece.entries.length)).toEqual([1, 1]);
  });

  it('are no more than asked for, the oldest changes first', () => {
    const table = tableOf(['a', 1], ['b', 2], ['c', 3]);
    expect(pieces(table, 0, 1, 2).map((piece) => piece.to)).toEqual([1, 2]);
  });
});

describe('a piece that arrives', () => {
  it('is refused whole when it begins above what is here', () => {
    const table = tableOf(['a', 1]);
    expect(applyPiece(table, { from: 2, to: 3, entries: [{ key: 'b', version: 3, value: 3 }] })).toBeUndefined();
    expect(table).toEqual(tableOf(['a', 1]));
  });

  it('changes nothing when it is late', () => {
    const table = tableOf(['a', 1], ['a', 2]);
    expect(applyPiece(table, { from: 0, to: 1, entries: [{ key: 'a', version: 1, value: 1 }] })).toEqual([]);
    expect(living(table)).toEqual({ a: 2 });
    expect(table.version).toBe(2);
  });

  it('is taken in from where it is new', () => {
    const source = tableOf(['a', 1], ['b', 2], ['a', null]);
    const table = tableOf(['a', 1]);
    const [piece] = pieces(source, 0);
    const applied = piece === undefined ? undefined : applyPiece(table, piece);
    expect(applied?.map((entry) => entry.key)).toEqual(['b', 'a']);
    expect(living(table)).toEqual({ b: 2 });
  });

  it('raises the version even when it brings no entry', () => {
    const table = tableOf(['a', 1]);
    applyPiece(table, { from: 1, to: 7, entries: [] });
    expect(table.version).toBe(7);
  });
});

describe('tombstones', () => {
  it('are forgotten once every peer has them, entries and newer tombstones are kept', () => {
    const table = tableOf(['a', 1], ['a', null], ['b', 1], ['c', 1], ['c', null]);
    forgetTombstones(table, 3);
    expect([...table.entries.keys()]).toEqual(['b', 'c']);
    expect(table.version).toBe(5);
  });
});

describe('a copy kept by pieces that are lost, repeated and reordered', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'never says what the table never said, and ends equal to it: seed %d',
    (seed) => {
      const random = randomStream(seed);
      const source = versionedTable<number>();
      const copy = versionedTable<number>();
      const said = new Map<number, Record<string, number>>([[0, {}]]);
      const inFlight: TablePiece<number>[] = [];
      for (let turn = 0; turn < 200; turn++) {
        change(source, random);
        said.set(source.version, living(source));
        if (nextRandom(random) < 0.5) {
          // What is known of the copy may be old: then the piece begins lower than it must.
          const from = Math.floor(copy.version * (nextRandom(random) < 0.8 ? 1 : nextRandom(random)));
          inFlight.push(...pieces(source, from, 1 + Math.floor(nextRandom(random) * 4), 3));
        }
        deliverSome(copy, inFlight, random);
        // A copy lies between two of the table's states: what did not change since says the same on both sides.
        for (const { key, version, value } of copy.entries.values()) {
          const then = source.entries.get(key);
          if (then !== undefined && then.version === version) expect(value, `${key} at ${version}`).toBe(then.value);
        }
        const whole = said.get(copy.version);
        if (copy.version === source.version) expect(living(copy)).toEqual(whole);
      }
      for (let round = 0; round < 100 && copy.version < source.version; round++) {
        for (const piece of pieces(source, copy.version, 3, 2)) applyPiece(copy, piece);
      }
      expect(living(copy)).toEqual(living(source));
    },
  );
});

function change(table: VersionedTable<number>, random: RandomStream): void {
  const key = pickRandom(random, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) ?? 'a';
  setEntry(table, key, nextRandom(random) < 0.3 ? null : table.version);
}

function deliverSome(copy: VersionedTable<number>, inFlight: TablePiece<number>[], random: RandomStream): void {
  while (inFlight.length > 0 && nextRandom(random) < 0.6) {
    const index = Math.floor(nextRandom(random) * inFlight.length);
    const piece = inFlight[index];
    if (piece === undefined) return;
    // One in five is lost, and one in five comes again later.
    const fate = nextRandom(random);
    if (fate < 0.8) applyPiece(copy, piece);
    if (fate >= 0.2) inFlight.splice(index, 1);
  }
}
