/** Plays a lab's script on its cluster. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../base/error-message.js';
import { unreachable } from '../../base/invariant.js';
import { isAsExpected, ownersOf } from './judge.js';
import type { LabCluster } from './lab-cluster.js';
import { shownTime } from './outage.js';
import type { LabEvent, LabScript, ScriptLine } from './script.js';

/** What came of a script. */
export interface Played {
  /** Expectations and rests that were asked for, and those that held. */
  readonly expected: number;
  readonly held: number;
  /** Expectations that did not hold and events that could not be done, a sentence each. */
  readonly failures: readonly string[];
}

/** How a script is played. */
export interface PlayOptions {
  readonly cluster: LabCluster;
  readonly script: LabScript;
  readonly timeoutMs: number;
  /** Ends the play before the next event, and a wait at once. */
  readonly signal: AbortSignal;
  readonly tell: (sentence: string) => void;
}

/** Plays every line. Its clock begins now; a line whose time is over when its turn comes is played at once. */
export async function play(options: PlayOptions): Promise<Played> {
  const { cluster, script, signal, tell } = options;
  const zeroMs = performance.now();
  const failures: string[] = [];
  let expected = 0;
  let held = 0;
  for (const line of script.lines) {
    if (line.atMs !== null) await pause(zeroMs + line.atMs - performance.now(), signal);
    if (signal.aborted) break;
    const { event, text } = line;
    const isExpectation = event.kind === 'expect' || event.kind === 'converge';
    if (isExpectation) expected += 1;
    tell(`> ${text}`);
    const why = await happen(options, line);
    if (signal.aborted) break;
    if (why !== null) {
      const sentence = `line ${line.line}, \`${text}\`: ${why}`;
      failures.push(sentence);
      tell(`FAILED ${sentence}`);
    } else if (isExpectation) {
      held += 1;
      tell(`held: ${text}`);
    }
    // A cluster with such a fault proves nothing any more.
    if (cluster.faults.length > 0) break;
  }
  return { expected, held, failures };
}

/** Makes one event happen. Shape: null when it did, else why not. */
async function happen(options: PlayOptions, { event, text }: ScriptLine): Promise<string | null> {
  const { cluster, timeoutMs, signal } = options;
  switch (event.kind) {
    case 'wait':
      await pause(event.ms, signal);
      return null;
    case 'expect':
      return expectation(options, event);
    case 'converge':
      return cluster.rest(event.withinMs ?? timeoutMs);
    case 'cut':
    case 'heal':
      cluster.note(text);
      if (event.kind === 'heal') cluster.cuts.heal();
      else cluster.cuts.cut(event.node, event.peer, cluster.nodes);
      return attempt(() => cluster.applyCuts());
    case 'kill':
    case 'kill-daemon':
    case 'stop':
    case 'start':
    case 'pause':
    case 'resume': {
      cluster.note(text);
      const whys = await Promise.all(event.nodes.map((node) => attempt(() => treat(options, event.kind, node))));
      return whys.find((why) => why !== null) ?? null;
    }
    default:
      return unreachable(event);
  }
}

async function treat(
  { cluster, timeoutMs }: PlayOptions,
  kind: 'kill' | 'kill-daemon' | 'stop' | 'start' | 'pause' | 'resume',
  node: string,
): Promise<void> {
  const host = cluster.hostOf(node);
  switch (kind) {
    case 'kill':
      return host.crash();
    case 'kill-daemon':
      return host.killDaemon();
    case 'stop':
      return host.stop(timeoutMs);
    case 'start':
      host.start();
      return cluster.applyCutsTo(host);
    case 'pause':
      return host.pause();
    case 'resume':
      return host.resume();
    default:
      return unreachable(kind);
  }
}

async function expectation(
  { cluster, signal }: PlayOptions,
  event: Extract<LabEvent, { readonly kind: 'expect' }>,
): Promise<string | null> {
  const { group, where, timing } = event;
  const judge = (): string | null => {
    if (isAsExpected(cluster.view, group, where)) return null;
    const owners = ownersOf(cluster.view, group);
    return owners.length === 0 ? `${group} runs nowhere` : `${group} runs on ${owners.join(' and ')}`;
  };
  if (timing.kind === 'within') return cluster.until(judge, timing.ms);
  const fromMs = performance.now();
  while (performance.now() < fromMs + timing.ms && !signal.aborted && !cluster.hasEnded) {
    await cluster.nextLook();
    const why = judge();
    if (why !== null) return `${why}, ${shownTime(performance.now() - fromMs)} after it was to begin`;
  }
  return null;
}

async function attempt(deed: () => Promise<void>): Promise<string | null> {
  try {
    await deed();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}
