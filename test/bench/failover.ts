/**
 * How long the client waits when something happens to its service, beside the targets and beside rivals in the same kind of hosts.
 *
 * `--with-rivals` measures keepalived and Pacemaker where Debian's packages are installed; it installs nothing. Without it the table shows figures seen
 * elsewhere. `--only builtin|ocf|keepalived|pacemaker|validate` measures a part.
 */
import type { AgentForm } from '../e2e/harness/cluster-spec.js';
import { missingForLab } from '../e2e/harness/prerequisites.js';
import { promiseMs } from '../../src/model/lease.js';
import type { Bench } from './bench.js';
import { medianOf, tableOf } from './bench.js';
import type { FairleadFigures, MeasuredWait } from './fairlead-figures.js';
import { measureFairlead } from './fairlead-figures.js';
import type { KeepalivedFigures } from './rivals/keepalived.js';
import { hasKeepalived, measureKeepalived } from './rivals/keepalived.js';
import type { PacemakerFigures } from './rivals/pacemaker.js';
import { hasPacemaker, measurePacemaker } from './rivals/pacemaker.js';
import { measureValidate } from './validate-process.js';

const ROUNDS_DEFAULT = 3;
const VALIDATE_ROUNDS = 7;
const IDLE_MS = 20_000;

/** What the spec of the bench says, and the clocks' default bound. */
const LEASE_MS = 1_000;
const STOP_BUDGET_MS = 500;
const CLOCK_DRIFT = 0.09;

/** A token of a second is what people set who want Pacemaker fast. */
const SHORT_TOKEN_MS = 1_000;

/** Everything that was measured; null for what was left out. */
interface FailoverFigures {
  readonly builtin: FairleadFigures | null;
  readonly ocf: FairleadFigures | null;
  readonly validateMs: readonly number[];
  readonly keepalived: KeepalivedFigures | null;
  readonly pacemaker: PacemakerFigures | null;
  readonly pacemakerShortToken: PacemakerFigures | null;
}

/** The bench. Errors: throws where no lab can be made. */
export const bench: Bench = async ({ rounds: asked, only, withRivals, tell }) => {
  const missing = missingForLab();
  if (missing.length > 0) {
    throw new Error(`this machine cannot carry a lab:\n  ${missing.join('\n  ')}`);
  }
  const rounds = asked ?? ROUNDS_DEFAULT;
  const wants = (part: string): boolean => only === null || only === part;
  const wantsRival = (part: string, isThere: boolean): boolean => {
    const isWanted = only === null ? withRivals : only === part;
    if (isWanted && !isThere) {
      tell(`${part} is not installed here, so it is left out; apt-get install ${DEBIAN_PACKAGES[part]}`);
    }
    return isWanted && isThere;
  };
  const ours = async (form: AgentForm): Promise<FairleadFigures | null> =>
    wants(form) ? await measureFairlead({ form, rounds, idleMs: IDLE_MS, tell }) : null;
  const pacemakerWith = async (tokenMs: number | null): Promise<PacemakerFigures | null> =>
    wantsRival('pacemaker', hasPacemaker()) ? await measurePacemaker({ rounds, tokenMs, idleMs: IDLE_MS, tell }) : null;
  const figures: FailoverFigures = {
    validateMs: wants('validate') ? await measureValidate(VALIDATE_ROUNDS) : [],
    builtin: await ours('builtin'),
    ocf: await ours('ocf'),
    keepalived: wantsRival('keepalived', hasKeepalived()) ? await measureKeepalived(rounds) : null,
    pacemaker: await pacemakerWith(null),
    pacemakerShortToken: await pacemakerWith(SHORT_TOKEN_MS),
  };
  return { table: [tableOf(rowsOf(figures)), ...notesOf(figures)].join('\n'), figures };
};

const DEBIAN_PACKAGES: Readonly<Record<string, string>> = {
  keepalived: 'keepalived',
  pacemaker: 'pacemaker corosync pacemaker-cli-utils',
};

const HEAD = [
  'median',
  'fairlead',
  'of it agents',
  'target',
  '',
  'fairlead (OCF)',
  'Pacemaker (OCF)',
  'ratio',
  'token 1 s',
  'ratio',
  'keepalived',
  'ratio',
];

function rowsOf(figures: FailoverFigures): string[][] {
  const { builtin, ocf, pacemaker, pacemakerShortToken, keepalived } = figures;
  const promised = promiseMs(LEASE_MS, CLOCK_DRIFT) + promiseMs(STOP_BUDGET_MS, CLOCK_DRIFT);
  const row = (what: string, of: WaitsOf, target: Target, rivals: RivalsOf = () => [], alone: readonly number[] = []) =>
    waitRow({
      what,
      builtin: builtin === null ? [] : of(builtin),
      ocf: ocf === null ? [] : of(ocf),
      target,
      pacemaker: pacemaker === null ? [] : rivals(pacemaker),
      shortToken: pacemakerShortToken === null ? [] : rivals(pacemakerShortToken),
      keepalived: alone,
    });
  return [
    HEAD,
    row(
      'crash to HTTP',
      (own) => own.crash,
      (agents) => promised + 300 + agents,
      (other) => other.crashToHttpMs,
      keepalived?.crashToHttpMs,
    ),
    row(
      'first start to HTTP',
      (own) => own.firstStart,
      (agents) => promised + 300 + agents,
      (other) => other.coldStartMs,
    ),
    row(
      'standby hand-over',
      (own) => own.standby,
      (agents) => 150 + agents,
      (other) => other.standbyMs,
    ),
    row(
      'VIP deleted by hand',
      (own) => own.addressDeleted,
      null,
      (other) => other.addressDeletedMs,
    ),
    row(
      'edit to first agent call',
      (own) => own.editToAgent,
      () => 150,
    ),
    row('edit elsewhere to agent', (own) => own.editElsewhereToAgent, null),
    plainRow(
      'validate as a process',
      `${show(medianOf(figures.validateMs))} ms`,
      '300 ms',
      medianOf(figures.validateMs) <= 300,
    ),
    ...idleRows(figures),
  ];
}

type WaitsOf = (own: FairleadFigures) => readonly MeasuredWait[];
type RivalsOf = (other: PacemakerFigures) => readonly number[];
/** From the agents' own time to what is allowed; null where nobody set a target. */
type Target = ((agents: number) => number) | null;

function waitRow(options: {
  readonly what: string;
  readonly builtin: readonly MeasuredWait[];
  readonly ocf: readonly MeasuredWait[];
  readonly target: Target;
  readonly pacemaker: readonly number[];
  readonly shortToken: readonly number[];
  readonly keepalived: readonly number[];
}): string[] {
  const { what, builtin, ocf, target, pacemaker, shortToken, keepalived } = options;
  const took = medianOf(builtin.map(({ tookMs }) => tookMs));
  const tookOcf = medianOf(ocf.map(({ tookMs }) => tookMs));
  const agents = medianOf(builtin.map((wait) => wait.agentsMs));
  const allowed = target?.(agents) ?? Number.NaN;
  return [
    what,
    ms(took),
    ms(agents),
    ms(allowed),
    verdict(took, allowed),
    ms(tookOcf),
    ms(medianOf(pacemaker)),
    ratio(medianOf(pacemaker), took),
    ms(medianOf(shortToken)),
    ratio(medianOf(shortToken), took),
    ms(medianOf(keepalived)),
    ratio(medianOf(keepalived), took),
  ];
}

function idleRows({ builtin, pacemaker }: FailoverFigures): string[][] {
  const rss = Math.max(...(builtin?.idle ?? []).map(({ rssMiB }) => rssMiB), Number.NEGATIVE_INFINITY);
  const cpu = Math.max(...(builtin?.idle ?? []).map(({ cpuPercent }) => cpuPercent), Number.NEGATIVE_INFINITY);
  const rivalRss = pacemaker?.idle.rssMiB ?? Number.NaN;
  const rivalCpu = pacemaker?.idle.cpuPercent ?? Number.NaN;
  const rivalOf = (text: string, times: string): readonly string[] => ['', text, times, '', '', '', ''];
  return [
    [
      ...plainRow('idle RSS, largest node', `${show(rss)} MiB`, '80 MiB', rss <= 80).slice(0, 5),
      ...rivalOf(`${show(rivalRss)} MiB`, ratio(rivalRss, rss)),
    ],
    [
      ...plainRow('idle CPU, busiest node', `${cpu.toFixed(2)} %`, '1 %', cpu <= 1).slice(0, 5),
      ...rivalOf(`${rivalCpu.toFixed(2)} %`, ratio(rivalCpu, cpu)),
    ],
  ];
}

function plainRow(what: string, took: string, target: string, isMet: boolean): string[] {
  return [what, took, '', target, isMet ? 'met' : 'MISSED', '', '', '', '', '', '', ''];
}

/** Where the time of the slowest takeover went, and what stands beside the table where no rival was measured. */
function notesOf(figures: FailoverFigures): string[] {
  const notes: string[] = [];
  const own = figures.builtin;
  if (own !== null) {
    for (const [what, waits] of [
      ['crash to HTTP', own.crash],
      ['first start to HTTP', own.firstStart],
      ['standby hand-over', own.standby],
      ['edit to first agent call', own.editToAgent],
    ] as const) {
      const slowest = [...waits].sort((left, right) => right.tookMs - left.tookMs)[0];
      notes.push(
        '',
        `The slowest "${what}" (${ms(slowest?.tookMs ?? Number.NaN)}), by the daemons' logs:`,
        ...(slowest?.way ?? []),
      );
    }
  }
  if (figures.pacemaker === null && figures.keepalived === null) {
    notes.push('', ...SEEN_ELSEWHERE);
  }
  const twoOwners = figures.keepalived?.twoOwnersMs ?? [];
  if (twoOwners.length > 0) {
    notes.push(
      '',
      `keepalived had two owners of the address for ${ms(Math.max(...twoOwners))} during a cut that was healed as soon as both had it.`,
    );
  }
  return notes;
}

/** For readers without rivals on their machine. */
const SEEN_ELSEWHERE = [
  'Figures seen elsewhere, on two cores like these: Pacemaker 2.1.5, two nodes: crash to HTTP 6.8 s, 2.3 s with a token of 1 s; three nodes: 8.2 s and 4.6 s;',
  'cold start 29 s; VIP deleted by hand 6.5 s with a monitor every 10 s; standby 1.3 s; 200 MiB RSS and 0.9 to 1.5 % of a core per node.',
  'keepalived, adverts every second: crash to HTTP 3.2 s. Measure them here with --with-rivals.',
];

function verdict(took: number, allowed: number): string {
  return Number.isNaN(took) || Number.isNaN(allowed) ? '' : took <= allowed ? 'met' : 'MISSED';
}

function ratio(other: number, own: number): string {
  return Number.isFinite(other) && Number.isFinite(own) && own > 0 ? `${(other / own).toFixed(1)}x` : '';
}

function ms(value: number): string {
  return Number.isFinite(value) ? `${show(value)} ms` : '';
}

function show(value: number): string {
  return Number.isFinite(value) ? value.toFixed(0) : '?';
}
