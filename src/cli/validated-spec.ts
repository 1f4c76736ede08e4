/** Reads the spec at a path and checks it with what the agents declare, as every command does that begins with a file. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalogue } from '../agents/read-catalogue.js';
import { readSpec, readSpecStream } from '../host/spec-files.js';
import type { Problem } from '../model/problem.js';
import type { Place } from '../model/source.js';
import { agentTypesOf, checkSpec, readSpecTexts } from '../spec/decode-spec.js';
import type { SpecResult } from '../spec/decode-spec.js';
import type { SourceIndex, SpecText } from '../spec/source-index.js';
import { usageFailure } from './command-failure.js';

/** The spec at a path, checked. Shape: `texts` is what was read, by the names that the problems bear; empty where nothing could be read. `source` finds places in it; null where it could not be taken apart. */
export interface ValidatedSpec {
  readonly path: string;
  readonly texts: readonly SpecText[];
  readonly result: SpecResult;
  readonly source: SourceIndex | null;
}

/** What the standard input is called in a path, and in what is said of it. */
const STDIN_PATH = '-';
const STDIN_NAME = '<stdin>';

/**
 * Validates the spec at a path: a file, a folder of files, or `-` for the standard input.
 *
 * Shape: `metadataDir` is a folder from which agents are known, null for those that are installed here. A path that cannot be read is a problem like any other.
 */
export async function validateSpec(
  path: string,
  options: { readonly metadataDir: string | null },
): Promise<ValidatedSpec> {
  const isStdin = path === STDIN_PATH;
  const name = isStdin ? STDIN_NAME : path;
  const sighting = isStdin ? await readSpecStream(process.stdin, STDIN_NAME) : await readSpec(path);
  if (sighting.kind !== 'files') {
    const why = sighting.kind === 'vanished' ? `there is no file or folder "${path}"` : sighting.why;
    const place = (sighting.kind === 'unreadable' ? sighting.place : undefined) ?? { file: name, line: 1, column: 1 };
    return { path, texts: [], result: { kind: 'invalid', problems: [unreadable(place, why)] }, source: null };
  }
  const isFolder = !isStdin && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
  const texts = sighting.files.map(({ file, text }) => ({ file: isFolder ? join(path, file) : name, text }));
  const read = readSpecTexts(texts);
  const types = agentTypesOf(read);
  const { metadataDir } = options;
  const catalogue = await readCatalogue({ types, ...(metadataDir === null ? {} : { metadataDir }) });
  return { path, texts, result: checkSpec(read, { catalogue }), source: read.content?.source ?? null };
}

/** Every problem of a result, warnings of a valid spec included. */
export function problemsOf(result: SpecResult): readonly Problem[] {
  return result.kind === 'ok' ? result.warnings : result.problems;
}

/** The folder after `--metadata`; null when the flag was not given. Errors: throws a usage failure when it is no folder. */
export function checkMetadataDir(folder: string | null): string | null {
  if (folder === null || (statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) return folder;
  throw usageFailure(`--metadata needs a folder, and "${folder}" is none`);
}

function unreadable(place: Place, why: string): Problem {
  return { code: 'unreadable', severity: 'error', message: why, place, length: 1 };
}
