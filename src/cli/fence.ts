/** Tells what fencing did, and takes a person's word that a node is without power. */
import { ControlClient } from '../control/client.js';
import type { FenceEvent } from '../model/fencing.js';
import type { CommandCall } from './command.js';
import { usageFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { CHECKED_FLAG, socketPathOf } from './flags.js';
import { printable } from './paint.js';

/** Runs `fence history` or `fence confirm NODE`. */
export async function runFence(call: CommandCall): Promise<ExitCode> {
  const [verb = '', node, ...rest] = call.operands;
  if (verb === 'history' && node === undefined) return runHistory(call);
  if (verb === 'confirm' && node !== undefined && rest.length === 0) return runConfirm(call, node);
  throw usageFailure(
    verb === 'confirm'
      ? '`fairlead fence confirm` needs one NODE'
      : `\`fairlead fence\` does not know "${call.operands.join(' ')}"`,
    'usage: `fairlead fence history` or `fairlead fence confirm NODE`',
  );
}

async function runHistory({ flags, terminal }: CommandCall): Promise<ExitCode> {
  const client = new ControlClient({ socketPath: socketPathOf(flags) });
  try {
    const events = await client.fenceHistory();
    const text =
      flags.text('output') === 'json' ? JSON.stringify({ events }, null, 2) : historyLines(events).join('\n');
    terminal.out(`${text}\n`);
    return EXIT.ok;
  } finally {
    await client.close();
  }
}

/** The history as lines, oldest first. */
export function historyLines(events: readonly FenceEvent[]): string[] {
  if (events.length === 0) return ['nobody was fenced, as far as this node knows'];
  return events.map((event) => `${new Date(event.atWallMs).toISOString()}  ${printable(sentenceOf(event))}`);
}

function sentenceOf(event: FenceEvent): string {
  if (event.kind === 'dead') {
    return `${event.node} counts as dead, by word of ${event.by}: ${event.how} (incarnation ${event.incarnation})`;
  }
  const { by, device, action, node, outcome, tookMs } = event;
  const after = `after ${(tookMs / 1000).toFixed(1)} s`;
  const what = `${by} asked ${device} for "${action}" of ${node}`;
  return outcome.kind === 'succeeded'
    ? `${what}: succeeded ${after}`
    : `${what}: ${outcome.kind} ${after}: ${outcome.reason}`;
}

async function runConfirm({ flags, terminal }: CommandCall, node: string): Promise<ExitCode> {
  if (!flags.has(CHECKED_FLAG)) {
    throw usageFailure(
      `\`fairlead fence confirm ${node}\` frees what ${node} held, and two owners follow if it still runs`,
      `look at the machine, take its power away, and give --${CHECKED_FLAG}`,
    );
  }
  const client = new ControlClient({ socketPath: socketPathOf(flags) });
  try {
    await client.fenceConfirm(node);
    terminal.out(`${node} counts as dead; what it held is free for others\n`);
    return EXIT.ok;
  } finally {
    await client.close();
  }
}
