/**
 * `reconcile --dry-run`: from the spec's text and what is observed to the plan, in words or for programs.
 *
 * It can touch nothing: all that it has of the world are the ports below, and none of them writes.
 */
import { unreachable } from '../base/invariant.js';
import type { AgentCatalogue } from '../model/agent-catalogue.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { ObservedCluster } from '../model/observation.js';
import type { Plan } from '../model/plan.js';
import type { Problem } from '../model/problem.js';
import { shortHash } from '../model/revision.js';
import type { Status } from '../model/status.js';
import { explainPlan } from '../planner/explain.js';
import { lintPlan } from '../planner/lint.js';
import { isPending } from '../planner/plan-summary.js';
import { plan as planFor } from '../planner/plan.js';
import { agentTypesOf, checkSpec, readSpecTexts } from '../spec/decode-spec.js';
import { withChangedParameters } from './changed-parameters.js';
import { CommandFailure } from './command-failure.js';
import { decodeObserved } from './decode-observed.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { paintOf } from './paint.js';
import { planDocument, planPatch } from './plan-document.js';
import { reportProblem, summarise, withoutSecrets } from './problem-report.js';
import { withRemovedGroups } from './removed-groups.js';
import type { FormerGroup } from './removed-groups.js';
import { paintPlan } from './tint.js';

/** The files of a spec as they are named in messages. Shape: `hash` is that of the revision they would be. */
export interface SpecFiles {
  readonly files: readonly { readonly file: string; readonly text: string }[];
  readonly hash: string | null;
}

/** All that a dry run has of the world. */
export interface PlanPorts {
  /** Reads a spec. Errors: rejects with a {@link CommandFailure} when it cannot. */
  readonly readSpec: (path: string) => Promise<SpecFiles>;
  /** Reads one file. Errors: as above. */
  readonly readText: (path: string) => Promise<string>;
  /** Asks the daemon what it sees. Errors: rejects with an error named `UnreachableError` when nobody answers. */
  readonly fetchStatus: () => Promise<Status>;
  /** The spec that the daemon has in force; null while it has none. Errors: as above. */
  readonly fetchSpec: () => Promise<SpecFiles | null>;
  /** What agents declare of themselves, from files; null when nobody named any. A dry run starts no agent to ask it. */
  readonly readCatalogue: (types: readonly string[]) => Promise<AgentCatalogue | null>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** What was asked for. */
export interface PlanWish {
  readonly path: string;
  readonly output: 'text' | 'json' | 'markdown' | 'patch';
  readonly observedFile: string | null;
  readonly isOffline: boolean;
  readonly isDetailed: boolean;
  readonly isStrict: boolean;
  readonly isVerbose: boolean;
  readonly color: boolean;
  /** Colours for what is said beside the answer. */
  readonly talkColor: boolean;
}

/** Where the observation came from. */
interface View {
  readonly observed: ObservedCluster;
  readonly former: readonly FormerGroup[];
  readonly by: string | null;
  readonly at: string | null;
  /** Resources of which it is not known here whether they are reloaded or restarted. */
  readonly untold?: readonly string[];
}

/** Shows the plan. Shape: the exit code of the command. */
export async function showPlan(wish: PlanWish, ports: PlanPorts): Promise<ExitCode> {
  const read = await ports.readSpec(wish.path);
  const texts = readSpecTexts(read.files);
  const catalogue = await ports.readCatalogue(agentTypesOf(texts));
  const result = checkSpec(texts, catalogue === null ? {} : { catalogue });
  if (result.kind === 'invalid') {
    tellProblems(result.problems, { wish, ports, files: read.files });
    return EXIT.failed;
  }
  tellProblems(result.warnings, { wish, ports, files: read.files });
  const view = await observe(wish, ports, { spec: result.spec, hash: read.hash, catalogue });
  if (view.untold !== undefined && view.untold.length > 0) ports.err(untoldWords(view.untold));
  const place = { file: read.files[0]?.file ?? wish.path, line: 1, column: 1 };
  const { spec, observed, removed } = withRemovedGroups({
    spec: result.spec,
    observed: view.observed,
    former: view.former,
    place,
  });
  const plan = planFor({ spec, observed });
  const lint = lintPlan({ spec, observed, plan });
  const shown = {
    spec,
    observed,
    plan,
    removed,
    lint,
    warnings: result.warnings,
    by: view.by,
    at: view.at,
    revision: read.hash,
  };
  ports.out(render(wish, shown));
  if (lint.length > 0) {
    ports.err(
      `fairlead: this plan breaks rules that every plan must keep; that is a bug in fairlead, please report it:\n${lint.map((each) => `  ${each}\n`).join('')}`,
    );
    return EXIT.bug;
  }
  if (wish.isDetailed && isPending(plan)) return EXIT.changes;
  return wish.isStrict && result.warnings.length > 0 ? EXIT.warnings : EXIT.ok;
}

function tellProblems(
  problems: readonly Problem[],
  options: { readonly wish: PlanWish; readonly ports: PlanPorts; readonly files: SpecFiles['files'] },
): void {
  const { wish, ports, files } = options;
  if (problems.length === 0) return;
  const paint = paintOf(wish.talkColor);
  const texts = withoutSecrets(files, problems);
  const blocks = problems.map((problem) => reportProblem(problem, { texts, paint }));
  ports.err(`${[...blocks, summarise(problems, files.length)].join('\n\n')}\n\n`);
}

async function observe(
  wish: PlanWish,
  ports: PlanPorts,
  from: { readonly spec: ClusterSpec; readonly hash: string | null; readonly catalogue: AgentCatalogue | null },
): Promise<View> {
  const { spec, hash, catalogue } = from;
  if (wish.isOffline) return { observed: assumedUp(spec), former: [], by: null, at: null };
  if (wish.observedFile !== null) {
    const decoded = decodeObserved(await ports.readText(wish.observedFile));
    if (decoded.kind === 'observed') {
      const { cluster } = decoded.file;
      if (cluster === null || cluster === spec.name) return decoded.file;
      throw otherCluster(wish, spec, {
        what: `"${wish.observedFile}" is of "${cluster}"`,
        help: 'write what is observed with `fairlead status -o json`, on a node of the right cluster',
      });
    }
    throw new CommandFailure(EXIT.failed, `"${wish.observedFile}" does not tell what is observed: ${decoded.why}`, {
      help: 'write it with `fairlead status -o json`, on a node of the cluster',
    });
  }
  const status = await askDaemon(ports.fetchStatus);
  if (status.cluster !== spec.name) {
    throw otherCluster(wish, spec, {
      what: `the daemon is of "${status.cluster}"`,
      help: 'ask a daemon of the right cluster with --socket, or plan without one with --offline',
    });
  }
  const former = status.groups.map(({ group, members }) => ({
    group,
    members: members.map(({ resource }) => resource),
  }));
  const inForce = readInForce(await askDaemon(ports.fetchSpec), hash);
  const { observed, untold } =
    inForce === null
      ? { observed: status.observed, untold: [] }
      : withChangedParameters(status.observed, { inForce, next: spec, catalogue });
  return { observed, untold, former, by: status.node, at: status.at };
}

function otherCluster(
  wish: PlanWish,
  spec: ClusterSpec,
  of: { readonly what: string; readonly help: string },
): CommandFailure {
  const { what, help } = of;
  return new CommandFailure(EXIT.failed, `"${wish.path}" is about cluster "${spec.name}", and ${what}`, { help });
}

function untoldWords(resources: readonly string[]): string {
  const one = resources.length === 1;
  return `fairlead: whether ${resources.join(', ')} can take ${one ? 'its' : 'their'} changed parameters over without a stop is known to ${one ? 'its agent' : 'their agents'} only, which a dry run does not ask, so a restart is shown; --metadata DIR tells\n`;
}

/** The spec in force. Shape: null where it is the one that is planned for, or cannot be read by this version. */
function readInForce(inForce: SpecFiles | null, hash: string | null): ClusterSpec | null {
  if (inForce === null || (inForce.hash !== null && inForce.hash === hash)) return null;
  const result = checkSpec(readSpecTexts(inForce.files), {});
  return result.kind === 'ok' ? result.spec : null;
}

async function askDaemon<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UnreachableError') throw error;
    const help = 'help' in error ? `${String(error.help)}; ` : '';
    throw new CommandFailure(EXIT.unreachable, error.message, {
      help: `${help}to plan without a daemon, say --offline, or --observed FILE`,
      cause: error,
    });
  }
}

/** Without a daemon every node is taken for up, and every ping and check for met, so that the plan says where things would go; what runs is not known. */
function assumedUp(spec: ClusterSpec): ObservedCluster {
  const met = [
    ...spec.pings.map(({ id, hosts }) => ({ ping: id, reachable: hosts.length })),
    ...spec.checks.map(({ id }) => ({ ping: id, reachable: 1 })),
  ];
  return {
    self: null,
    nodes: spec.nodes.map(({ id }) => ({ node: id, liveness: 'online', leaving: false, quorate: null })),
    resources: [],
    leases: [],
    pings: spec.nodes.flatMap(({ id: node }) => met.map((each) => ({ ...each, node }))),
  };
}

interface Shown {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
  readonly removed: readonly string[];
  readonly lint: readonly string[];
  readonly warnings: readonly Problem[];
  readonly by: string | null;
  readonly at: string | null;
  readonly revision: string | null;
}

function render(wish: PlanWish, shown: Shown): string {
  switch (wish.output) {
    case 'text':
      return explain(wish, shown, wish.color);
    case 'markdown':
      return `### Plan for ${shown.spec.name}\n\n\`\`\`text\n${explain(wish, shown, false)}\`\`\`\n`;
    case 'json':
      return `${JSON.stringify(planDocument(shown), null, 2)}\n`;
    case 'patch':
      return `${JSON.stringify(planPatch(shown), null, 2)}\n`;
    default:
      return unreachable(wish.output);
  }
}

function explain(wish: PlanWish, shown: Shown, color: boolean): string {
  const { spec, observed, plan, removed, by, at, revision } = shown;
  return explainPlan({
    spec,
    observed,
    plan,
    removed,
    isVerbose: wish.isVerbose,
    revision: revision === null ? null : shortHash(revision),
    observedAt: wish.isOffline
      ? 'by nobody: every node taken for up, every ping and check for met, and nothing known of what runs'
      : clockTime(at),
    observedBy: by === null ? [] : [by],
    paint: paintPlan(paintOf(color)),
  });
}

/** The time of day of an ISO 8601 time, as it is written. */
function clockTime(at: string | null): string | null {
  return at === null ? null : (/T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at);
}
