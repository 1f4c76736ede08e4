/** Reads a spec from a file or a folder of files, as it is now. */
import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compareIds } from '../base/order.js';
import { limits } from '../model/limits.js';
import type { Place } from '../model/source.js';
import { joinFiles } from './spec-text.js';
import type { SpecFile } from './spec-text.js';
import { describeSystemError, errorCode } from './system-error.js';

/** What is found at a path. Shape: `text` is the files joined, `hash` its SHA-256 in hexadecimal digits; `place` is where what cannot be read stands, absent where that is the path itself. */
export type SpecSighting =
  | { readonly kind: 'files'; readonly files: readonly SpecFile[]; readonly text: string; readonly hash: string }
  | { readonly kind: 'vanished' }
  | { readonly kind: 'unreadable'; readonly why: string; readonly place?: Place };

/** Files of one folder, at most. */
const FILES_MAX = 1000;

/** Bytes that are read at one go. */
const CHUNK_BYTES = 1024 * 1024;

/** Units of text that are hashed without letting anything else on this thread have its turn. */
const HASH_AT_ONCE_MAX = 1024 * 1024;

/** Whether a name in a folder is one of the spec's files: `*.yaml` and `*.yml`, but no hidden ones, which editors leave. */
export function isSpecName(name: string): boolean {
  return !name.startsWith('.') && /\.ya?ml$/.test(name);
}

/** Looks at a file or folder. A folder's files are those right in it whose name {@link isSpecName} takes. Never rejects. */
export async function readSpec(path: string): Promise<SpecSighting> {
  try {
    const files = await readFiles(path);
    const text = joinFiles(files);
    if (Buffer.byteLength(text) > limits.specBytesMax) throw new UnreadableError(tooLarge(path));
    return { kind: 'files', files, text, hash: await hashText(text) };
  } catch (error) {
    if (error instanceof UnreadableError) return unreadable(error);
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'vanished' };
    return { kind: 'unreadable', why: `cannot read "${path}": ${describeSystemError(error)}` };
  }
}

/** Reads a spec of one file from a stream, to its end. Shape: `name` is what the file is called. Never rejects. */
export async function readSpecStream(stream: AsyncIterable<Uint8Array>, name: string): Promise<SpecSighting> {
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > limits.specBytesMax) throw new UnreadableError(tooLarge(name));
      chunks.push(chunk);
    }
    const files = [{ file: name, text: decodeText(name, Buffer.concat(chunks)) }];
    const text = joinFiles(files);
    return { kind: 'files', files, text, hash: await hashText(text) };
  } catch (error) {
    if (error instanceof UnreadableError) return unreadable(error);
    if (errorCode(error) === null) throw error;
    return { kind: 'unreadable', why: `cannot read "${name}": ${describeSystemError(error)}` };
  }
}

/**
 * A text that changes whenever what {@link readSpec} reads may have changed, for the price of looking at names, sizes and times. Never rejects.
 *
 * Two writes within one tick of the kernel's clock (4 ms) that leave the size as it was can have one mark.
 */
export async function markSpec(path: string): Promise<string> {
  try {
    const marks = [];
    for (const each of await listPaths(path)) marks.push(`${each} ${markOf(await stat(each, { bigint: true }))}`);
    return marks.join('\n');
  } catch (error) {
    if (error instanceof UnreadableError) return error.message;
    const code = errorCode(error);
    if (code === null) throw error;
    return code;
  }
}

/** Cannot be read for a reason of its content; the message says which. */
class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
  readonly place: Place | null;

  constructor(message: string, options: { readonly cause?: unknown; readonly place?: Place } = {}) {
    super(message, { cause: options.cause });
    this.place = options.place ?? null;
  }
}

function unreadable({ message, place }: UnreadableError): SpecSighting {
  return { kind: 'unreadable', why: message, ...(place === null ? {} : { place }) };
}

function tooLarge(path: string): string {
  const limit = `${limits.specBytesMax / 1024 / 1024} MiB`;
  return `"${path}" is larger than ${limit}, the most that a spec may have; part the cluster in two`;
}

function markOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

async function listPaths(path: string): Promise<string[]> {
  const found = await stat(path);
  if (found.isFile()) return [path];
  if (!found.isDirectory()) throw new UnreadableError(`"${path}" is neither a file nor a folder`);
  const paths: string[] = [];
  for (const name of (await readdir(path)).filter(isSpecName).sort(compareIds)) {
    const each = join(path, name);
    if (!(await statMember(each)).isDirectory()) paths.push(each);
  }
  if (paths.length === 0) {
    throw new UnreadableError(`"${path}" holds no file whose name ends in .yaml or .yml; put the spec there`);
  }
  if (paths.length > FILES_MAX) throw new UnreadableError(`"${path}" holds more than ${FILES_MAX} files; join some`);
  return paths;
}

/** A file of a folder that cannot be reached spoils the whole: a spec without one of its files is another spec. */
async function statMember(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw cannotReadMember(path, error);
  }
}

function cannotReadMember(path: string, cause: unknown): UnreadableError {
  const place = { file: path, line: 1, column: 1 };
  return new UnreadableError(`cannot read "${path}": ${describeSystemError(cause)}`, { cause, place });
}

async function readFiles(path: string): Promise<SpecFile[]> {
  const files: SpecFile[] = [];
  let bytesLeft: number = limits.specBytesMax;
  for (const each of await listPaths(path)) {
    const bytes = await (each === path ? readBytes(each, bytesLeft) : readMember(each, bytesLeft));
    if (bytes.length > bytesLeft) throw new UnreadableError(tooLarge(path));
    bytesLeft -= bytes.length;
    files.push({ file: basename(each), text: decodeText(each, bytes) });
  }
  return files;
}

async function readMember(path: string, bytesMax: number): Promise<Buffer> {
  try {
    return await readBytes(path, bytesMax);
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    throw cannotReadMember(path, error);
  }
}

/** A file's bytes, a little more than `bytesMax` of it when it is larger: it may grow while it is read. */
async function readBytes(path: string, bytesMax: number): Promise<Buffer> {
  // Opening a pipe would wait for its writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new UnreadableError(`"${path}" is no regular file`);
    const chunks: Buffer[] = [];
    let length = 0;
    while (length <= bytesMax) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(found.size + 1, CHUNK_BYTES)));
      if (bytesRead === 0) break;
      length += bytesRead;
      chunks.push(buffer.subarray(0, bytesRead));
    }
    return Buffer.concat(chunks, length);
  } finally {
    await file.close();
  }
}

function decodeText(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const place = firstBadByte(path, bytes);
    throw new UnreadableError(`"${path}" is not UTF-8 text; save it as UTF-8`, { cause: error, place });
  }
}

/** Where the bytes are no UTF-8 any more: written back, they differ from there on. */
function firstBadByte(file: string, bytes: Buffer): Place {
  const written = Buffer.from(bytes.toString('utf8'));
  const good = bytes
    .subarray(
      0,
      written.findIndex((byte, index) => byte !== bytes[index]),
    )
    .toString('utf8');
  const lines = good.split('\n');
  return { file, line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

async function hashText(text: string): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + HASH_AT_ONCE_MAX);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    hash.update(text.slice(at, end), 'utf8');
    at = end;
    if (at < text.length) await nextTurn();
  }
  return hash.digest('hex');
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
