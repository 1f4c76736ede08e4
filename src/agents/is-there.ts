/** Whether something is at a path: what cannot be looked at is not taken for missing. */
import { readFileSync, statSync } from 'node:fs';

/** Errors by which there is nothing at a path. Any other, of a disk that does not answer or a link that leads to itself, says nothing. */
const ABSENT: readonly string[] = ['ENOENT', 'ENOTDIR'];

/** Whether something is there; a link is what it leads to. Errors: throws when that cannot be found out. */
export function isThere(path: string): boolean {
  return unlessAbsent(() => statSync(path)) !== null;
}

/** A file's text; null when it is not there. Errors: throws when it is and cannot be read. */
export function readIfThere(path: string): string | null {
  return unlessAbsent(() => readFileSync(path, 'utf8'));
}

/** What a look at a path gives; null when nothing is there. */
export function unlessAbsent<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.includes(String(error.code))) return null;
    throw error;
  }
}
