import { setTimeout as sleep } from 'node:timers/promises';
import { ControlClient, UnreachableError } from '../control/client.js';
import type { Status } from '../model/status.js';
import type { CommandCall, FlagValues } from './command.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { socketPathOf } from './flags.js';
import { drawFrame } from './frame.js';
import { renderStatus } from './status-report.js';
import type { Terminal } from './terminal.js';

/** Time between two looks of `--watch`. */
const WATCH_EVERY_MS = 500;

/** Shows the status once, or again and again. */
export async function runStatus({ flags, terminal }: CommandCall): Promise<ExitCode> {
  const timeoutMs = flags.durationMs('timeout') ?? 0;
  const client = new ControlClient({ socketPath: socketPathOf(flags), timeoutMs });
  try {
    const first = await client.status();
    if (!flags.has('watch')) {
      terminal.out(textOf({ status: first, flags, terminal }));
      return EXIT.ok;
    }
    await watch({ client, first, flags, terminal });
    return EXIT.ok;
  } finally {
    await client.close();
  }
}

function textOf(options: { readonly status: Status; readonly flags: FlagValues; readonly terminal: Terminal }): string {
  const { status, flags, terminal } = options;
  const isWatch = flags.has('watch');
  // One object a line, so that a reader of a watch can tell them apart.
  if (flags.text('output') === 'json') return `${JSON.stringify(status, null, isWatch ? undefined : 2)}\n`;
  const { width } = terminal.size();
  const color = terminal.colours('out', flags.text('color'));
  return renderStatus(status, { color, width, isVerbose: flags.has('verbose') });
}

/** A daemon that goes away while it is watched may come back, so only the first look ends the command. */
async function watch(options: {
  readonly client: ControlClient;
  readonly first: Status;
  readonly flags: FlagValues;
  readonly terminal: Terminal;
}): Promise<void> {
  const { client, first, flags, terminal } = options;
  const isJson = flags.text('output') === 'json';
  let text = textOf({ status: first, flags, terminal });
  for (let frame = 0; !terminal.gone.aborted; frame += 1) {
    if (isJson) terminal.out(text);
    else drawFrame(terminal, { text, isFirst: frame === 0 });
    await sleep(WATCH_EVERY_MS, undefined, { signal: terminal.gone }).catch(() => undefined);
    try {
      text = textOf({ status: await client.status(), flags, terminal });
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      if (isJson) text = '';
      else text = `${error.message}\n  = ${error.help}\n`;
    }
  }
}
