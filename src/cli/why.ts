import { ControlClient } from '../control/client.js';
import type { Status } from '../model/status.js';
import { didYouMean, suggester } from '../spec/suggest.js';
import type { CommandCall } from './command.js';
import { CommandFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { socketPathOf } from './flags.js';
import { paintOf } from './paint.js';
import { findWhy, renderWhy } from './why-report.js';

/** Tells why a resource or group is where it is. */
export async function runWhy({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  const [subject = ''] = operands;
  const node = flags.text('on');
  const client = new ControlClient({ socketPath: socketPathOf(flags) });
  try {
    const status = await client.status();
    const nodes = status.nodes.map((each) => each.node);
    if (node !== null && !nodes.includes(node)) throw unknown('node', node, nodes);
    const why = findWhy(status, subject, node);
    if (why === null) throw unknown('resource or group', subject, namesOf(status));
    const paint = paintOf(terminal.colours('out', flags.text('color')));
    const isJson = flags.text('output') === 'json';
    terminal.out(isJson ? `${JSON.stringify(why, null, 2)}\n` : renderWhy(why, { node, paint }));
    return EXIT.ok;
  } finally {
    await client.close();
  }
}

function namesOf({ groups }: Status): string[] {
  return groups.flatMap(({ group, members }) => [group, ...members.map(({ resource }) => resource)]);
}

function unknown(kind: string, name: string, names: readonly string[]): CommandFailure {
  const { label } = didYouMean(suggester()(name, names));
  return new CommandFailure(EXIT.failed, `the cluster has no ${kind} "${name}"`, {
    help: label ?? 'see `fairlead status -v` for all there are',
  });
}
