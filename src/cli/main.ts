#!/usr/bin/env node
/** The command `fairlead`: finds the command that was typed, runs it, and turns every way it can end into words and an exit code. */
import { messageOf } from '../base/error-message.js';
import type { Terminal } from './terminal.js';
import { COMMANDS } from './commands.js';
import { CommandFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { paintOf } from './paint.js';
import { parseCommandLine } from './parse-command-line.js';
import { processTerminal } from './terminal.js';

const terminal = processTerminal();

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    tellBug(error, terminal);
    process.exit(EXIT.bug);
  });
}

process.exitCode = await run(process.argv.slice(2), terminal);

async function run(words: readonly string[], to: Terminal): Promise<ExitCode> {
  try {
    const asked = parseCommandLine(words, COMMANDS);
    if (asked.kind === 'command') {
      return await asked.command.run({ operands: asked.operands, flags: asked.flags, terminal: to });
    }
    if (asked.kind === 'version') {
      return (await import('./version.js')).runVersion({ terminal: to });
    }
    const { renderCommandHelp, renderHelp } = await import('./help.js');
    const { width } = to.size();
    to.out(asked.command === null ? renderHelp(COMMANDS, width) : renderCommandHelp(asked.command, width));
    return EXIT.ok;
  } catch (error) {
    return tellFailure(error, to);
  }
}

function tellFailure(error: unknown, to: Terminal): ExitCode {
  if (error instanceof CommandFailure) {
    tell(to, error.message, error.help);
    return error.code;
  }
  // The client's errors are told by their names, so that commands without a daemon need not load it.
  if (error instanceof Error && error.name === 'UnreachableError') {
    tell(to, error.message, 'help' in error ? String(error.help) : null);
    return EXIT.unreachable;
  }
  if (error instanceof Error && error.name === 'RefusedError') {
    tell(to, error.message, null);
    return EXIT.failed;
  }
  tellBug(error, to);
  return EXIT.bug;
}

function tell(to: Terminal, message: string, help: string | null): void {
  const paint = paintOf(to.colours('err', null));
  to.err(`${paint.bad('fairlead:')} ${message}\n`);
  if (help !== null) to.err(`  ${paint.dim('=')} ${help}\n`);
}

function tellBug(error: unknown, to: Terminal): void {
  const message = messageOf(error);
  const stack =
    error instanceof Error && error.stack !== undefined ? error.stack.split('\n').slice(1, 6).join('\n') : '';
  to.err(
    `fairlead: this is a bug in fairlead, not a mistake of yours: ${message}. Nothing more was done after it. Please report it with the command that you typed and these lines:\n${stack}\n`,
  );
}
