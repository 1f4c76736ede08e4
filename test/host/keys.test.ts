import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKey, loadKey, readKeys, readSecret } from '../../src/host/keys.js';
import type { SecretReference } from '../../src/model/cluster-spec.js';

const place = { file: 'cluster.yaml', line: 1, column: 1 };
const bytes = Buffer.from('00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210', 'hex');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A file of the folder with this content, and a reference to it. */
function file(name: string, content: string | Uint8Array, mode = 0o600): SecretReference & { kind: 'file' } {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return { kind: 'file', path, place };
}

/** The bytes of a key, or why there is none. */
function saidOf(source: string | Uint8Array): string {
  const result = loadKey(source);
  return result.kind === 'key' ? Buffer.from(result.key).toString('hex') : result.why;
}

describe('a key', () => {
  it.each([
    ['hexadecimal', bytes.toString('hex')],
    ['hexadecimal in capitals, with a line end', `${bytes.toString('hex').toUpperCase()}\r\n`],
    ['base64', bytes.toString('base64')],
    ['base64 with blanks around it', `  ${bytes.toString('base64')}\n`],
    ['raw bytes', bytes],
    ['the bytes of a file of hexadecimal digits', Buffer.from(`${bytes.toString('hex')}\n`)],
  ])('may be %s', (_, source) => {
    expect(saidOf(source)).toBe(bytes.toString('hex'));
  });

  it('keeps raw bytes to the last, even when that is a line end', () => {
    const raw = Buffer.concat([bytes, Buffer.from('\n')]);
    expect(saidOf(raw)).toBe(raw.toString('hex'));
  });

  it.each([
    ['31 bytes', bytes.subarray(1).toString('hex'), 'it has 31 bytes, and a key has 32 to 1024'],
    ['too much', randomBytes(1025), 'it has 1025 bytes'],
    ['nothing', '', 'neither hexadecimal nor base64'],
    ['a password', 'correct horse battery staple, correct horse battery staple', 'neither hexadecimal nor base64'],
    ['zeros', Buffer.alloc(64), 'repeat too often to be random'],
    ['a repeated word', 'deadbeef'.repeat(16), 'repeat too often to be random'],
  ])('is refused when it is %s, with what to do', (_, source, why) => {
    expect(saidOf(source)).toContain(why);
    expect(saidOf(source)).toContain('`fairlead keygen`');
  });

  it('is made anew each time, and good', () => {
    const made = [generateKey(), generateKey()];
    expect(made[0]).not.toBe(made[1]);
    for (const text of made) expect(loadKey(text)).toMatchObject({ kind: 'key', key: { length: 32 } });
  });
});

describe('a secret', () => {
  it('is read from a file, as it is', () => {
    const result = readSecret(file('ipmi', 'pass word\n'));
    expect(result).toEqual({ kind: 'secret', bytes: Buffer.from('pass word\n'), warning: null });
  });

  it('is read from the environment', () => {
    const reference: SecretReference = { kind: 'environment', name: 'FAIRLEAD_KEY', place };
    expect(readSecret(reference, { FAIRLEAD_KEY: 'word' })).toMatchObject({ bytes: Buffer.from('word') });
    expect(readSecret(reference, {})).toEqual({
      kind: 'unreadable',
      why: 'the environment variable "FAIRLEAD_KEY" is not set',
    });
  });

  it('is complained of when others can read its file', () => {
    const reference = file('open', 'x', 0o640);
    expect(readSecret(reference)).toMatchObject({
      kind: 'secret',
      warning: `"${reference.path}" can be read by others than its owner; run \`chmod 600 ${reference.path}\``,
    });
  });

  it('says why its file cannot be read', () => {
    const missing = join(folder, 'missing');
    const why = (path: string) => readSecret({ kind: 'file', path, place });
    expect(why(missing)).toEqual({ kind: 'unreadable', why: `cannot read "${missing}": it does not exist (ENOENT)` });
    expect(why(folder)).toMatchObject({ why: `cannot read "${folder}": it is no regular file` });
    expect(why(file('large', 'x'.repeat(70_000)).path)).toMatchObject({
      why: expect.stringContaining('larger than 65536'),
    });
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(why(pipe)).toMatchObject({ why: `cannot read "${pipe}": it is no regular file` });
  });
});

describe('the keys of a cluster', () => {
  it('are read in their order, with what there is to complain of', () => {
    const other = randomBytes(32);
    const references = [file('new', bytes.toString('base64')), file('old', other, 0o644)];
    const result = readKeys(references);
    expect(result).toMatchObject({ kind: 'keys', warnings: [expect.stringContaining('old')] });
    expect(result.kind === 'keys' && result.keys.map((key) => Buffer.from(key))).toEqual([bytes, other]);
  });

  it('are none at all when one is no good, and the secret stands in no message', () => {
    const bad = file('bad', 'my secret password');
    const result = readKeys([file('new', bytes), bad]);
    expect(result).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining(`no cluster key in "${bad.path}": it is`),
    });
    expect(JSON.stringify(result)).not.toContain('my secret');
    const gone: SecretReference = { kind: 'environment', name: 'GONE', place };
    expect(readKeys([gone], {})).toMatchObject({ why: 'no cluster key: the environment variable "GONE" is not set' });
    expect(readKeys([gone], { GONE: 'abc' })).toMatchObject({
      why: expect.stringContaining('no cluster key in the environment variable "GONE": it has 2 bytes'),
    });
  });
});
