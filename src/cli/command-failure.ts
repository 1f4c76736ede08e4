import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';

/** Ends a command with a sentence for people and an exit code for scripts. Shape: `help` says what to do, null when the sentence does. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly code: ExitCode;
  readonly help: string | null;

  constructor(code: ExitCode, message: string, options: { readonly help?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.help = options.help ?? null;
  }
}

/** The command line is wrong. */
export function usageFailure(message: string, help?: string): CommandFailure {
  return new CommandFailure(EXIT.usage, message, help === undefined ? {} : { help });
}
