/** Lists the addresses of this node, and says what went wrong with a program of the network. */
import type { Outcome } from '../model/operation.js';
import type { NetworkCommand } from './network-command.js';
import { runNetworkProgram } from './network-command.js';
import type { NetworkInterface } from './network-interface.js';
import { readInterfaces } from './network-interface.js';
import { failed, oneLine, outcomeOfBrokenRun, unknown } from './outcome.js';
import type { ProcessEnd } from './process-run.js';

/** The interfaces of this node with their addresses, or what a call comes to for want of them. */
export type Listed =
  | { readonly kind: 'interfaces'; readonly interfaces: readonly NetworkInterface[] }
  | { readonly kind: 'none'; readonly outcome: Outcome };

/** Asks `ip` for them. */
export async function listInterfaces(command: NetworkCommand): Promise<Listed> {
  const end = await runNetworkProgram(command, ['ip', '-j', 'address', 'show']);
  const problem = problemOf(end, 'the addresses of this node could not be listed');
  if (problem !== null) {
    // A look that broke off found nothing out; a missing program or permission is a fact about this node.
    const isFact = problem.kind !== 'failed' || problem.class === 'node';
    return { kind: 'none', outcome: isFact ? problem : unknown(problem.reason) };
  }
  const interfaces = readInterfaces(end.stdout);
  return interfaces === null
    ? { kind: 'none', outcome: unknown('"ip -j address show" gave no list of addresses') }
    : { kind: 'interfaces', interfaces };
}

/** What went wrong with a network program; null when nothing did. */
export function problemOf(end: ProcessEnd, what: string): Outcome | null {
  if (end.kind !== 'exited') {
    return outcomeOfBrokenRun(end, '"ip"');
  }
  if (end.code === 0) {
    return null;
  }
  const words = oneLine(end.stderr) || `exit code ${end.code}`;
  const isForbidden = words.includes('Operation not permitted');
  const advice = isForbidden ? '; the daemon needs the capability CAP_NET_ADMIN' : '';
  return failed(isForbidden ? 'node' : 'soft', `${what}: ${words}${advice}`, end.code);
}
