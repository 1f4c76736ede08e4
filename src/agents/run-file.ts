/** Files of the run directory: small texts that are read whole and replaced whole. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** A file's text; null when it is not there or cannot be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Replaces a file at once and whole. Errors: throws when it could not be kept; nothing is left beside it then. */
export function replaceFile(path: string, text: string): void {
  const fresh = `${path}.new`;
  try {
    writeFileSync(fresh, text, { mode: 0o600 });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
