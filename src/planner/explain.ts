/**
 * A plan for people: what changes and why, in which order, what waits, and what the cluster could bear to lose afterwards.
 */
import { unreachable } from '../base/invariant.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { ObservedCluster } from '../model/observation.js';
import type { Action, Placement, Plan, Wait } from '../model/plan.js';
import type { Place, Reason } from '../model/source.js';
import { applyPlan } from './apply.js';
import { driftOf } from './drift.js';
import { describeInterruptions, interruptionPhrase } from './explain-interruption.js';
import { describeSteps, probePhrases } from './explain-steps.js';
import { summarizePlan } from './plan-summary.js';
import type { PlanSummary, Votes } from './plan-summary.js';
import { nameSome } from './reasons.js';
import { judgeLosses } from './single-loss.js';
import type { Losses } from './single-loss.js';
import { unheardFor } from './unheard.js';

/** What a piece of the explanation is, for those who colour it. */
export type PlanTint = 'heading' | 'add' | 'remove' | 'change' | 'alarm' | 'faint';

/** Entries of one section that are told; the rest are counted. */
const entriesMax = 200;
/** Nodes that are told of one group when everything is. */
const candidatesMax = 32;
/** Columns from which on a place of the spec is not aligned any more. */
const alignMax = 76;

interface Explaining {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
  /** Which spec, in short; null when that is not known. */
  readonly revision: string | null;
  /** When and by whom was observed, as people read it; null when nobody did. */
  readonly observedAt: string | null;
  readonly observedBy: readonly string[];
  /** Groups that are stopped because the spec does not have them any more. */
  readonly removed?: readonly string[];
  /** Tells how every node stands for each group that changes. */
  readonly isVerbose?: boolean;
  readonly paint?: (tint: PlanTint, text: string) => string;
}

/** The explanation. Shape: lines that end in a line feed. */
export function explainPlan(options: Explaining): string {
  const paint = options.paint ?? ((_: PlanTint, text: string) => text);
  const summary = summarizePlan(options);
  const sections = [
    [heading(options)],
    summaryLines({ options, summary, paint }),
    section('Drift (changed outside the spec)', driftEntries(options, paint), paint),
    section('Changes', changeEntries(options, summary, paint), paint),
    section('Looks first (changes nothing)', lookEntries(options), paint),
    section('Waiting on', waitEntries(options), paint),
    section('In place', inPlace(options), paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

type Painter = NonNullable<Explaining['paint']>;

/** One entry of a section: its first line with the place of the spec and words behind it, and the lines below it. */
interface Entry {
  readonly line: string;
  readonly place?: Place | undefined;
  /** Words behind the place; empty for none. */
  readonly aside?: string;
  readonly below: readonly string[];
}

function heading({ spec, revision, observedAt, observedBy }: Explaining): string {
  const by = observedBy.length === 0 ? '' : ` by ${nameSome(observedBy)}`;
  const observed =
    observedAt === null && by === ''
      ? 'nothing observed'
      : `observed${observedAt === null ? '' : ` ${observedAt}`}${by}`;
  return [`Plan for ${spec.name}`, ...(revision === null ? [] : [`revision ${revision}`]), observed].join('   ');
}

function summaryLines(options: {
  readonly options: Explaining;
  readonly summary: PlanSummary;
  readonly paint: Painter;
}): string[] {
  const { summary, paint } = options;
  const { spec, observed, plan } = options.options;
  const { votes, majority, isQuorate } = summary.quorum;
  const quorum = votesWords(summary.quorum, observed.self);
  const losses = judgeLosses({ spec, observed: applyPlan({ observed, plan }) });
  const when = plan.actions.length === 0 ? 'Now' : 'After apply';
  const unseen = isQuorate === false ? plan.placements.filter((each) => unheardFor(each, observed).length > 0) : [];
  const fate = lossWords(losses, { unseen: new Set(unseen.map(({ group }) => group)), paint });
  const lines = [
    `Summary: ${countWords(summary)}. Expected interruption: ${describeInterruptions({ plan, ...summary })}.`,
    `         ${votes < majority || isQuorate === false ? paint('alarm', quorum) : quorum} ${when}: ${fate}.`,
  ];
  if (spec.quorum.onLoss !== 'stop') {
    const unsafe = `Unsafe: onLoss is ${spec.quorum.onLoss}, so a split can give a group two owners.`;
    lines.push(`         ${paint('alarm', unsafe)}`);
  }
  return lines;
}

/** The spec's voters, and which of them were not heard. */
function votesWords({ votes, voters, majority, silent, left, unheard, isQuorate }: Votes, self: string | null): string {
  const missing = [
    ...(silent.length === 0 ? [] : [`${nameSome(silent)} silent`]),
    ...(left.length === 0 ? [] : [`${nameSome(left)} left in order`]),
    ...(unheard.length === 0 ? [] : [`${nameSome(unheard)} not heard yet`]),
  ];
  const why = missing.length === 0 ? '' : `, ${missing.join(', ')}`;
  if (votes < majority) return `Quorum ${votes} of ${voters} votes${why}: ${majority} needed.`;
  const doubt = isQuorate === false ? `, but ${self} has no majority` : '';
  return `Quorum ${votes} of ${voters} votes${why}${doubt}.`;
}

function countWords(summary: PlanSummary): string {
  const words = [
    [summary.move, 'to move'],
    [summary.recover, 'to recover'],
    [summary.reload, 'to reload'],
    [summary.start, 'to start'],
    [summary.adopt, 'to adopt'],
    [summary.stop, 'to stop'],
    [summary.unplaced, 'without a place'],
    [summary.blocked, 'blocked'],
  ] as const;
  const said = words.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  if (said.length === 0) said.push(summary.actions === 0 ? 'nothing to do' : 'nothing to move');
  return [...said, `${summary.unchanged} in place`].join(', ');
}

/** Shape: `unseen` are groups that nodes may run which this one does not hear. */
function lossWords(
  judged: Losses | null,
  { unseen, paint }: { readonly unseen: ReadonlySet<string>; readonly paint: Painter },
): string {
  if (judged === null) return 'the loss of single nodes was not tried, the cluster is too large';
  const { losses, homeless } = judged;
  if (losses.length === 0) return 'no node is known to be up';
  const firstBorne = losses.find((loss) => loss.why === null);
  const said = losses.map((loss) => {
    if (loss.why === null) return `${loss === firstBorne ? 'loss of' : 'of'} ${loss.node} ok`;
    return paint('alarm', `LOSS OF ${loss.node} FATAL (${loss.why})`);
  });
  const down = homeless.filter((group) => !unseen.has(group));
  const open = homeless.filter((group) => unseen.has(group));
  const already = down.length === 0 ? '' : ` (${nameSome(down)} down already)`;
  const unknown = open.length === 0 ? '' : ` (not known from here whether anybody runs ${nameSome(open)})`;
  return `${said.join(', ')}${already}${unknown}`;
}

function driftEntries(options: Explaining, paint: Painter): Entry[] {
  const drift = driftOf(options);
  const width = nameWidth(drift.map(({ resource }) => ({ group: resource })));
  return drift.map(({ resource, node, text }) => ({
    line: `${paint('alarm', '!')} ${resource.padEnd(width)}  ${text} on ${node}`,
    below: [],
  }));
}

function changeEntries(options: Explaining, summary: PlanSummary, paint: Painter): Entry[] {
  const { observed, plan, removed, isVerbose } = options;
  const interruptions = new Map(summary.interruptions.map((each) => [each.group, each]));
  const width = nameWidth(plan.placements.filter((placement) => placement.change !== 'none'));
  const actionsOf = new Map<string, Action[]>();
  for (const action of plan.actions) {
    const list = actionsOf.get(action.group);
    if (list === undefined) actionsOf.set(action.group, [action]);
    else list.push(action);
  }
  return plan.placements.flatMap((placement) => {
    const actions = actionsOf.get(placement.group) ?? [];
    const isTidied = actions.some((action) => action.kind === 'stop' || action.kind === 'release');
    if (placement.change === 'none' && !isTidied) return [];
    const isLater = isGoingOn(placement) && !actions.some(({ kind }) => kind === 'claim' || kind === 'start');
    const isRemoved = removed?.includes(placement.group) === true;
    const why: Reason | undefined = isRemoved
      ? { text: `${placement.group} is not in the spec any more` }
      : (tidyReason(placement, actions) ?? placement.reasons[0]);
    const because = why === undefined ? '' : `, because ${why.text}`;
    const symbol = symbolOf(placement);
    const line = `${paint(symbol.tint, symbol.sign)} ${placement.group.padEnd(width)}  ${phraseOf(placement, observed)}${because}${isLater ? ' (later)' : ''}`;
    return [
      {
        line,
        place: why?.place,
        aside: interruptionPhrase(placement, interruptions.get(placement.group)),
        below: [...describeSteps(actions), ...(isVerbose === true ? candidateLines(placement) : [])],
      },
    ];
  });
}

/** How every node stands: the best first, the excluded last with all that excludes them. */
function candidateLines({ candidates }: Placement): string[] {
  const width = candidates.reduce((widest, { node }) => Math.max(widest, node.length), 0);
  const lines = candidates.slice(0, candidatesMax).map(({ node, score, parts }) => {
    const telling = score === null ? parts.filter((part) => part.score === null) : parts;
    const why = telling.map((part) => part.reason.text).join('; ');
    return `${score === null ? 'not' : ' on'} ${node.padEnd(width)}${why === '' ? '' : `  ${why}`}`;
  });
  const more = candidates.length - lines.length;
  return more === 0 ? lines : [...lines, `and ${more} more nodes`];
}

function tidyReason(placement: Placement, actions: Plan['actions']): Reason | undefined {
  return placement.change === 'none'
    ? actions.find(({ kind }) => kind === 'stop' || kind === 'release')?.reason
    : undefined;
}

function isGoingOn({ change }: Placement): boolean {
  return change === 'start' || change === 'move' || change === 'recover' || change === 'adopt';
}

function symbolOf({ change }: Placement): { readonly sign: string; readonly tint: PlanTint } {
  switch (change) {
    case 'start':
      return { sign: '+', tint: 'add' };
    case 'stop':
    case 'none':
      return { sign: '-', tint: 'remove' };
    case 'move':
      return { sign: '>', tint: 'change' };
    case 'recover':
    case 'reload':
    case 'adopt':
      return { sign: '~', tint: 'change' };
    case 'blocked':
    case 'unplaced':
      return { sign: '!', tint: 'alarm' };
    default:
      return unreachable(change);
  }
}

function phraseOf({ change, node, current }: Placement, observed: ObservedCluster): string {
  switch (change) {
    case 'none':
      return 'tidied up';
    case 'start':
      return `starts on ${node}`;
    case 'stop':
      return current === null ? 'stops' : `stops on ${current}`;
    case 'move':
      return `${current} -> ${node}`;
    case 'recover':
      return current === node ? `recovers on ${node}` : `${current} -> ${node}`;
    case 'reload':
      return `reloads on ${node}`;
    case 'adopt':
      return `is adopted on ${node}`;
    case 'blocked':
      return `is blocked on ${node}`;
    case 'unplaced':
      if (current === null) return 'has no place';
      return observed.nodes.find((each) => each.node === current)?.liveness === 'online'
        ? `has no place, leaves ${current}`
        : `has no place, was on ${current}, which is not heard`;
    default:
      return unreachable(change);
  }
}

function lookEntries({ plan }: Explaining): Entry[] {
  const told = new Set(plan.placements.filter(({ change }) => change !== 'none').map(({ group }) => group));
  const probes = plan.actions.filter((action) => action.kind === 'probe' && !told.has(action.group));
  return probePhrases(probes).map((phrase) => ({ line: `? ${phrase}`, below: [] }));
}

function waitEntries({ plan }: Explaining): Entry[] {
  const width = nameWidth(plan.waits);
  return plan.waits.map((wait) => ({
    line: `${wait.group.padEnd(width)}  ${wordOf(wait)}: ${wait.text}`,
    place: wait.place,
    below: [],
  }));
}

function wordOf({ kind }: Wait): string {
  return kind.replace('-', ' ');
}

function inPlace({ plan }: Explaining): Entry[] {
  const byNode = new Map<string, string[]>();
  for (const { group, node, change } of plan.placements) {
    if (change !== 'none' || node === null) continue;
    const list = byNode.get(node);
    if (list === undefined) byNode.set(node, [group]);
    else list.push(group);
  }
  return [...byNode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, groups]) => ({ line: `${node}  ${nameSome(groups, 12)}`, below: [] }));
}

function section(title: string, entries: readonly Entry[], paint: Painter): string[] {
  if (entries.length === 0) return [];
  const told = entries.slice(0, entriesMax);
  const width = Math.min(
    alignMax,
    Math.max(...told.filter(({ place }) => place !== undefined).map(({ line }) => line.length), 0),
  );
  const lines = told.flatMap(({ line, place, aside, below }) => {
    const where = place === undefined ? '' : `   ${paint('faint', `${place.file}:${place.line}`)}`;
    const behind = aside === undefined || aside === '' ? '' : `   ${aside}`;
    return [
      `  ${place === undefined ? line : line.padEnd(width)}${where}${behind}`,
      ...below.map((each) => `      ${each}`),
    ];
  });
  const more = entries.length - told.length;
  return [paint('heading', title), ...lines, ...(more === 0 ? [] : [`  and ${more} more`])];
}

function nameWidth(named: readonly { readonly group: string }[]): number {
  return Math.min(
    24,
    named.reduce((width, { group }) => Math.max(width, group.length), 0),
  );
}
