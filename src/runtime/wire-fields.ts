/** Reads the fields of a decoded JSON array, each with its type and range, so that a decoder is a list of fields. */
import { isJsonObject } from '../base/json-object.js';
import { limits } from '../model/limits.js';

/** A message that says something impossible. Thrown inside the decoder only, which turns it into the word `malformed`. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

/** An array off the wire, longer than expected when a newer node sent it. */
export type Row = readonly unknown[];

/** An object off the wire. */
export type Fields = Readonly<Record<string, unknown>>;

/** Printable ASCII but space, quote and backslash: one byte each, in JSON too. */
const ID = /^[!#-[\]-~]+$/;

/** Incarnations and tokens. */
const NONCE = /^[0-9A-Za-z-]+$/;

const HEX = /^[0-9a-f]+$/;

/** Characters of an incarnation or token. */
const NONCE_LENGTH_MAX = 64;

/** Digits of a SHA-256. */
const SHA256_LENGTH = 64;

/** Digits of a voter set's fingerprint. */
const FINGERPRINT_LENGTH_MAX = 64;

/**
 * Says that what was read cannot be.
 *
 * Errors: throws {@link MalformedError}, always.
 */
export function malformed(what: string): never {
  throw new MalformedError(what);
}

/** An array of at most `lengthMax`. */
export function asRow(value: unknown, lengthMax: number = limits.datagramBytesMax): Row {
  if (!Array.isArray(value) || value.length > lengthMax) malformed('list');
  return value;
}

/** An object that is no array. */
export function asFields(value: unknown): Fields {
  return isJsonObject(value) ? value : malformed('object');
}

/** A name; longer ones only where `lengthMax` says so. */
export function asId(value: unknown, lengthMax: number = limits.idLengthMax): string {
  if (typeof value !== 'string' || value.length > lengthMax || !ID.test(value)) malformed('id');
  return value;
}

/** An incarnation or a token. */
export function asNonce(value: unknown): string {
  if (typeof value !== 'string' || value.length > NONCE_LENGTH_MAX || !NONCE.test(value)) malformed('nonce');
  return value;
}

/** Any text up to a length. */
export function asText(value: unknown, lengthMax: number): string {
  if (typeof value !== 'string' || value.length > lengthMax) malformed('text');
  return value;
}

/** Hexadecimal digits of a fingerprint. */
export function asFingerprint(value: unknown): string {
  if (typeof value !== 'string' || value.length > FINGERPRINT_LENGTH_MAX || !HEX.test(value)) malformed('fingerprint');
  return value;
}

/** A SHA-256 in hexadecimal digits. */
export function asSha256(value: unknown): string {
  if (typeof value !== 'string' || value.length !== SHA256_LENGTH || !HEX.test(value)) malformed('hash');
  return value;
}

/** A whole number from `least`, 0 unless said otherwise. */
export function asCount(value: unknown, least = 0): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) malformed('count');
  return value;
}

/** A time or a span in milliseconds, from 0, fractions allowed. */
export function asMs(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) malformed('milliseconds');
  return value;
}

/** A truth, written 1 or 0. */
export function asFlag(value: unknown): boolean {
  return value === 1 ? true : value === 0 ? false : malformed('flag');
}

/** A truth, written as JSON does. */
export function asBoolean(value: unknown): boolean {
  return typeof value === 'boolean' ? value : malformed('boolean');
}
