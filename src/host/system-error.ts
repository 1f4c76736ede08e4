/** Errors of the system in an operator's words. */

import { messageOf } from '../base/error-message.js';
/** What the codes mean where these files meet them, and what to do where that is not plain. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied; check its owner and mode'],
  ['EADDRINUSE', 'another program uses it'],
  ['EADDRNOTAVAIL', 'this machine does not have the address'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EIO', 'the disk reports an error'],
  ['EISDIR', 'it is a directory'],
  ['ELOOP', 'it is a symbolic link, or there are too many on the way'],
  ['EMFILE', 'too many files are open'],
  ['ENOENT', 'it does not exist'],
  ['ENOSPC', 'no space left on the device'],
  ['ENOTDIR', 'a part of the path is no directory'],
  ['EPERM', 'not permitted'],
  ['EROFS', 'the file system is read-only'],
]);

/** The code of a system error, such as `ENOENT`; null when it has none. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** The end of a sentence that says why something could not be done, with the code for who wants to look it up. */
export function describeSystemError(error: unknown): string {
  const code = errorCode(error);
  const sentence = code === null ? undefined : SENTENCES.get(code);
  if (sentence !== undefined) return `${sentence} (${code})`;
  return messageOf(error);
}
