/** The command `fairlead lab`: a whole cluster on this machine, with a script of events or by hand. */
import { basename, resolve } from 'node:path';
import type { ClusterSpec } from '../../model/cluster-spec.js';
import type { CommandCall } from '../command.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import type { LabDisplay } from './display.js';
import { labDisplay } from './display.js';
import { tryAddresses } from './free-addresses.js';
import { LabCluster } from './lab-cluster.js';
import type { LabFolder } from './lab-folder.js';
import { makeLabFolder } from './lab-folder.js';
import { readLabScript, readLabSpec } from './lab-spec.js';
import { longestOutageLine } from './outage.js';
import type { Played } from './play.js';
import { play } from './play.js';
import { probeTargets } from './probe.js';
import type { LabScript } from './script.js';
import type { TypedEvents } from './typed-events.js';

/** What ends a lab from outside. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs a cluster until the script is through, or until interrupted. Nothing of it is left behind. */
export async function runLab(call: CommandCall): Promise<ExitCode> {
  const { operands, flags, terminal } = call;
  const specPath = resolve(operands[0] ?? '');
  const spec = await readLabSpec(specPath);
  const script = readLabScript(flags.text('script'), spec);
  await tryAddresses(spec);
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  terminal.gone.addEventListener('abort', onSignal);
  const folder = makeLabFolder();
  try {
    if (!folder.isTmpfs) {
      terminal.err(
        `${folder.path} is not on a tmpfs: the voter of a daemon that is killed and restarted is silent for a while\n`,
      );
    }
    return await experiment({ call, spec, specPath, script, folder, interrupt });
  } finally {
    folder.remove();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

interface Experiment {
  readonly call: CommandCall;
  readonly spec: ClusterSpec;
  readonly specPath: string;
  readonly script: LabScript;
  readonly folder: LabFolder;
  readonly interrupt: AbortController;
}

/** How a lab went. Shape: `missing` says why the cluster is not at rest, null when it is or when nobody waited for it. */
interface Result {
  readonly played: Played;
  readonly missing: string | null;
  readonly isInterrupted: boolean;
}

async function experiment(options: Experiment): Promise<ExitCode> {
  const { call, spec, specPath, script, folder, interrupt } = options;
  const { flags, terminal } = call;
  const timeoutMs = flags.durationMs('timeout') ?? 0;
  let typed: TypedEvents | null = null;
  const canType = terminal.isScreen && process.stdin.isTTY === true && !flags.has('exit');
  const display = labDisplay({
    terminal,
    color: terminal.colours('out', flags.text('color')),
    title: `lab of ${spec.name}: ${spec.nodes.map(({ id }) => id).join(', ')}; state and logs in ${folder.path}; Ctrl-C ends it and leaves nothing`,
    hints: flags.has('exit') ? [] : hints({ spec, specPath, folder, canType }),
    onDrawn: () => typed?.redraw(),
  });
  const tell = (sentence: string): void => display.tell(sentence);
  const targets = probeTargets(spec, script.probes);
  const cluster = new LabCluster({ spec, specPath, folder, targets, tell });
  try {
    cluster.start();
    display.begin(cluster);
    for (const { group, url } of targets) tell(`${group} is asked at ${url}`);
    const playOn = (more: LabScript): Promise<Played> =>
      play({ cluster, script: more, timeoutMs, signal: interrupt.signal, tell });
    if (canType) {
      typed = await listen({ spec, playOn, tell, interrupt });
    }
    const result = await toTheEnd({ cluster, script, timeoutMs, interrupt, tell, playOn, mayEnd: flags.has('exit') });
    return conclude({ cluster, display, result, call });
  } finally {
    display.end();
    typed?.close();
    await cluster.end();
  }
}

async function toTheEnd(options: {
  readonly cluster: LabCluster;
  readonly script: LabScript;
  readonly timeoutMs: number;
  readonly interrupt: AbortController;
  readonly tell: (sentence: string) => void;
  readonly playOn: (script: LabScript) => Promise<Played>;
  readonly mayEnd: boolean;
}): Promise<Result> {
  const { cluster, script, timeoutMs, interrupt, tell, playOn, mayEnd } = options;
  const interrupted = new Promise<string>((wake) => {
    interrupt.signal.addEventListener('abort', () => wake('the lab was interrupted'), { once: true });
    if (interrupt.signal.aborted) wake('the lab was interrupted');
  });
  const rest = () => Promise.race([cluster.rest(timeoutMs), interrupted, faultOf(cluster)]);
  let missing = await rest();
  let played: Played = { expected: 0, held: 0, failures: [] };
  if (missing === null) {
    tell(script.lines.length === 0 ? 'the cluster is at rest' : 'the cluster is at rest; the script begins');
    played = await playOn(script);
    missing = await rest();
    if (missing === null && script.lines.length > 0) tell('the script is through and the cluster is at rest');
  }
  const isInterrupted = interrupt.signal.aborted;
  if (missing !== null && !isInterrupted) tell(`not at rest: ${missing}`);
  if (!mayEnd) await interrupted;
  return { played, missing, isInterrupted };
}

/** Resolves at the next look after something happened that must never happen. */
async function faultOf(cluster: LabCluster): Promise<string> {
  while (!cluster.hasEnded) {
    const [fault] = cluster.faults;
    if (fault !== undefined) return fault;
    await cluster.nextLook();
  }
  return 'the lab has ended';
}

function conclude(options: {
  readonly cluster: LabCluster;
  readonly display: LabDisplay;
  readonly result: Result;
  readonly call: CommandCall;
}): ExitCode {
  const { cluster, display, result, call } = options;
  const { terminal } = call;
  const { played, missing, isInterrupted } = result;
  display.end();
  const nowMs = performance.now();
  if (terminal.isScreen) terminal.out('\n');
  for (const fault of cluster.faults) terminal.err(`fault: ${fault}\n`);
  for (const failure of played.failures) terminal.err(`failed: ${failure}\n`);
  if (missing !== null && !isInterrupted) terminal.err(`not at rest: ${missing}\n`);
  if (played.expected > 0) {
    terminal.out(`${played.held} of ${played.expected} expectations held\n`);
  }
  terminal.out(
    `${longestOutageLine({ outages: cluster.outages, silent: cluster.silent, deeds: cluster.deeds, nowMs })}\n`,
  );
  if (cluster.faults.length > 0 || played.failures.length > 0) return EXIT.failed;
  if (missing === null) return EXIT.ok;
  if (isInterrupted) return call.flags.has('exit') ? EXIT.failed : EXIT.ok;
  return EXIT.tryAgain;
}

async function listen(options: {
  readonly spec: ClusterSpec;
  readonly playOn: (script: LabScript) => Promise<Played>;
  readonly tell: (sentence: string) => void;
  readonly interrupt: AbortController;
}): Promise<TypedEvents> {
  const { spec, playOn, tell, interrupt } = options;
  const { listenForEvents } = await import('./typed-events.js');
  return listenForEvents({
    names: { nodes: spec.nodes.map(({ id }) => id), groups: spec.groups.map(({ id }) => id) },
    play: (script) => {
      playOn(script).then(undefined, (error: unknown) => tell(`FAILED ${String(error)}`));
    },
    complain: tell,
    onInterrupt: () => interrupt.abort(),
  });
}

/** What to try, ready to be copied. */
function hints(options: {
  readonly spec: ClusterSpec;
  readonly specPath: string;
  readonly folder: LabFolder;
  readonly canType: boolean;
}): string[] {
  const { spec, specPath, folder, canType } = options;
  const [node = ''] = spec.nodes.map(({ id }) => id);
  const program = process.env.npm_command === 'exec' ? 'npx fairlead' : 'fairlead';
  return [
    ...(canType ? [`type an event, such as \`kill ${node}\`, \`start ${node}\`, \`cut ${node}\` or \`heal\``] : []),
    `try in another terminal: ${program} status --watch --socket ${folder.path}/${node}.sock`,
    `                         ${program} leave --socket ${folder.path}/${node}.sock`,
    `                         tail -f ${folder.path}/${node}.log`,
    `or edit ${basename(specPath)}: with \`state: standby\` for ${node}, its groups move`,
  ];
}
