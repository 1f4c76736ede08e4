import { ControlClient } from '../control/client.js';
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
    await client.retry({ resource, ...(node === null ? {} : { node }) });
    terminal.out(`failures of ${resource}${node === null ? '' : ` on ${node}`} are forgotten; it is tried again\n`);
    return EXIT.ok;
  } finally {
    await client.close();
  }
}
