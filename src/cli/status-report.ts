/**
 * The cluster on one page, in the order of the questions of somebody in a hurry: is the service up and where, is anything moving, who hears whom, what failed, what
 * will happen next, how old is this.
 */
import { formatDuration } from '../base/duration.js';
import type { Action } from '../model/plan.js';
import { shortHash } from '../model/revision.js';
import type { Condition, LeaseStatus, PingStatus, Status } from '../model/status.js';
import { paintOf, printable } from './paint.js';
import { fencingLines } from './status-fencing.js';
import { groupLines } from './status-groups.js';
import { hearingLines, nodeLines } from './status-nodes.js';
import type { Page } from './status-page.js';
import { dimmed, sectionOf } from './status-page.js';
import type { Cell } from './table.js';
import { fold } from './table.js';

/** How a status is shown. */
export interface StatusReportOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Shows every group and the counters as well. */
  readonly isVerbose?: boolean;
}

/** Narrower than this nothing lines up; such a terminal breaks the lines itself. */
const WIDTH_MIN = 60;

/** Steps under way that are told one by one. */
const STEPS_SHOWN_MAX = 8;

/** Column at which the values of the first lines begin. */
const VALUE_COLUMN = 12;

/** The status as text for people. Shape: ends with a line end; a pure function of its arguments. */
export function renderStatus(status: Status, options: StatusReportOptions): string {
  const page: Page = {
    paint: paintOf(options.color),
    width: Math.max(WIDTH_MIN, options.width),
    isVerbose: options.isVerbose ?? false,
  };
  const sections = [
    [...headLines(status, page), ...factLines(status, page)],
    groupLines(status, page),
    nodeLines(status, page),
    hearingLines(status, page),
    fencingLines(status, page),
    leaseLines(status.leases, page),
    pingLines(status, page),
    failureLines(status, page),
    conditionLines(status.conditions, page),
    planLines(status, page),
    page.isVerbose ? counterLines(status, page) : [],
    ageLines(status, page),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headLines(status: Status, page: Page): string[] {
  const { paint } = page;
  const word = { ok: paint.good, moving: paint.warning, degraded: paint.warning, down: paint.bad }[status.health];
  const name = printable(`${status.cluster}, as ${status.node} sees it`);
  const at = `${status.at.slice(0, 10)} ${status.at.slice(11, 19)} UTC`;
  const title = `${paint.bold(name)}${' '.repeat(Math.max(2, page.width - name.length - at.length))}${paint.dim(at)}`;
  const label = status.health.toUpperCase();
  const [first = '', ...rest] = fold(`${label}  ${printable(status.verdict)}`, {
    width: page.width,
    indent: label.length + 2,
  });
  return [title, '', `${word(paint.bold(label))}${first.slice(label.length)}`, ...rest, ''];
}

function factLines(status: Status, page: Page): string[] {
  const fact = (name: string, value: string, paint: (text: string) => string = (text) => text): string[] => {
    const [first = '', ...rest] = fold(name.padEnd(VALUE_COLUMN) + value, { width: page.width, indent: VALUE_COLUMN });
    return [
      page.paint.bold(first.slice(0, name.length)) + paint(first.slice(name.length)),
      ...rest.map((line) => paint(line)),
    ];
  };
  const spec = specFact(status);
  const quorum = quorumFact(status);
  return [
    ...fact('Revision', spec.text, spec.isFine ? undefined : page.paint.warning),
    ...fact('Quorum', quorum.text, quorum.isFine ? undefined : page.paint.bad),
    ...fact('Daemon', `${status.software} on ${status.node} (${status.role}), up ${formatDuration(status.uptimeMs)}`),
  ];
}

function specFact(status: Status): { readonly text: string; readonly isFine: boolean } {
  const { revision } = status;
  if (revision === null) return { text: 'none yet', isFine: false };
  const name = `${shortHash(revision.hash)}, generation ${revision.generation}`;
  const others = status.nodes.filter(
    (node) => node.revision !== null && node.revision.hash !== revision.hash && node.liveness === 'online',
  );
  const elsewhere = others.map((node) => `${node.node} has ${shortHash(node.revision?.hash ?? '')}`);
  const conditions = status.conditions.filter(({ kind }) => kind.startsWith('spec-') || kind.startsWith('voters-'));
  const words = conditions.map(({ kind }) => `${kind} (see Conditions)`);
  const notes = [...words, ...elsewhere];
  const heard = status.nodes.filter((node) => node.liveness === 'online').length;
  const agreed = heard > 1 ? `, the same on all ${heard} nodes heard` : '';
  return { text: notes.length === 0 ? `${name}${agreed}` : `${name}; ${notes.join('; ')}`, isFine: notes.length === 0 };
}

function quorumFact({ quorum }: Status): { readonly text: string; readonly isFine: boolean } {
  const acks = quorum.acks.length === 0 ? 'nobody' : quorum.acks.join(', ');
  const tally = `${quorum.acks.length} of ${quorum.votes} voters answer (${quorum.majority} needed): ${acks}`;
  const silent = quorum.quarantined.map(({ node, leftMs }) => `${node} for ${formatDuration(leftMs)} more`);
  const quarantine = silent.length === 0 ? '' : `; silent after their start (quarantine): ${silent.join(', ')}`;
  const counted = (quorum.unanswered ?? []).flatMap(({ node, countsAs }) =>
    countsAs === null ? [] : [`${node} ${countsWords[countsAs]}`],
  );
  const anyhow = counted.length === 0 ? '' : `; ${counted.join(', ')}`;
  const policy = quorum.onLoss === 'stop' ? '' : `; without a majority services ${quorum.onLoss} (UNSAFE)`;
  return { text: `${quorum.quorate ? '' : 'NO: '}${tally}${anyhow}${quarantine}${policy}`, isFine: quorum.quorate };
}

/** Of a voter that does not answer and counts as granting. */
const countsWords = {
  dead: 'counts as dead, so its vote is not missed',
  left: 'counts as having left, so its vote is not missed',
  ignored: 'is silent and counts as granting',
} as const;

function leaseLines(leases: readonly LeaseStatus[], page: Page): string[] {
  if (leases.length === 0) return [];
  const rows = leases.map(({ group, node, epoch, state, leftMs }): Cell[] => [
    { text: group },
    { text: node },
    { text: String(epoch) },
    { text: state, ...(state === 'own' ? {} : { paint: page.paint.warning }) },
    {
      text:
        leftMs === null
          ? 'known to its holder'
          : leftMs < 0
            ? `over since ${formatDuration(-leftMs)}`
            : formatDuration(leftMs),
    },
  ]);
  const shown = page.isVerbose ? rows : rows.slice(0, 20);
  const more = rows.length - shown.length;
  const head = [{ text: '' }, ...['holder', 'epoch', 'state', 'time left'].map((text) => dimmed(text, page))];
  return [...sectionOf('Leases', [head, ...shown], page), ...(more > 0 ? [`  and ${more} more (-v shows all)`] : [])];
}

function pingLines(status: Status, page: Page): string[] {
  const { pings } = status;
  const silent = new Set(status.nodes.filter(({ liveness }) => liveness !== 'online').map(({ node }) => node));
  const hosts = pings.filter(({ kind }) => kind === 'ping');
  const checks = pings.filter(({ kind }) => kind !== 'ping');
  const above = tableOf('Pings', { pings: hosts, silent }, page);
  if (checks.length === 0) return above;
  const gap = above.length === 0 ? [] : [''];
  const reasons = checks.filter(({ node }) => !silent.has(node)).flatMap((check) => reasonLine(check, page));
  return [...above, ...gap, ...tableOf('Checks', { pings: checks, silent }, page), ...reasons];
}

/** Shape: what nodes said that are `silent` now is shown as what it was. */
function tableOf(
  title: string,
  { pings, silent }: { readonly pings: readonly PingStatus[]; readonly silent: ReadonlySet<string> },
  page: Page,
): string[] {
  if (pings.length === 0) return [];
  const names = [...new Set(pings.map(({ ping }) => ping))];
  const nodes = [...new Set(pings.map(({ node }) => node))];
  const rows = names.map((name): Cell[] => {
    const ofName = pings.filter(({ ping }) => ping === name);
    const needed = ofName.flatMap(({ kind, need }) => (kind === 'ping' ? [dimmed(`${need} needed`, page)] : []));
    return [
      { text: name },
      ...nodes.map((node) => {
        const ping = ofName.find((each) => each.node === node);
        if (ping === undefined) return dimmed('-', page);
        const cell = pingCell(ping, page);
        return silent.has(node) ? dimmed(`was ${cell.text}`, page) : cell;
      }),
      ...needed.slice(0, 1),
    ];
  });
  return sectionOf(title, [[{ text: '' }, ...nodes.map((text) => dimmed(text, page)), { text: '' }], ...rows], page);
}

function reasonLine({ ping, node, ok, reason }: PingStatus, page: Page): string[] {
  if (ok !== false || reason === undefined) return [];
  return [`  ${page.paint.bad(`${ping} on ${node}:`)} ${reason}`];
}

function pingCell(ping: PingStatus, page: Page): Cell {
  const answers = ping.kind === 'ping' ? `${ping.reachable ?? '?'}/${ping.hosts} ` : '';
  if (ping.ok === null) return { text: `${answers}unknown`, paint: page.paint.warning };
  if (ping.ok) return { text: `${answers}ok` };
  return { text: `${answers}${ping.kind === 'ping' ? 'LOST' : 'FAILS'}`, paint: page.paint.bad };
}

function failureLines({ failures }: Status, page: Page): string[] {
  if (failures.length === 0) return [];
  const lines = failures.flatMap(({ sentence }) =>
    fold(`  ! ${printable(sentence)}`, { width: page.width, indent: 4 }),
  );
  return [page.paint.bold('Failures'), ...lines.map(page.paint.bad)];
}

function conditionLines(conditions: readonly Condition[], page: Page): string[] {
  if (conditions.length === 0) return [];
  const paints = { info: (text: string) => text, warning: page.paint.warning, error: page.paint.bad };
  const worst = ['error', 'warning', 'info'].flatMap((severity) =>
    conditions.filter((each) => each.severity === severity),
  );
  const lines = worst.flatMap(({ kind, severity, sentence, ageMs }) => {
    const age = ageMs < 1000 ? '' : `, for ${formatDuration(ageMs)}`;
    const text = `  ${severity}[${kind}] ${printable(sentence)}${age}`;
    return fold(text, { width: page.width, indent: 4 }).map(paints[severity]);
  });
  return [page.paint.bold('Conditions'), ...lines];
}

function planLines({ plan }: Status, page: Page): string[] {
  if (plan === null || (plan.actions.length === 0 && plan.waits.length === 0)) return [];
  const actions = plan.actions.map((action) => stepText(action));
  const waits = plan.waits.map(({ text, node }) => `${node === null ? '' : `${node}: `}${text}`);
  // Groups that wait for the same are told of once.
  const all = [...actions, ...new Set(waits)];
  const shown = page.isVerbose ? all : all.slice(0, STEPS_SHOWN_MAX);
  const more = all.length - shown.length;
  const lines = shown.flatMap((text) => fold(`  ${printable(text)}`, { width: page.width, indent: 4 }));
  return [page.paint.bold('Next'), ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function stepText({ kind, resource, group, node, reason }: Action): string {
  const where = reason.place === undefined ? '' : ` (${reason.place.file}:${reason.place.line})`;
  return `${kind} ${resource ?? group} on ${node}, because ${reason.text}${where}`;
}

function counterLines({ counters }: Status, page: Page): string[] {
  const rows = Object.entries(counters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]): Cell[] => [{ text: name }, { text: String(value) }]);
  return sectionOf('Counters', [[{ text: '' }], ...rows], page);
}

/** Where the data comes from and how old its oldest part is, so that nobody takes the view of a lonely node for the truth. */
function ageLines({ node, nodes }: Status, page: Page): string[] {
  const heard = nodes.filter((each) => each.node !== node && !each.left);
  const never = heard.filter((each) => each.heardAgoMs === null).map((each) => each.node);
  const oldest = heard.reduce<(typeof heard)[number] | null>(
    (old, each) => ((each.heardAgoMs ?? -1) > (old?.heardAgoMs ?? -1) ? each : old),
    null,
  );
  const age =
    oldest === null || oldest.heardAgoMs === null
      ? ''
      : `, its oldest part is of ${oldest.node}, ${formatDuration(oldest.heardAgoMs)} ago`;
  const missing = never.length === 0 ? '' : `; never heard: ${never.join(', ')}`;
  return fold(`This is what ${node} knows${age}${missing}.`, { width: page.width, indent: 0 }).map(page.paint.dim);
}
