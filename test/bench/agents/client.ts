/** How long a client waits when its service is broken by hand on its node, in a lab of three hosts with monitors every 10 s. */
import type { AgentForm } from '../../e2e/harness/cluster-spec.js';
import { VIRTUAL_ADDRESS } from '../../e2e/harness/lab.js';
import { Cluster } from '../../e2e/stories/cluster.js';
import { withUsualIntervals } from '../fairlead-figures.js';

/** Shape: milliseconds from the first failed request to the first answer, one number for each round. */
export interface ClientFigures {
  readonly addressDeleted: readonly number[];
  readonly serviceKilled: readonly number[];
}

/** Measures it with one form of agents. */
export async function measureClient(options: {
  readonly form: AgentForm;
  readonly rounds: number;
  readonly tell: (line: string) => void;
}): Promise<ClientFigures> {
  const { form, rounds, tell } = options;
  const cluster = await Cluster.start({ form, change: (text) => withManyRestarts(withUsualIntervals(text)) });
  try {
    await cluster.startDaemons();
    const addressDeleted: number[] = [];
    const serviceKilled: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      addressDeleted.push(
        await outageOf(cluster, async (owner) => {
          await cluster.lab.host(owner).exec(['ip', 'address', 'delete', `${VIRTUAL_ADDRESS}/24`, 'dev', 'eth0']);
        }),
      );
      serviceKilled.push(
        await outageOf(cluster, async (owner) => {
          await cluster.lab.host(owner).signalProcesses(/^nginx: /, 'KILL');
        }),
      );
      tell(`${form} round ${round + 1}: ${addressDeleted.at(-1)?.toFixed(0)}, ${serviceKilled.at(-1)?.toFixed(0)} ms`);
    }
    return { addressDeleted, serviceKilled };
  } finally {
    await cluster.close();
  }
}

/** The fourth failure of a resource within ten minutes would move it to another host, and what is measured is the restart in place; Pacemaker counts without a limit. */
function withManyRestarts(text: string): string {
  return `${text}defaults:\n  failurePolicy: { restarts: 1000, within: 10m, then: move, forgetAfter: 30m }\n`;
}

async function outageOf(cluster: Cluster, breakIt: (owner: string) => Promise<void>): Promise<number> {
  const owner = await cluster.rest();
  const fromMs = cluster.probe.mark();
  await breakIt(owner);
  await cluster.untilAnswered({ by: [owner], sinceMs: cluster.probe.mark() });
  return (await cluster.probe.report({ fromMs })).longestOutageMs;
}
