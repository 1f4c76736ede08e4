import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../base/duration.js';
import { ControlClient, UnreachableError } from '../control/client.js';
import type { CommandCall } from './command.js';
import { CommandFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { socketPathOf } from './flags.js';

/** How often it is looked whether the daemon is gone: a restart waits for it. */
const LOOK_MS = 20;

/** Has the daemon end without handing anything over, and waits until it has ended. */
export async function runDetach({ flags, terminal }: CommandCall): Promise<ExitCode> {
  const timeoutMs = flags.durationMs('timeout') ?? 0;
  const untilMs = performance.now() + timeoutMs;
  const client = new ControlClient({ socketPath: socketPathOf(flags), timeoutMs });
  try {
    const { node } = await client.status();
    const { leftMs, withoutKillPath } = await client.detach();
    while (!(await isGone(client))) {
      if (performance.now() >= untilMs) {
        throw new CommandFailure(
          EXIT.tryAgain,
          `the daemon of ${node} has not ended within ${formatDuration(timeoutMs)}`,
          {
            help: 'look at its log; it was told to end',
          },
        );
      }
      await sleep(LOOK_MS);
    }
    terminal.out(`the daemon of ${node} has ended${afterwards(leftMs)}\n`);
    if (withoutKillPath.length > 0) {
      terminal.err(
        `warning: ${withoutKillPath.join(', ')} has no way to be ended but its own stop; if no daemon is back in time and that hangs, two nodes may run it\n`,
      );
    }
    return EXIT.ok;
  } finally {
    await client.close();
  }
}

function afterwards(leftMs: number | null): string {
  return leftMs === null
    ? ' and held nothing'
    : `; a daemon that is back within ${formatDuration(Math.floor(leftMs / 100) * 100)} goes on, else the guard ends what runs here`;
}

async function isGone(client: ControlClient): Promise<boolean> {
  try {
    await client.status();
    return false;
  } catch (error) {
    if (error instanceof UnreachableError) return true;
    throw error;
  }
}
