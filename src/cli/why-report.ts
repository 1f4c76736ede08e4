/** Why a resource is where it is, or why it is not somewhere else, from what a daemon observes and plans. */
import type { ObservedCluster } from '../model/observation.js';
import type { Candidate, Placement, Plan, Wait } from '../model/plan.js';
import type { Reason } from '../model/source.js';
import type { GroupStatus, Status } from '../model/status.js';
import { printable } from './paint.js';
import type { Paint } from './paint.js';

/** All that is known about one resource or group. Shape: `states` are of the resources asked about, by resource and node; `placement` is null before there is a plan. */
export interface Why {
  readonly subject: string;
  readonly group: string;
  readonly sentence: string;
  readonly states: ObservedCluster['resources'];
  /** Nodes that are not heard, so that their states are those of old. */
  readonly unheard: readonly string[];
  /** Failures of them that are not forgotten. */
  readonly failures: Status['failures'];
  readonly placement: Placement | null;
  readonly waits: readonly Wait[];
  readonly actions: Plan['actions'];
}

/** Gathers it. Shape: `subject` is the id of a resource or of a group, `node` narrows the states to one node; null when the cluster has no such thing. */
export function findWhy(status: Status, subject: string, node: string | null): Why | null {
  const group = groupOf(status.groups, subject);
  if (group === null) return null;
  const members = group.members.map(({ resource }) => resource);
  const asked = new Set(subject === group.group && !members.includes(subject) ? members : [subject]);
  const { plan } = status;
  const isAsked = (seen: { readonly resource: string; readonly node: string }) =>
    asked.has(seen.resource) && (node === null || seen.node === node);
  return {
    subject,
    group: group.group,
    sentence: group.sentence,
    states: status.observed.resources.filter(isAsked),
    unheard: status.observed.nodes.flatMap(({ node: id, liveness }) => (liveness === 'online' ? [] : [id])),
    failures: status.failures.filter(isAsked),
    placement: plan?.placements.find((placement) => placement.group === group.group) ?? null,
    waits: plan?.waits.filter((wait) => wait.group === group.group) ?? [],
    actions: plan?.actions.filter((action) => action.group === group.group) ?? [],
  };
}

/** A resource is looked for before a group of its name: they are the same thing or the group is its own. */
function groupOf(groups: readonly GroupStatus[], subject: string): GroupStatus | null {
  const holds = (group: GroupStatus) => group.members.some(({ resource }) => resource === subject);
  return groups.find(holds) ?? groups.find((group) => group.group === subject) ?? null;
}

/** The explanation. Shape: lines that end in a line feed; `node` as it was asked for. */
export function renderWhy(why: Why, options: { readonly node: string | null; readonly paint: Paint }): string {
  const { node, paint } = options;
  const { placement } = why;
  const lines = [
    paint.bold(printable(stateSentence(why, node))),
    ...(placement === null ? ['no plan has been made yet'] : placementLines(why, placement, node).map(printable)),
    ...titled(
      'Failures',
      why.failures.map(({ sentence }) => sentence),
      paint,
    ),
    ...titled('Nodes', node === null && placement !== null ? candidateLines(placement.candidates) : [], paint),
    ...titled('Waiting on', why.waits.map(reasonLine), paint),
  ];
  return `${lines.join('\n')}\n`;
}

function titled(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', paint.bold(title), ...lines.map((line) => `  ${printable(line)}`)];
}

function stateSentence({ subject, group, states, unheard, sentence }: Why, node: string | null): string {
  const whose = subject === group ? subject : `${subject}, of group ${group},`;
  if (node !== null) {
    const there = states.map(({ resource, state }) => (resource === subject ? state : `${resource} ${state}`));
    const said = `${whose} on ${node}: ${there.length === 0 ? 'not known' : there.join(', ')}`;
    return there.length > 0 && unheard.includes(node) ? `${said}, as ${node} said last; it is not heard now` : said;
  }
  const isUp = (state: string) => state !== 'stopped' && state !== 'unknown';
  const up = states.filter(({ state, node: at }) => isUp(state) && !unheard.includes(at));
  if (subject === group && !up.some(({ resource }) => resource === subject)) return sentence;
  if (up.length === 0) return `${whose} is not known to run anywhere; ${sentence}`;
  return `${whose} is ${up.map((seen) => `${seen.state} on ${seen.node}`).join(', ')}; ${sentence}`;
}

function placementLines({ group }: Why, placement: Placement, node: string | null): string[] {
  if (node === null || node === placement.node) {
    const [first, ...more] = placement.reasons;
    const belongs = placement.node === null ? 'has no place' : `belongs on ${placement.node}`;
    if (first === undefined) return [`${group} ${belongs}`];
    return [`${group} ${belongs}, because ${reasonLine(first)}`, ...more.map((why) => `  and ${reasonLine(why)}`)];
  }
  const there = placement.candidates.find((candidate) => candidate.node === node);
  if (there === undefined) return [`${group} is not placed by looking at ${node}`];
  if (there.score === null) {
    const [first, ...more] = there.parts.filter((part) => part.score === null);
    const because = first === undefined ? '' : `, because ${reasonLine(first.reason)}`;
    return [`${group} may not run there${because}`, ...more.map(({ reason }) => `  and ${reasonLine(reason)}`)];
  }
  const better = placement.candidates.find((candidate) => candidate.node === placement.node);
  return [
    `${group} may run there, and ${placement.node ?? 'no node'} is better`,
    ...candidateLines(better === undefined ? [there] : [better, there]).map((line) => `  ${line}`),
  ];
}

function candidateLines(candidates: readonly Candidate[]): string[] {
  const width = candidates.reduce((widest, { node }) => Math.max(widest, node.length), 0);
  return candidates.flatMap(({ node, score, parts }) => {
    const telling = score === null ? parts.filter((part) => part.score === null) : parts;
    const head = `${score === null ? 'not' : ' on'} ${node.padEnd(width)}`;
    const [first, ...more] = telling.map(({ reason }) => reasonLine(reason));
    if (first === undefined) return [head.trimEnd()];
    return [`${head}  ${first}`, ...more.map((line) => `${' '.repeat(head.length)}  ${line}`)];
  });
}

function reasonLine({ text, place }: Reason): string {
  return place === undefined ? text : `${text}   ${place.file}:${place.line}`;
}
