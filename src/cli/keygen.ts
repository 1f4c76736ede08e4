import { generateKey } from '../host/keys.js';
import type { CommandCall } from './command.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';

/** Prints a new cluster key. */
export function runKeygen({ terminal }: CommandCall): ExitCode {
  terminal.out(generateKey());
  return EXIT.ok;
}
