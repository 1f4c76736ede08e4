/**
 * A table whose every change has a version, so that a peer can be sent just what it lacks, in pieces.
 *
 * Versions count up from 1 within the table's life. An entry keeps the version of its last change only: the changes
 * between two versions are the entries whose version lies between them. A removed entry stays as a tombstone (`value: null`), so
 * that a removal is said and never implied by omission.
 */
export interface VersionedTable<T> {
  /** Version of the newest change; 0 for a table that was never changed. */
  version: number;
  readonly entries: Map<string, VersionedEntry<T>>;
}

/** One entry with the version of its last change; `value` is null for a tombstone. */
export interface VersionedEntry<T> {
  readonly key: string;
  readonly version: number;
  readonly value: T | null;
}

/**
 * The changes with `from < version <= to`, oldest first.
 *
 * A receiver that has everything up to `from` has everything up to `to` after applying it.
 */
export interface TablePiece<T> {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly VersionedEntry<T>[];
}

/** An empty table. */
export function versionedTable<T>(): VersionedTable<T> {
  return { version: 0, entries: new Map() };
}

/** Sets an entry, or removes it with null; the change gets the next version. */
export function setEntry<T>(table: VersionedTable<T>, key: string, value: T | null): void {
  table.version += 1;
  table.entries.set(key, { key, version: table.version, value });
}

/** Forgets the tombstones up to a version that every peer has. */
export function forgetTombstones<T>(table: VersionedTable<T>, upTo: number): void {
  for (const entry of table.entries.values()) {
    if (entry.value === null && entry.version <= upTo) table.entries.delete(entry.key);
  }
}

/**
 * What a peer that has everything up to `from` lacks, cut into pieces of a size.
 *
 * Shape: `size` measures one entry in the unit of `sizeMax`; a piece holds at least one entry; at most `piecesMax` pieces, oldest changes first,
 * so a peer that is far behind catches up over several rounds. No piece when it lacks nothing.
 */
export function piecesSince<T>(
  table: VersionedTable<T>,
  options: {
    readonly from: number;
    readonly size: (entry: VersionedEntry<T>) => number;
    readonly sizeMax: number;
    readonly piecesMax: number;
  },
): TablePiece<T>[] {
  if (options.from >= table.version) return [];
  const changes = [...table.entries.values()]
    .filter((entry) => entry.version > options.from)
    .sort((a, b) => a.version - b.version);
  const pieces: TablePiece<T>[] = [];
  let from = options.from;
  let entries: VersionedEntry<T>[] = [];
  let size = 0;
  for (const entry of changes) {
    const entrySize = options.size(entry);
    if (entries.length > 0 && size + entrySize > options.sizeMax) {
      const to = entry.version - 1;
      pieces.push({ from, to, entries });
      if (pieces.length === options.piecesMax) return pieces;
      from = to;
      entries = [];
      size = 0;
    }
    entries.push(entry);
    size += entrySize;
  }
  pieces.push({ from, to: table.version, entries });
  return pieces;
}

/**
 * Applies a piece that a peer sent of its table.
 *
 * Returns the entries that were new here. A piece that begins above what is already here is refused whole (undefined): its sender
 * will begin lower once it learns what is here. Entries that are older than what is here are skipped: a late datagram changes nothing.
 */
export function applyPiece<T>(table: VersionedTable<T>, piece: TablePiece<T>): VersionedEntry<T>[] | undefined {
  if (piece.from > table.version) return undefined;
  const before = table.version;
  const applied: VersionedEntry<T>[] = [];
  for (const entry of piece.entries) {
    if (entry.version <= before) continue;
    table.entries.set(entry.key, entry);
    applied.push(entry);
  }
  if (piece.to > table.version) table.version = piece.to;
  return applied;
}
