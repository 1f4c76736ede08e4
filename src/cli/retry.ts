import { ControlClient } from '../control/client.js';
import type { Status } from '../model/status.js';
import type { CommandCall } from './command.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { socketPathOf } from './flags.js';

/** Has the failures of a resource or group forgotten. */
export async function runRetry({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  const [resource = ''] = operands;
  const node = flags.text('on');
  const client = new ControlClient({ socketPath: socketPathOf(flags) });
  try {
    const before = await client.status();
    await client.retry({ resource, ...(node === null ? {} : { node }) });
    terminal.out(`${retryWords(before, { resource, node })}\n`);
    return EXIT.ok;
  } finally {
    await client.close();
  }
}

/** What a request to forget failures does, by what the daemon knew before it. Shape: `node` null for all. */
export function retryWords(
  { failures, groups }: Pick<Status, 'failures' | 'groups'>,
  asked: { readonly resource: string; readonly node: string | null },
): string {
  const { resource, node } = asked;
  const members = groups.find(({ group }) => group === resource)?.members.map((member) => member.resource);
  const hasFailed = failures.some(
    (each) => (members ?? [resource]).includes(each.resource) && (node === null || each.node === node),
  );
  const where = node === null ? '' : ` on ${node}`;
  return hasFailed
    ? `failures of ${resource}${where} are forgotten; it is tried again`
    : `${resource} has no failures${where}, so there is nothing to forget`;
}
