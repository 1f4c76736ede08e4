/** The failover bench as a table: medians beside targets and rivals, and where the time of the slowest waits went. */
import { promiseMs } from '../../src/model/lease.js';
import { medianOf, tableOf } from './bench.js';
import type { FairleadFigures, IdleFigures, MeasuredWait } from './fairlead-figures.js';
import type { KeepalivedFigures } from './rivals/keepalived.js';
import type { PacemakerFigures } from './rivals/pacemaker.js';

/** Everything that was measured; null or empty for what was left out. */
export interface FailoverFigures {
  readonly builtin: FairleadFigures | null;
  readonly ocf: FairleadFigures | null;
  /** Of one process each, in milliseconds. */
  readonly validateMs: readonly number[];
  /** Of each daemon. */
  readonly idle: IdleFigures | null;
  /** The same with one link and no ping. */
  readonly idleLeast: IdleFigures | null;
  readonly keepalived: KeepalivedFigures | null;
  readonly pacemaker: PacemakerFigures | null;
  readonly pacemakerShortToken: PacemakerFigures | null;
}

/** What the spec of the bench says, and the clocks' default bound. */
const LEASE_MS = 1_000;
const STOP_BUDGET_MS = 500;
const CLOCK_DRIFT = 0.09;

/** What voters wait for after the last heartbeat of an owner, and a voter without memory after its start. */
const PROMISED_MS = promiseMs(LEASE_MS, CLOCK_DRIFT) + promiseMs(STOP_BUDGET_MS, CLOCK_DRIFT);

const HEAD = [
  'median',
  'fairlead',
  'of it agents',
  'target',
  '',
  'OCF agents',
  'Pacemaker',
  '',
  'token 1 s',
  '',
  'keepalived',
  '',
];

/** One row. Shape: all in one unit; NaN for what was not measured. */
interface Row {
  readonly what: string;
  readonly unit: 'ms' | 'MiB' | '%';
  readonly own: number;
  readonly agents?: number;
  readonly target?: number;
  readonly ocf?: number;
  readonly pacemaker?: number;
  readonly shortToken?: number;
  readonly keepalived?: number;
}

/** The table and the notes below it. */
export function showFailover(figures: FailoverFigures): string {
  const rows = rowsOf(figures).filter(({ own, ocf, pacemaker, keepalived }) =>
    [own, ocf, pacemaker, keepalived].some((value) => value !== undefined && Number.isFinite(value)),
  );
  return [tableOf([HEAD, ...rows.map(cellsOf)]), ...notesOf(figures)].join('\n');
}

function rowsOf(figures: FailoverFigures): readonly Row[] {
  const { pacemaker, pacemakerShortToken, keepalived, idle, idleLeast } = figures;
  const row = (
    what: string,
    own: (of: FairleadFigures) => readonly MeasuredWait[],
    more: {
      readonly target?: (agents: number) => number;
      readonly rival?: (of: PacemakerFigures) => readonly number[];
      readonly alone?: readonly number[];
    } = {},
  ): Row => {
    const waits = figures.builtin === null ? [] : own(figures.builtin);
    const agents = medianOf(waits.map(({ agentsMs }) => agentsMs));
    const rival = (of: PacemakerFigures | null): number => medianOf(of === null ? [] : (more.rival?.(of) ?? []));
    return {
      what,
      unit: 'ms',
      own: medianOf(waits.map(({ tookMs }) => tookMs)),
      agents,
      target: more.target?.(agents) ?? Number.NaN,
      ocf: medianOf((figures.ocf === null ? [] : own(figures.ocf)).map(({ tookMs }) => tookMs)),
      pacemaker: rival(pacemaker),
      shortToken: rival(pacemakerShortToken),
      keepalived: medianOf(more.alone ?? []),
    };
  };
  const promised = (agents: number): number => PROMISED_MS + 300 + agents;
  const alone = keepalived?.crashToHttpMs ?? [];
  return [
    row('crash to HTTP', (own) => own.crash, { target: promised, rival: (of) => of.crashToHttpMs, alone }),
    row('first start to HTTP', (own) => own.firstStart, { target: promised, rival: (of) => of.coldStartMs }),
    row('standby hand-over', (own) => own.standby, { target: (agents) => 150 + agents, rival: (of) => of.standbyMs }),
    row('VIP deleted by hand', (own) => own.addressDeleted, { rival: (of) => of.addressDeletedMs }),
    row('edit to first agent call', (own) => own.editToAgent, { target: () => 150 }),
    row('edit elsewhere to agent', (own) => own.editElsewhereToAgent),
    { what: 'validate as a process', unit: 'ms', own: medianOf(figures.validateMs), target: 300 },
    {
      what: 'idle RSS, largest node',
      unit: 'MiB',
      own: largestOf((idle?.daemons ?? []).map(({ rssMiB }) => rssMiB)),
      target: 80,
      pacemaker: pacemaker?.idle.rssMiB ?? Number.NaN,
    },
    {
      what: 'CPU right after the start',
      unit: '%',
      own: largestOf((idle?.young ?? []).map(({ cpuPercent }) => cpuPercent)),
    },
    {
      what: 'idle CPU, busiest node',
      unit: '%',
      own: largestOf((idle?.daemons ?? []).map(({ cpuPercent }) => cpuPercent)),
      target: 1,
      pacemaker: pacemaker?.idle.cpuPercent ?? Number.NaN,
    },
    {
      what: 'the same, one link, no ping',
      unit: '%',
      own: largestOf((idleLeast?.daemons ?? []).map(({ cpuPercent }) => cpuPercent)),
      target: 1,
    },
  ];
}

function cellsOf(row: Row): string[] {
  const { unit, own } = row;
  const show = (value: number | undefined): string =>
    value === undefined || !Number.isFinite(value) ? '' : `${value.toFixed(unit === '%' ? 2 : 0)} ${unit}`;
  const beside = (value: number | undefined): readonly string[] => [show(value), ratioOf(value, own)];
  return [
    row.what,
    show(own),
    show(row.agents),
    show(row.target),
    verdictOf(own, row.target),
    show(row.ocf),
    ...beside(row.pacemaker),
    ...beside(row.shortToken),
    ...beside(row.keepalived),
  ];
}

function notesOf(figures: FailoverFigures): readonly string[] {
  const { builtin, pacemaker, keepalived } = figures;
  const notes = [''];
  if (pacemaker === null && keepalived === null) {
    notes.push(...SEEN_ELSEWHERE);
  } else {
    notes.push(...CONDITIONS);
  }
  for (const [idle, setting] of [
    [figures.idle, 'two links, a ping'],
    [figures.idleLeast, 'one link, no ping'],
  ] as const) {
    if (idle === null) continue;
    const shares = (list: IdleFigures['bare']): string =>
      list.map(({ cpuPercent }) => cpuPercent.toFixed(2)).join(', ');
    const share = (list: IdleFigures['bare']): number => largestOf(list.map(({ cpuPercent }) => cpuPercent));
    const ratio = share(idle.daemons) / share(idle.bare);
    notes.push(
      `Idle, ${setting}: the daemons took ${shares(idle.daemons)} % of a core, their guards ${shares(idle.guards)} %; Node programs that only exchange as many datagrams, with codes, took ${shares(idle.bare)} % on the same hosts: the busiest daemon ${ratio.toFixed(1)} times the busiest of these.`,
    );
  }
  const twoOwners = keepalived?.twoOwnersMs ?? [];
  if (twoOwners.length > 0) {
    const longest = Math.max(...twoOwners).toFixed(0);
    notes.push(
      `keepalived had two owners of the address for ${longest} ms during a cut that was healed once both had it.`,
    );
  }
  if (builtin !== null) {
    notes.push(...describeSlowest('crash to HTTP', builtin.crash));
    notes.push(...describeSlowest('first start to HTTP', builtin.firstStart));
    notes.push(...describeSlowest('standby hand-over', builtin.standby));
    notes.push(...describeSlowest('edit to first agent call', builtin.editToAgent));
  }
  return notes;
}

/** Where the time went, by the daemons' own logs. */
function describeSlowest(what: string, waits: readonly MeasuredWait[]): readonly string[] {
  const [slowest] = [...waits].sort((left, right) => right.tookMs - left.tookMs);
  return slowest === undefined
    ? []
    : ['', `The slowest "${what}", ${slowest.tookMs.toFixed(0)} ms, by the daemons' logs:`, ...slowest.way];
}

const CONDITIONS = [
  'Three nodes each, keepalived two; heartbeat every 200 ms, lease 1 s, stop budget 500 ms (with OCF agents their stop timeouts, 4 s); keepalived adverts every',
  'second. The address is looked at every second by fairlead and every 10 s by Pacemaker, which runs without fencing: it starts what may still run elsewhere.',
  'Ratios are to the first column, which runs built-in agents. Pacemaker runs the agents of the column "OCF agents": compare those two for the same agents.',
];

/** For readers without rivals on their machine. */
const SEEN_ELSEWHERE = [
  'Figures seen elsewhere, on two cores like these: Pacemaker 2.1.5, two nodes: crash to HTTP 6.8 s, 2.3 s with a token of 1 s; three nodes: 8.2 s and 4.6 s;',
  'cold start 29 s; VIP deleted by hand 6.5 s with a monitor every 10 s; standby 1.3 s; 200 MiB RSS and 0.9 to 1.5 % of a core per node.',
  'keepalived, adverts every second: crash to HTTP 3.2 s. Measure them here with --with-rivals.',
];

function verdictOf(own: number, target: number | undefined): string {
  if (target === undefined || !Number.isFinite(target) || !Number.isFinite(own)) {
    return '';
  }
  return own <= target ? 'met' : 'MISSED';
}

function ratioOf(other: number | undefined, own: number): string {
  return other !== undefined && Number.isFinite(other) && own > 0 ? `${(other / own).toFixed(1)}x` : '';
}

function largestOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? Number.NaN : Math.max(...numbers);
}
