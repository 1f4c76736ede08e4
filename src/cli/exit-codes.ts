/**
 * The exit codes of every command.
 *
 * Source: those from 64 to 78 are sysexits(3), so that they never collide with "changes pending".
 */
export const EXIT = {
  /** Fine, or nothing to do. */
  ok: 0,
  /** Failed, refused or invalid. */
  failed: 1,
  /** Changes pending; only `reconcile --dry-run --detailed-exitcode`. */
  changes: 2,
  /** Warnings only; only with `--strict`. */
  warnings: 3,
  /** Wrong usage (EX_USAGE). */
  usage: 64,
  /** Daemon, peer or provider unreachable (EX_UNAVAILABLE). */
  unreachable: 69,
  /** A bug in fairlead (EX_SOFTWARE). */
  bug: 70,
  /** Try again: not converged in time (EX_TEMPFAIL). */
  tryAgain: 75,
  /** The daemon's own, once `fairlead leave` had it hand everything over: by it a service manager knows not to start another. Neither sysexits(3) nor systemd.exec(5) have a meaning for it. */
  left: 80,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each code means, for help and documentation. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'fine, nothing to do'],
  [EXIT.failed, 'failed, refused or invalid'],
  [EXIT.changes, 'changes pending (reconcile --dry-run --detailed-exitcode)'],
  [EXIT.warnings, 'warnings only (--strict)'],
  [EXIT.usage, 'wrong usage'],
  [EXIT.unreachable, 'daemon, peer or provider unreachable'],
  [EXIT.bug, 'a bug in fairlead'],
  [EXIT.tryAgain, 'try again: not converged in time'],
  [EXIT.left, 'fairlead run: ended by "fairlead leave", not to be started again'],
];
