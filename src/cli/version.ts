import { software } from '../daemon/software.js';
import type { CommandCall } from './command.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';

/** Prints name and version. */
export function runVersion({ terminal }: Pick<CommandCall, 'terminal'>): ExitCode {
  terminal.out(`${software}\n`);
  return EXIT.ok;
}
