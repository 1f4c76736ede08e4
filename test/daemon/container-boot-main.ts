/** Begins as a daemon does and says for how long its voter would be silent. Words: the state directory, the run directory. */
import { inherit, openStores } from '../../src/daemon/beginning.js';
import { systemClock } from '../../src/host/system-clock.js';
import { quarantineUntilMs } from '../../src/ownership/quarantine.js';

/** Its answer, as one line of JSON. */
export interface ContainerBoot {
  readonly past: string;
  readonly silentForMs: number;
}

const [, , stateDir = '', runDir = ''] = process.argv;
const clock = systemClock();
const startedAtMs = clock.nowMs();
const { past } = inherit({ stores: openStores({ stateDir, runDir }), stateDir, clock });
const untilMs = quarantineUntilMs({ past, startedAtMs, leaseMsMax: 10_000, stopBudgetMsMax: 20_000, drift: 0.09 });
const answer: ContainerBoot = { past: past.kind, silentForMs: untilMs - clock.nowMs() };
console.log(JSON.stringify(answer));
