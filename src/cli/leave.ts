import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../base/duration.js';
import { ControlClient, UnreachableError } from '../control/client.js';
import type { Status } from '../model/status.js';
import type { CommandCall } from './command.js';
import { CommandFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { socketPathOf } from './flags.js';

/** How often the daemon is looked at while it hands over. */
const LOOK_MS = 200;

/** Has the daemon hand everything over, and waits until it has ended. */
export async function runLeave({ flags, terminal }: CommandCall): Promise<ExitCode> {
  const timeoutMs = flags.durationMs('timeout') ?? 0;
  const untilMs = performance.now() + timeoutMs;
  const client = new ControlClient({ socketPath: socketPathOf(flags) });
  try {
    const before = await client.status();
    const { node } = before;
    await client.leave();
    const missed = missedVote(before);
    if (missed !== null) terminal.err(`warning: ${missed}\n`);
    let told = '';
    while (performance.now() < untilMs) {
      const status = await statusOrGone(client);
      if (status === null) {
        terminal.out(`${node} has handed everything over and its daemon has ended\n`);
        return EXIT.ok;
      }
      const words = wordsOf(status);
      if (words !== told) terminal.err(`${words}\n`);
      told = words;
      await sleep(LOOK_MS);
    }
    throw new CommandFailure(EXIT.tryAgain, `the daemon of ${node} has not ended within ${formatDuration(timeoutMs)}`, {
      help: 'it goes on handing over; `fairlead status` tells what it waits for',
    });
  } finally {
    await client.close();
  }
}

/** What the others lose with the vote of a node that leaves, where it is the last that makes a majority; null where it can be spared. One of two voters goes on when the other one has left in order. */
export function missedVote({ node, quorum }: Pick<Status, 'node' | 'quorum'>): string | null {
  const { acks, votes, majority, onLoss } = quorum;
  const left = acks.filter((voter) => voter !== node).length;
  if (votes <= 2 || onLoss === 'ignore' || acks.length < majority || left >= majority) return null;
  const effect = onLoss === 'freeze' ? 'nothing is started or moved' : 'what the other nodes run stops';
  return `without ${node}, ${left} of ${votes} voters answer, and a majority is ${majority}: ${effect} until another one is back`;
}

async function statusOrGone(client: ControlClient): Promise<Status | null> {
  try {
    return await client.status();
  } catch (error) {
    if (error instanceof UnreachableError) return null;
    throw error;
  }
}

function wordsOf(status: Status): string {
  const inTheWay = status.conditions.find(({ kind, severity }) => kind === 'leaving' && severity !== 'info');
  if (inTheWay !== undefined) return inTheWay.sentence;
  const held = status.groups.filter(({ node }) => node === status.node);
  return held.length === 0 ? 'nothing is held here any more' : held.map(({ sentence }) => sentence).join('; ');
}
