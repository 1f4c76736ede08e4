/** Runs one action of an agent by hand, without a lease and beside the daemon. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../base/error-message.js';
import type { ParameterValue } from '../model/cluster-spec.js';
import type { Operation, OperationAction, Outcome } from '../model/operation.js';
import type { CommandCall, FlagValues } from './command.js';
import { CommandFailure, usageFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { nodeOf, socketPathOf } from './flags.js';
import { noSuchAgent } from './no-such-agent.js';
import { printable } from './paint.js';

/** Actions of every kind of agent; OCF agents have more. */
const ACTIONS: readonly OperationAction[] = ['probe', 'monitor', 'start', 'stop'];

/** Interval of a monitor that is no probe. */
const INTERVAL_MS = 10_000;

/** What came of it. Shape: `code` is the exit code of an OCF agent, null where there was none. */
interface Ran {
  readonly code: number | null;
  /** Code and meaning, or the outcome. */
  readonly words: string;
  readonly isGood: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `agent run TYPE ACTION`. */
export async function runAgentAction({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  const [, type = '', action = ''] = operands;
  const isOcf = type.startsWith('ocf:');
  if (!isOcf && !ACTIONS.some((each) => each === action))
    throw usageFailure(`"${type}" has no action "${action}"`, `it has ${ACTIONS.join(', ')}`);
  if (!isOcf && (flags.has('trace') || flags.texts('meta').length > 0))
    throw usageFailure('--trace and --meta are for OCF agents', `"${type}" is none`);
  const operation = await operationOf(type, action, flags);
  for (const warning of await unknownParameters(type, Object.keys(operation.resource.params)))
    terminal.err(`warning: ${warning}\n`);
  const beganMs = performance.now();
  const ran = isOcf
    ? await runOcf(operation, action, { flags, trace: (text) => terminal.err(text) })
    : await runOwn(operation, flags);
  const tookMs = Math.round(performance.now() - beganMs);
  if (flags.text('output') === 'json') {
    const { code, words, stdout, stderr } = ran;
    terminal.out(`${JSON.stringify({ type, action, code, outcome: words, tookMs, stdout, stderr }, null, 2)}\n`);
  } else {
    terminal.err(ran.stderr);
    terminal.out(ran.stdout);
    terminal.out(`${type} ${action}: ${printable(ran.words)} (${tookMs} ms)\n`);
  }
  return ran.isGood ? EXIT.ok : EXIT.failed;
}

async function operationOf(type: string, action: string, flags: FlagValues): Promise<Operation> {
  const known = ACTIONS.find((each) => each === action) ?? 'probe';
  const timeoutMs = flags.durationMs('timeout') ?? 0;
  const id = flags.text('id') ?? type.slice(type.lastIndexOf(':') + 1);
  const depth = Number(flags.text('depth') ?? '0');
  if (!Number.isSafeInteger(depth) || depth < 0) throw usageFailure('--depth must be a whole number, such as 10');
  return {
    id: 'by-hand',
    action: known,
    resource: {
      id,
      group: id,
      type,
      params: await paramsOf(type, flags.texts('param')),
      monitors: [],
      checks: [],
      timeouts: { startMs: timeoutMs, stopMs: timeoutMs, monitorMs: timeoutMs },
      onFail: { monitor: 'ignore', start: 'ignore', stop: 'ignore' },
      exclusive: 'none',
      place: { file: '', line: 0, column: 0 },
    },
    node: nodeOf(flags),
    timeoutMs,
    intervalMs: action === 'monitor' ? INTERVAL_MS : 0,
    depth,
    epoch: 0,
  };
}

/** A key that is given several times is a list, and so is one that the agent declares to be one. */
async function paramsOf(type: string, words: readonly string[]): Promise<Record<string, ParameterValue>> {
  const { OWN_AGENTS } = await import('../agents/own-agents.js');
  const own = Object.hasOwn(OWN_AGENTS, type) ? OWN_AGENTS[type] : undefined;
  const lists = new Set(own?.parameters.filter((each) => each.type === 'arguments').map(({ name }) => name));
  const values = new Map<string, string[]>();
  for (const [key, value] of words.map((word) => pairOf(word, '--param')))
    values.set(key, [...(values.get(key) ?? []), value]);
  return Object.fromEntries(
    [...values].map(([key, all]) => [key, all.length > 1 || lists.has(key) ? all : (all[0] ?? '')]),
  );
}

/** An agent ignores what it does not know, and does something else then than what was meant. */
async function unknownParameters(type: string, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const { readCatalogue } = await import('../agents/read-catalogue.js');
  const { suggester } = await import('../spec/suggest.js');
  const declared = (await readCatalogue({ types: [type] })).agents[type];
  if (!declared?.declared) return [];
  const known = declared.parameters.map(({ name }) => name);
  const suggest = suggester();
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = suggest(name, known);
      const help = meant === null ? `\`fairlead agent show ${type}\` lists what it has` : `did you mean "${meant}"?`;
      return `${type} has no parameter "${name}"; ${help}`;
    });
}

function pairOf(word: string, flag: string): readonly [string, string] {
  const at = word.indexOf('=');
  if (at < 1) throw usageFailure(`${flag} takes key=value, and "${word}" is none`);
  return [word.slice(0, at), word.slice(at + 1)];
}

async function runOcf(
  operation: Operation,
  action: string,
  to: { readonly flags: FlagValues; readonly trace: (text: string) => void },
): Promise<Ran> {
  const { runOcfByHand } = await import('../agents/ocf-by-hand.js');
  const { exitWords, isGoodExit } = await import('../agents/ocf-exit-code.js');
  const { outcomeOfBrokenRun } = await import('../agents/outcome.js');
  const { flags } = to;
  const folder = flags.has('trace') ? mkdtempSync(join(tmpdir(), 'fairlead-trace-')) : null;
  const traceFile = folder === null ? null : join(folder, 'trace');
  try {
    const meta = Object.fromEntries(flags.texts('meta').map((word) => pairOf(word, '--meta')));
    const shims = { socketPath: socketPathOf(flags) };
    const end = await runOcfByHand({ operation, action, meta, traceFile, shims });
    if (end === null) throw await noSuchAgent(operation.resource.type);
    if (traceFile !== null && existsSync(traceFile)) to.trace(readFileSync(traceFile, 'utf8'));
    const { stdout, stderr } = end;
    if (end.kind === 'exited')
      return { code: end.code, words: exitWords(end), isGood: isGoodExit(action, end.code), stdout, stderr };
    const broken = outcomeOfBrokenRun(end, `${operation.resource.type} ${action}`);
    return { code: null, words: wordsOf(broken), isGood: false, stdout, stderr };
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything but OCF goes the way of the daemon, with a run directory of its own: that of a daemon has one owner. */
async function runOwn(operation: Operation, flags: FlagValues): Promise<Ran> {
  const { createAgentRunner } = await import('../agents/agent-runner.js');
  const folder = flags.text('hand-dir') ?? '';
  let runner: ReturnType<typeof createAgentRunner>;
  const said: string[] = [];
  try {
    const log = { event: (_: string, sentence: string) => void said.push(`${sentence}\n`) };
    runner = createAgentRunner({ node: operation.node, stateDir: folder, log });
  } catch (error) {
    const why = messageOf(error);
    throw new CommandFailure(EXIT.failed, `"${folder}" cannot be used: ${why}`, {
      help: 'give another one with --hand-dir',
      cause: error,
    });
  }
  try {
    const outcome = await runner.run(operation);
    const isGood = outcome.kind === 'done' || outcome.kind === 'running';
    return { code: null, words: wordsOf(outcome), isGood, stdout: '', stderr: said.join('') };
  } finally {
    runner.close();
  }
}

function wordsOf(outcome: Outcome | null): string {
  if (outcome === null) return 'done';
  return 'reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome.kind;
}
