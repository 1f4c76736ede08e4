/** What many monitored resources cost a daemon, beyond what their agents use. */
import { fileURLToPath } from 'node:url';
import { sleep } from '../../e2e/harness/wait-until.js';
import type { BareCallsOptions } from './bare-calls.js';
import { MachineDaemon, PLACE } from './machine-daemon.js';

/** Shares of one core. Shape: in percent; `own` is what the daemon itself takes more with monitors every 10 s than with none, `agents` what its programs take. */
export interface LoadFigures {
  readonly resources: number;
  readonly own: number;
  readonly agents: number;
  /** Of the daemon with these resources and no monitor that is due. */
  readonly atRest: number;
  /** Of a program that only starts the same scripts as often. */
  readonly bare: number;
}

const COUNT = 200;
const EVERY_MS = 10_000;

/** Long enough for every monitor to run three times. */
const MEASURED_MS = 30_000;

/** What comes once after a start is over by then. */
const SETTLED_MS = 15_000;

const BARE_CALLS = fileURLToPath(new URL('bare-calls.js', import.meta.url));

/** Measures it with OCF agents that only look for a file. */
export async function measureLoad(tell: (line: string) => void): Promise<LoadFigures> {
  const atRest = await measure('1h');
  tell(`${COUNT} resources at rest: ${atRest.own.toFixed(1)} % of a core`);
  const monitored = await measure(`${EVERY_MS}ms`);
  tell(`${COUNT} resources, monitored: ${monitored.own.toFixed(1)} %, their agents ${monitored.agents.toFixed(1)} %`);
  const bare = await measureBare();
  tell(`a program that only starts as many: ${bare.toFixed(1)} %`);
  return { resources: COUNT, own: monitored.own - atRest.own, agents: monitored.agents, atRest: atRest.own, bare };
}

async function measureBare(): Promise<number> {
  const machine = await MachineDaemon.boot({});
  try {
    const state = `${PLACE}/d0`;
    machine.run(['touch', state]);
    const options: BareCallsOptions = {
      argv: ['/usr/lib/ocf/resource.d/heartbeat/Dummy', 'monitor'],
      environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', OCF_ROOT: '/usr/lib/ocf', OCF_RESKEY_state: state },
      everyMs: EVERY_MS / COUNT,
      durationMs: MEASURED_MS,
    };
    return Number(machine.run([process.execPath, BARE_CALLS, JSON.stringify(options)]));
  } finally {
    await machine.close();
  }
}

async function measure(every: string): Promise<{ readonly own: number; readonly agents: number }> {
  const machine = await MachineDaemon.boot({});
  try {
    const resources = Array.from(
      { length: COUNT },
      (_, index) =>
        `  d${index}: { type: "ocf:heartbeat:Dummy", params: { state: ${PLACE}/d${index} }, monitor: [{ every: ${every}, timeout: 20s }] }\n`,
    );
    await machine.start(resources.join(''), COUNT);
    await sleep(SETTLED_MS);
    const before = machine.processorTime();
    const fromMs = performance.now();
    await sleep(MEASURED_MS);
    const after = machine.processorTime();
    const seconds = (performance.now() - fromMs) / 1000;
    return {
      own: ((after.own - before.own) / seconds) * 100,
      agents: ((after.agents - before.agents) / seconds) * 100,
    };
  } finally {
    await machine.close();
  }
}
