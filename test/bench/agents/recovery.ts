/** How long it takes from the moment at which something is broken by hand to the moment at which it is there again, with monitors every 10 s. */
import { sleep, waitUntil } from '../../e2e/harness/wait-until.js';
import { MachineDaemon, PLACE } from './machine-daemon.js';

/** What was measured. Shape: milliseconds, one number for each round. */
export interface RecoveryFigures {
  readonly address: readonly number[];
  readonly keptProcess: readonly number[];
  /** One that an earlier daemon has started. */
  readonly adoptedProcess: readonly number[];
  readonly unit: readonly number[];
}

const ADDRESS = '10.7.0.50';

/** A service whose own start takes nothing: it notes when it begins. */
const noting = (file: string): string => `date +%s%N >> ${PLACE}/${file}; exec sleep 100000`;

const UNITS = {
  'bench-unit.service': `[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sh -c "${noting('unit').replaceAll('%', '%%')}"\n`,
};

const MONITOR = 'monitor: [{ every: 10s, timeout: 20s }]';

const RESOURCES = `  vip: { type: builtin:vip, params: { address: ${ADDRESS}/24, interface: eth0 }, ${MONITOR} }
  unit: { type: "systemd:bench-unit", ${MONITOR} }
  kept: { type: script, params: { run: [sh, -c, "${noting('kept')}"] }, ${MONITOR} }
`;

const PATIENCE_MS = 30_000;
/** Between two rounds: more would be taken for noise. */
const PAUSE_MS = 1500;

/** Measures all of it. */
export async function measureRecovery(rounds: number, tell: (line: string) => void): Promise<RecoveryFigures> {
  const machine = await MachineDaemon.boot(UNITS);
  try {
    await machine.start(RESOURCES, 3);
    listen(machine);
    const figures = {
      address: [] as number[],
      keptProcess: [] as number[],
      adoptedProcess: [] as number[],
      unit: [] as number[],
    };
    for (let round = 0; round < rounds; round += 1) {
      figures.address.push(await addressBack(machine));
      figures.keptProcess.push(await processBack(machine, 'kept'));
      figures.unit.push(await processBack(machine, 'unit'));
      tell(
        `recovery round ${round + 1}: ${[figures.address, figures.keptProcess, figures.unit].map((each) => each.at(-1)?.toFixed(0)).join(', ')} ms`,
      );
    }
    for (let round = 0; round < rounds; round += 1) {
      await machine.kill();
      await machine.start(RESOURCES, 3);
      figures.adoptedProcess.push(await processBack(machine, 'kept'));
    }
    return figures;
  } finally {
    await machine.close();
  }
}

/** Hears of addresses from now on, with the kernel's own moments. */
function listen(machine: MachineDaemon): void {
  machine.run(['sh', '-c', `(exec ip -ts -o monitor address > ${HEARD} 2>&1) > /dev/null 2>&1 & sleep 0.5`]);
}

const HEARD = `${PLACE}/heard`;

/** From the going of the address to its coming. */
async function addressBack(machine: MachineDaemon): Promise<number> {
  await sleep(PAUSE_MS);
  const moments = (): number[] =>
    machine
      .run(['cat', HEARD])
      .split('\n')
      .filter((line) => line.includes(` ${ADDRESS}/`))
      .map((line) => Date.parse(`${/\[([^\]]+)\]/.exec(line)?.[1]}Z`));
  const before = moments().length;
  machine.run(['ip', 'address', 'del', `${ADDRESS}/24`, 'dev', 'eth0']);
  await waitUntil('the address is back', () => moments().length > before + 1, { timeoutMs: PATIENCE_MS, everyMs: 100 });
  const [lostMs = Number.NaN, backMs = Number.NaN] = moments().slice(before);
  return backMs - lostMs;
}

/** From the signal to the first deed of the new process. */
async function processBack(machine: MachineDaemon, file: 'kept' | 'unit'): Promise<number> {
  await sleep(PAUSE_MS);
  const begun = (): string[] =>
    machine
      .run(['cat', `${PLACE}/${file}`])
      .trim()
      .split('\n');
  const before = begun().length;
  // The service is the newest sleep whose parent's word stands in its file: it is found by what it was started from.
  const find = file === 'unit' ? 'systemctl show --value -p MainPID bench-unit' : KEPT_PID;
  const killedAt = machine.run(['sh', '-euc', `pid=$(${find}); date +%s%N; kill -9 $pid`]);
  await waitUntil(`${file} is back`, () => begun().length > before, { timeoutMs: PATIENCE_MS, everyMs: 100 });
  return (Number(begun()[before]) - Number(killedAt)) / 1e6;
}

/** The kept process's pid, from its record. */
const KEPT_PID = `sed -E 's/.*"leader":\\{"pid":([0-9]+).*/\\1/' ${PLACE}/run/kept/kept.json`;
