/** Holds a runner and obeys orders, one JSON text a line; ends when its input ends. */
import { createInterface } from 'node:readline';
import type { AgentRunnerOptions } from '../../../src/agents/agent-runner.js';
import { createAgentRunner } from '../../../src/agents/agent-runner.js';
import { UnitHolds } from '../../../src/agents/unit-hold.js';
import type { Operation, Outcome } from '../../../src/model/operation.js';
import type { Target } from '../../../src/model/target.js';
import { parseTarget } from '../../../src/spec/target.js';

/** What the runner is made with. */
export type RunnerSettings = Omit<AgentRunnerOptions, 'log' | 'unitHolds'>;

/** What it can be told. */
export type RunnerOrder =
  | { readonly kind: 'run'; readonly operation: Operation }
  | { readonly kind: 'cancel'; readonly operationId: string }
  | { readonly kind: 'ping'; readonly hosts: readonly string[]; readonly timeoutMs: number; readonly attempts: number };

/** What it says. */
export type RunnerAnswer =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'ping'; readonly reachable: number | null }
  | { readonly kind: 'nudge'; readonly resource: string }
  | { readonly kind: 'events-lost'; readonly sentence: string }
  | { readonly kind: 'log'; readonly sentence: string };

const settings: RunnerSettings = JSON.parse(process.argv[2] ?? '{}');

function say(number: number, answer: RunnerAnswer): void {
  process.stdout.write(`${JSON.stringify({ number, answer })}\n`);
}

const runner = createAgentRunner({
  ...settings,
  unitHolds: new UnitHolds({ owner: 'test', path: settings.path }),
  log: { event: (_level, sentence) => say(0, { kind: 'log', sentence }) },
});
runner.onNudge((resource) => say(0, { kind: 'nudge', resource }));
runner.onEventsLost((source, why) =>
  say(0, { kind: 'events-lost', sentence: why === null ? `${source} again` : `no ${source}: ${why}` }),
);

/** A text that names nothing that could be asked is asked all the same, as an echo request. */
function targetOf(text: string): Target {
  const target = parseTarget(text);
  return target.kind === 'bad' ? { kind: 'icmp', text, host: text } : target;
}

async function obey(order: RunnerOrder): Promise<RunnerAnswer> {
  if (order.kind === 'run') {
    return { kind: 'outcome', outcome: await runner.run(order.operation) };
  }
  if (order.kind === 'cancel') {
    runner.cancel(order.operationId);
    return { kind: 'cancelled' };
  }
  const { hosts, timeoutMs, attempts } = order;
  const reachable = await runner.ping({
    id: 'gateway',
    hosts: hosts.map(targetOf),
    everyMs: 1000,
    timeoutMs,
    attempts,
    need: 1,
    failAfterMs: 0,
    recoverAfterMs: 0,
    mode: 'relative',
    onAllLost: 'keep',
    place: { file: 'test.yaml', line: 1, column: 1 },
  });
  return { kind: 'ping', reachable };
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { number, order }: { number: number; order: RunnerOrder } = JSON.parse(line);
  void obey(order).then((answer) => say(number, answer));
});
lines.on('close', () => runner.close());
