import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../base/duration.js';
import { ControlClient } from '../control/client.js';
import { shortHash } from '../model/revision.js';
import type { Revision } from '../model/revision.js';
import type { Condition, Status } from '../model/status.js';
import type { CommandCall } from './command.js';
import { CommandFailure, usageFailure } from './command-failure.js';
import { whatIsLeft } from './converged.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { socketPathOf } from './flags.js';

/** How often the daemon is looked at. */
const LOOK_MS = 200;

/** Flags that say something of a dry run only. */
const DRY_RUN_ONLY = ['offline', 'detailed-exitcode', 'strict'];

/** Has the daemon look at its spec, and follows the cluster until it is as the spec wants it. */
export async function runReconcile({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  const stranger =
    DRY_RUN_ONLY.find((name) => flags.has(name)) ?? (flags.text('observed') === null ? null : 'observed');
  if (stranger !== null) throw usageFailure(`"--${stranger}" goes with --dry-run only`);
  const format = flags.text('output');
  if (format !== 'text' && format !== 'json') throw usageFailure(`"-o ${format ?? ''}" goes with --dry-run only`);
  const [path = ''] = operands;
  const timeoutMs = flags.durationMs('timeout') ?? 0;
  const client = new ControlClient({ socketPath: socketPathOf(flags), timeoutMs: Math.max(timeoutMs, 1000) });
  try {
    const { revision, condition } = await client.reconcile({ path: resolve(path), adopt: flags.has('adopt') });
    if (condition !== null || revision === null) throw notTaken(path, condition);
    terminal.err(`revision ${shortHash(revision.hash)}, generation ${revision.generation}, is in force\n`);
    const status = await follow({ client, revision, timeoutMs, tell: (words) => terminal.err(`${words}\n`) });
    terminal.out(format === 'json' ? `${JSON.stringify(status, null, 2)}\n` : `${status.verdict}\n`);
    return EXIT.ok;
  } finally {
    await client.close();
  }
}

/** Why a text is not in force, with what to do. */
export function notTaken(path: string, condition: Pick<Condition, 'kind' | 'sentence'> | null): CommandFailure {
  const why = condition?.sentence ?? 'the daemon has no revision';
  return new CommandFailure(EXIT.failed, `"${path}" is not in force: ${why}`, {
    help:
      condition?.kind === 'spec-invalid' && / is not valid, /.test(condition.sentence)
        ? `what was in force stays; \`fairlead validate ${path}\` tells every problem`
        : 'what was in force stays',
  });
}

async function follow(options: {
  readonly client: ControlClient;
  readonly revision: Revision;
  readonly timeoutMs: number;
  readonly tell: (words: string) => void;
}): Promise<Status> {
  const { client, revision, timeoutMs, tell } = options;
  const untilMs = performance.now() + timeoutMs;
  let told: string | null = null;
  for (;;) {
    const status = await client.status();
    const inForce = status.revision;
    if (inForce !== null && inForce.generation > revision.generation) {
      throw new CommandFailure(
        EXIT.failed,
        `revision ${shortHash(revision.hash)} was replaced by ${shortHash(inForce.hash)}, generation ${inForce.generation}`,
        { help: 'somebody changed the spec at the same time; bring the file up to date and reconcile again' },
      );
    }
    const left = whatIsLeft(status);
    if (left === null) return status;
    if (left !== told) tell(left);
    told = left;
    if (performance.now() >= untilMs) {
      throw new CommandFailure(EXIT.tryAgain, `not as wanted within ${formatDuration(timeoutMs)}: ${left}`, {
        help: 'the daemon goes on; `fairlead status` tells more',
      });
    }
    await sleep(LOOK_MS);
  }
}
