/** What a command is: its words, its flags, and what it does with them. */
import type { ExitCode } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** A flag of a command. */
export type Flag = {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** One clause for help. */
  readonly does: string;
  /** Works, but is no part of what is promised. */
  readonly isHidden?: boolean;
} & (
  | { readonly kind: 'switch' }
  | {
      readonly kind: 'text' | 'duration';
      /** The word that stands for the value in help. */
      readonly value: string;
      readonly byDefault?: string;
      readonly isMultiple?: boolean;
    }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly byDefault: string }
);

/** A command. */
export interface Command {
  readonly name: string;
  /** What follows the name, for help: `PATH...`. */
  readonly operands: string;
  readonly operandsMin: number;
  /** Null for any number. */
  readonly operandsMax: number | null;
  /** One clause for the list of commands. */
  readonly does: string;
  /** Sentences for its own page, a paragraph each. */
  readonly about: readonly string[];
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** Loads what the command needs, and runs it. */
  readonly run: (call: CommandCall) => Promise<ExitCode>;
}

/** A command as it was typed. */
export interface CommandCall {
  readonly operands: readonly string[];
  readonly flags: FlagValues;
  readonly terminal: Terminal;
}

/** The flags that were given, with the defaults of those that were not. */
export interface FlagValues {
  /** Whether a switch was given. */
  has(name: string): boolean;
  /** The value of a flag; null when it was not given and has no default. */
  text(name: string): string | null;
  /** Every value of a flag that may be given several times; the default alone when it was not given. */
  texts(name: string): readonly string[];
  /** The value of a duration, in milliseconds; null when it was not given and has no default. */
  durationMs(name: string): number | null;
}
