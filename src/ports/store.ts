/**
 * Small named texts that outlive the daemon.
 *
 * Shape: names are file names (`voter.json`); a write replaces the whole text or nothing of it.
 */
export interface Store {
  /** The text last written, null when there is none. Errors: throws when it is there and cannot be read. */
  read(name: string): string | null;
  /** Kept when it returns. Errors: throws when it could not be kept (disk full, read-only); the old text is then still there. */
  write(name: string, text: string): void;
  remove(name: string): void;
}
