/**
 * What is written down of a kept process, so that the next life of the daemon finds it again and no other process is ever taken for it.
 *
 * A record stands in a file of its own in the run folder, which is a tmpfs: it says nothing about another boot.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf } from './file-name.js';
import type { ProcessIdentity } from './process-table.js';

/**
 * A kept process.
 *
 * Shape: `command` is a hash of what was run; `leader` is null between the intention to start and the start, its pid is also that of its process group and
 * session; `members` are descendants that were seen.
 */
export interface KeptRecord {
  readonly resource: string;
  readonly bootId: string;
  readonly command: string;
  readonly leader: ProcessIdentity | null;
  readonly members: readonly ProcessIdentity[];
}

/** The records of one run folder. */
export class KeptRecords {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Null when there is none, or one that cannot be read: what it was about is then found by its mark. */
  read(resource: string): KeptRecord | null {
    let text: string;
    try {
      text = readFileSync(this.#path(resource), 'utf8');
    } catch {
      return null;
    }
    const record = decodeRecord(text);
    return record?.resource === resource ? record : null;
  }

  /** Replaces the record at once and whole. */
  write(record: KeptRecord): void {
    const path = this.#path(record.resource);
    writeFileSync(`${path}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  remove(resource: string): void {
    rmSync(this.#path(resource), { force: true });
  }

  /** Every record that can be read. */
  all(): KeptRecord[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .flatMap((name) => decodeRecord(readFileSync(join(this.folder, name), 'utf8')) ?? []);
  }

  #path(resource: string): string {
    return join(this.folder, `${fileNameOf(resource)}.json`);
  }
}

function decodeRecord(text: string): KeptRecord | null {
  const value = parseJson(text);
  if (!isObject(value)) {
    return null;
  }
  const { resource, bootId, command, leader, members } = value;
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
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    isObject(value) &&
    Number.isSafeInteger(value.pid) &&
    Number(value.pid) > 1 &&
    Number.isSafeInteger(value.startTicks)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
