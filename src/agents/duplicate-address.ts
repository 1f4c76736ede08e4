/**
 * Asks the network whether somebody has an address already, before it is taken.
 *
 * The kernel is made to resolve the address as that of a neighbour. An `ip` that is too old to say so leaves IPv4 to an ARP probe by `arping -D` of iputils.
 *
 * Source: RFC 5227, section 2.1.1; RFC 4861, section 7.2; ip-neighbour(8). The wait is shorter than RFC 5227's seconds: on one network segment an answer takes microseconds, and the
 * wait is part of every take-over.
 */
import type { IpAddress } from './ip-address.js';
import { delay } from './delay.js';
import type { NetworkCommand } from './network-command.js';
import { runNetworkProgram } from './network-command.js';
import { oneLine } from './outcome.js';

/** How long an answer is waited for. Ours: a hundred times an answer's time on a segment, a fifth of the shortest usual outage. */
export const DUPLICATE_WAIT_MS = 200;

/** The same for an address that was here a moment ago: another machine would have been noticed before. */
export const DUPLICATE_WAIT_AGAIN_MS = 40;

/** When the kernel's neighbour table is looked at, after the question, where there is so much time. */
const NEIGHBOUR_LOOKS_MS = [DUPLICATE_WAIT_AGAIN_MS, DUPLICATE_WAIT_MS];

/** The line of arping that names who has the address. */
const ARPING_REPLY = /reply from \S+ \[([0-9A-Fa-f:]+)\]/;

/**
 * Looks for the holder of an address on an interface's network.
 *
 * Shape: `waitMs` is how long an answer is waited for; the holder's hardware address; null when nobody answered, or when nobody could be asked (that is logged).
 */
export async function findDuplicate(
  command: NetworkCommand,
  {
    address,
    interfaceName,
    waitMs,
  }: { readonly address: IpAddress; readonly interfaceName: string; readonly waitMs: number },
): Promise<string | null> {
  const family = address.family === 'ipv4' ? '-4' : '-6';
  const where = [address.text, 'dev', interfaceName];
  // State "none" forgets what was known, so that only an answer to this question counts.
  const asked = await runNetworkProgram(command, ['ip', family, 'neigh', 'replace', ...where, 'nud', 'none', 'use']);
  if (asked.kind === 'exited' && asked.code === 0) {
    const holder = await watchNeighbour(command, [family, where], waitMs);
    await runNetworkProgram(command, ['ip', family, 'neigh', 'del', ...where]);
    return holder;
  }
  const answer = address.family === 'ipv4' ? await askByArping(command, where, waitMs) : null;
  if (answer === null && !command.signal.aborted) {
    const words = oneLine(asked.stderr) || 'ip neigh did not say why';
    command.log.event('warn', `whether ${address.text} is in use on ${interfaceName} could not be asked: ${words}`);
  }
  return answer?.holder ?? null;
}

/** Null when arping could not ask: another program of that name, or none. */
async function askByArping(
  command: NetworkCommand,
  [address = '', , interfaceName = '']: readonly string[],
  waitMs: number,
): Promise<{ readonly holder: string | null } | null> {
  const argv = ['arping', '-D', '-c', '1', '-w', '1', '-I', interfaceName, address];
  const end = await runNetworkProgram(command, argv, waitMs);
  if (end.kind === 'timeout' || (end.kind === 'exited' && end.code === 0)) {
    return { holder: null };
  }
  const holder = ARPING_REPLY.exec(end.stdout)?.[1];
  return holder === undefined ? null : { holder: holder.toLowerCase() };
}

async function watchNeighbour(
  command: NetworkCommand,
  [family, where]: readonly [string, readonly string[]],
  waitMs: number,
): Promise<string | null> {
  let waitedMs = 0;
  for (const atMs of NEIGHBOUR_LOOKS_MS.filter((each) => each <= waitMs)) {
    await delay(atMs - waitedMs, command.signal);
    waitedMs = atMs;
    const end = await runNetworkProgram(command, ['ip', family, '-j', 'neigh', 'show', 'to', ...where]);
    const holder = /"lladdr":"([0-9a-f:]+)"/.exec(end.stdout)?.[1];
    if (holder !== undefined) {
      return holder;
    }
  }
  return null;
}
