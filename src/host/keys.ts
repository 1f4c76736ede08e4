/** Keys and other secrets: where they are read from, and what counts as a key. */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { SecretReference } from '../model/cluster-spec.js';
import { describeSystemError } from './system-error.js';

/** Bytes of a key. At least 256 bits: whoever hears a datagram can try keys on it for as long as he likes. */
const KEY_BYTES_MIN = 32;
const KEY_BYTES_MAX = 1024;

/** Different byte values that a key of random bytes surely has; 32 random ones have some 30, and fewer than 16 once in 10^16. */
const KEY_DISTINCT_BYTES_MIN = 16;

/** A secret is a word or a key, not a file of anything. */
const SECRET_BYTES_MAX = 64 * 1024;

/** Mode bits of who is not the owner. */
const OTHERS_READ = 0o044;

const HEX = /^(?:[0-9a-f]{2})+$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const PRINTABLE = /^[\x20-\x7e\t\r\n]*$/;

/** A key, or why it is none. */
export type KeyResult =
  | { readonly kind: 'key'; readonly key: Uint8Array }
  | { readonly kind: 'bad-key'; readonly why: string };

/** A secret's bytes with a warning if others can read it too, or why it could not be read. */
export type SecretResult =
  | { readonly kind: 'secret'; readonly bytes: Buffer; readonly warning: string | null }
  | { readonly kind: 'unreadable'; readonly why: string };

/** The keys of a cluster, the signing one first, or why one of them is no good. */
export type KeysResult =
  | { readonly kind: 'keys'; readonly keys: readonly Uint8Array[]; readonly warnings: readonly string[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** A new key as text, for a file. Shape: base64 of 32 random bytes, with a line end. */
export function generateKey(): string {
  return `${randomBytes(KEY_BYTES_MIN).toString('base64')}\n`;
}

/**
 * The key in a text or in a file's bytes.
 *
 * Shape: hexadecimal digits or base64, blanks around them ignored; bytes that are no printable text are taken as they are. The result has 32 to 1024 bytes.
 */
export function loadKey(source: string | Uint8Array): KeyResult {
  const bytes = typeof source === 'string' ? Buffer.from(source, 'utf8') : Buffer.from(source);
  const text = bytes.toString('latin1');
  const key = PRINTABLE.test(text) ? decodeKeyText(text.trim()) : bytes;
  if (key === null) {
    return { kind: 'bad-key', why: 'it is neither hexadecimal nor base64; make a key with `fairlead keygen`' };
  }
  if (key.length < KEY_BYTES_MIN || key.length > KEY_BYTES_MAX) {
    const size = `${key.length} bytes, and a key has ${KEY_BYTES_MIN} to ${KEY_BYTES_MAX}`;
    return { kind: 'bad-key', why: `it has ${size}; make one with \`fairlead keygen\`` };
  }
  if (new Set(key).size < KEY_DISTINCT_BYTES_MIN) {
    return { kind: 'bad-key', why: 'its bytes repeat too often to be random; make one with `fairlead keygen`' };
  }
  return { kind: 'key', key };
}

function decodeKeyText(text: string): Buffer | null {
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  return BASE64.test(text) ? Buffer.from(text, 'base64') : null;
}

/** Reads a secret from where the spec says; the secret itself never stands in a message. */
export function readSecret(
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): SecretResult {
  if (reference.kind === 'file') return readSecretFile(reference.path);
  const value = environment[reference.name];
  if (value === undefined || value === '') {
    return { kind: 'unreadable', why: `the environment variable "${reference.name}" is not set` };
  }
  return { kind: 'secret', bytes: Buffer.from(value, 'utf8'), warning: null };
}

function readSecretFile(path: string): SecretResult {
  const unreadable = (why: string): SecretResult => ({ kind: 'unreadable', why: `cannot read "${path}": ${why}` });
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) return unreadable('it is no regular file');
      const buffer = Buffer.alloc(SECRET_BYTES_MAX + 1);
      const length = readSync(file, buffer, 0, buffer.length, 0);
      if (length > SECRET_BYTES_MAX) return unreadable(`it is larger than ${SECRET_BYTES_MAX} bytes`);
      const isOpen = (stat.mode & OTHERS_READ) !== 0;
      const warning = isOpen ? `"${path}" can be read by others than its owner; run \`chmod 600 ${path}\`` : null;
      return { kind: 'secret', bytes: Buffer.from(buffer.subarray(0, length)), warning };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return unreadable(describeSystemError(error));
  }
}

/** Reads the keys of a cluster: the first signs, every one verifies. One that is no good spoils all, so that a rotation is never half done. */
export function readKeys(
  references: readonly SecretReference[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): KeysResult {
  const keys: Uint8Array[] = [];
  const warnings: string[] = [];
  for (const reference of references) {
    const secret = readSecret(reference, environment);
    if (secret.kind === 'unreadable') return { kind: 'unreadable', why: `no cluster key: ${secret.why}` };
    if (secret.warning !== null) warnings.push(secret.warning);
    const result = loadKey(secret.bytes);
    if (result.kind === 'bad-key') {
      return { kind: 'unreadable', why: `no cluster key in ${nameOf(reference)}: ${result.why}` };
    }
    keys.push(result.key);
  }
  return { kind: 'keys', keys, warnings };
}

function nameOf(reference: SecretReference): string {
  return reference.kind === 'file' ? `"${reference.path}"` : `the environment variable "${reference.name}"`;
}
