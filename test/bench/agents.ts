/**
 * How soon a failure is answered, and what looking for failures costs.
 *
 * `--only recovery|client|load|call|pacemaker` measures a part, `--rounds N` sets how often. Pacemaker is measured in the same run where Debian's packages are installed; it installs nothing.
 */
import { missingForLab } from '../e2e/harness/prerequisites.js';
import type { CallFigures } from './agents/call.js';
import { measureCalls } from './agents/call.js';
import type { ClientFigures } from './agents/client.js';
import { measureClient } from './agents/client.js';
import type { LoadFigures } from './agents/load.js';
import { measureLoad } from './agents/load.js';
import type { RecoveryFigures } from './agents/recovery.js';
import { measureRecovery } from './agents/recovery.js';
import type { Bench } from './bench.js';
import { medianOf, tableOf } from './bench.js';
import type { PacemakerFailures } from './rivals/pacemaker.js';
import { hasPacemaker, measurePacemakerFailures } from './rivals/pacemaker.js';

const ROUNDS_DEFAULT = 5;

/** Everything that was measured; null for what was left out. */
interface AgentFigures {
  readonly recovery: RecoveryFigures | null;
  readonly builtin: ClientFigures | null;
  readonly ocf: ClientFigures | null;
  readonly pacemaker: PacemakerFailures | null;
  readonly load: LoadFigures | null;
  readonly call: CallFigures | null;
}

/** The bench. Errors: throws where no lab can be made. */
export const bench: Bench = async ({ rounds: asked, only, tell }) => {
  const missing = missingForLab();
  if (missing.length > 0) throw new Error(`this machine cannot carry a lab:\n  ${missing.join('\n  ')}`);
  const rounds = asked ?? ROUNDS_DEFAULT;
  const isWanted = (part: string): boolean => only === null || only === part;
  const hasRival = hasPacemaker();
  if (isWanted('pacemaker') && !hasRival) {
    tell('pacemaker is not installed here, so it is left out; apt-get install pacemaker corosync pacemaker-cli-utils');
  }
  const figures: AgentFigures = {
    recovery: isWanted('recovery') ? await measureRecovery(rounds, tell) : null,
    builtin: isWanted('client') ? await measureClient({ form: 'builtin', rounds, tell }) : null,
    ocf: isWanted('client') ? await measureClient({ form: 'ocf', rounds, tell }) : null,
    pacemaker: isWanted('pacemaker') && hasRival ? await measurePacemakerFailures(rounds, tell) : null,
    load: isWanted('load') ? await measureLoad(tell) : null,
    call: isWanted('call') ? await measureCalls() : null,
  };
  return {
    table: [tableOf([HEAD, ...recoveryRows(figures), ...clientRows(figures)]), ...costs(figures)].join('\n'),
    figures,
  };
};

const HEAD = ['median', 'fairlead', 'slowest', 'target', '', 'OCF agents', 'Pacemaker', 'ratio'];

function recoveryRows({ recovery }: AgentFigures): string[][] {
  if (recovery === null) return [];
  const row = (what: string, of: readonly number[], targetMs: number): string[] => {
    const median = medianOf(of);
    return [what, ms(median), ms(Math.max(...of)), ms(targetMs), median <= targetMs ? 'met' : 'missed', '', '', ''];
  };
  return [
    row('address deleted, to address back', recovery.address, 250),
    row('kept process killed, to the new one', recovery.keptProcess, 300),
    row('the same, adopted', recovery.adoptedProcess, 300),
    row('unit killed, to its new process', recovery.unit, 300),
  ];
}

function clientRows({ builtin, ocf, pacemaker }: AgentFigures): string[][] {
  const row = (what: string, of: (figures: ClientFigures | PacemakerFailures) => readonly number[]): string[] => {
    const cell = (figures: ClientFigures | PacemakerFailures | null): string =>
      figures === null ? '' : ms(medianOf(of(figures)));
    // With the same agents.
    const ratio =
      ocf === null || pacemaker === null ? '' : `${(medianOf(of(pacemaker)) / medianOf(of(ocf))).toFixed(1)} x`;
    const slowest = builtin === null ? '' : ms(Math.max(...of(builtin)));
    return [what, cell(builtin), slowest, '', '', cell(ocf), cell(pacemaker), ratio];
  };
  if (builtin === null && pacemaker === null) return [];
  return [
    row('address deleted, to HTTP', ({ addressDeleted }) => addressDeleted),
    row('nginx killed, to HTTP', ({ serviceKilled }) => serviceKilled),
  ];
}

function costs({ load, call }: AgentFigures): string[] {
  const lines: string[] = [];
  if (load !== null) {
    const { resources, own, agents, atRest, bare } = load;
    const verdict = own <= 5 ? 'met' : 'missed';
    lines.push(
      `${resources} resources monitored every 10 s: ${own.toFixed(1)} % of a core (target 5 %, ${verdict}) beside ${agents.toFixed(1)} % of their agents and ${atRest.toFixed(1)} % of the same daemon at rest; a Node program that only starts the same scripts as often takes ${bare.toFixed(1)} %, so ratio ${(own / bare).toFixed(1)}`,
    );
  }
  if (call !== null) {
    const [bare, whole] = [medianOf(call.bare), medianOf(call.call)];
    const verdict = whole - bare <= 5 ? 'met' : 'missed';
    lines.push(
      `a call of ocf:heartbeat:Dummy: ${whole.toFixed(1)} ms, its script run by a shell ${bare.toFixed(1)} ms, overhead ${(whole - bare).toFixed(1)} ms (target 5 ms, ${verdict}), ratio ${(whole / bare).toFixed(2)}`,
    );
  }
  return lines;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
