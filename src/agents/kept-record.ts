/**
 * What is written down of a kept process, so that the next life of the daemon finds it again and no other process is ever taken for it.
 *
 * A record stands in a file of its own in the run folder, which is a tmpfs: it says nothing about another boot.
 */
import { isJsonObject, parseJson } from '../base/json-object.js';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf } from './file-name.js';
import { isThere, readIfThere, unlessAbsent } from './is-there.js';
import type { ProcessIdentity } from './process-table.js';
import { isIdentity } from './process-table.js';
import { readText, replaceFile } from './run-file.js';

/** Who is about to start a kept process. Shape: `sinceTicks` is a time before the start, as {@link ProcessIdentity} counts it. */
export interface KeptIntention {
  readonly caller: ProcessIdentity;
  readonly sinceTicks: number;
}

/**
 * A kept process.
 *
 * Shape: `command` is a hash of what was run; `leader` is null between the intention to start and the start: whether it began is then not known to who reads it later, but for what `intention` says. Its pid is also that of
 * its process group and session; `members` are descendants that were seen.
 */
export interface KeptRecord {
  readonly resource: string;
  readonly bootId: string;
  readonly command: string;
  readonly leader: ProcessIdentity | null;
  readonly members: readonly ProcessIdentity[];
  readonly intention?: KeptIntention;
}

/** A record as it was read or written last. Shape: `file` names the file that it is newer than or the same as; null where there was none. */
interface RememberedRecord {
  readonly record: KeptRecord;
  readonly file: string | null;
}

/**
 * The records of one run folder.
 *
 * What was read or written once is remembered: a program that writes over its environment loses its mark, and when somebody removes the folder under it the record is all that is known.
 */
export class KeptRecords {
  readonly #remembered = new Map<string, RememberedRecord>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /**
   * The record, or the one that is remembered where its file is gone, cannot be read or is older. Null when there never was one: what it was about is then found by its mark; null as well
   * when an intention was taken back.
   *
   * Errors: throws when there is one that cannot be read, and none is remembered.
   */
  read(resource: string): KeptRecord | null {
    const path = this.#path(resource);
    const remembered = this.#remembered.get(resource);
    try {
      const file = fileAt(path);
      if (file === null && remembered?.record.leader === null && isThere(this.folder)) {
        this.#remembered.delete(resource);
        return null;
      }
      if (file === null || file === remembered?.file) return remembered?.record ?? null;
      const record = decodeRecord(readIfThere(path));
      if (record?.resource !== resource) return remembered?.record ?? null;
      this.#remembered.set(resource, { record, file });
      return record;
    } catch (error) {
      if (remembered === undefined) throw error;
      return remembered.record;
    }
  }

  /** Replaces the record at once and whole. Errors: throws when it cannot be kept; it is remembered all the same, and no older file counts then. */
  write(record: KeptRecord): void {
    const path = this.#path(record.resource);
    try {
      replaceFile(path, `${JSON.stringify(record)}\n`);
    } finally {
      this.#remembered.set(record.resource, { record, file: fileAt(path) });
    }
  }

  remove(resource: string): void {
    this.#remembered.delete(resource);
    rmSync(this.#path(resource), { force: true });
  }

  /** Every record of which there is a file that can be read. */
  all(): KeptRecord[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .flatMap((name) => decodeRecord(readText(join(this.folder, name))) ?? [])
      .flatMap(({ resource }) => this.read(resource) ?? []);
  }

  /** Forgets what is remembered of all but these; the files stay. */
  rememberOnly(resources: ReadonlySet<string>): void {
    for (const resource of this.#remembered.keys()) if (!resources.has(resource)) this.#remembered.delete(resource);
  }

  #path(resource: string): string {
    return join(this.folder, `${fileNameOf(resource)}.json`);
  }
}

/** Names a file that is never written in place: another one has another number or another time. Null when there is none. */
function fileAt(path: string): string | null {
  const stats = unlessAbsent(() => statSync(path, { bigint: true }));
  return stats === null ? null : `${stats.ino} ${stats.mtimeNs}`;
}

function decodeRecord(text: string | null): KeptRecord | null {
  const value = parseJson(text);
  if (!isJsonObject(value)) {
    return null;
  }
  const { resource, bootId, command, leader, members, intention } = value;
  const areTexts = [resource, bootId, command].every((member) => typeof member === 'string');
  if (!areTexts || !(leader === null || isIdentity(leader)) || !Array.isArray(members) || !members.every(isIdentity)) {
    return null;
  }
  return {
    resource: String(resource),
    bootId: String(bootId),
    command: String(command),
    leader,
    members,
    ...(isIntention(intention) ? { intention } : {}),
  };
}

function isIntention(value: unknown): value is KeptIntention {
  return isJsonObject(value) && isIdentity(value.caller) && Number.isSafeInteger(value.sinceTicks);
}
