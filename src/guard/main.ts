/**
 * The program of the guard: takes its settings from its one argument, names itself, and guards.
 *
 * Everything that it will ever need is loaded here.
 */
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { readBootId } from '../agents/process-table.js';
import { decodeStamped } from '../host/stamped-store.js';
import { systemClock } from '../host/system-clock.js';
import type { Naming } from './guard.js';
import { Guard } from './guard.js';
import { decodeObject, GUARD_FILES, nameSelf, readNamed } from './guard-files.js';
import { readText } from '../agents/run-file.js';
import { GuardLog } from './guard-log.js';
import { addAct, writeStanding } from './guard-reports.js';
import { Killer } from './kill.js';
import type { GuardSettings } from './start-guard.js';
import { Stopper } from './stop.js';
import { Watchdog } from './watchdog.js';

/** Before others, so that a busy machine does not keep it from its work. Source: setpriority(2). */
const NICENESS = -10;

/** The kernel short of memory takes others first. Source: proc(5), oom_score_adj. */
const OOM_SCORE = -900;

/** Exit code for settings that no daemon of this version gives. */
const USAGE = 2;

const settings = decodeSettings(process.argv[2] ?? null);
if (settings === null) {
  process.stderr.write('this program is started by the daemon of fairlead\n');
  process.exitCode = USAGE;
} else {
  guard(settings);
}

function guard({ runDir, node, owner, software }: GuardSettings): void {
  const log = new GuardLog(join(runDir, GUARD_FILES.log));
  const clock = systemClock();
  const bootId = readBootId();
  const watchdog = new Watchdog({ log });
  const killer = new Killer({ runDir, owner, log });
  const stopper = new Stopper({ runDir, node, log });
  const orders = join(runDir, GUARD_FILES.orders);
  const readOrders = (): string | null => decodeStamped(readText(orders), bootId);
  preferSelf();
  let self: string;
  try {
    self = nameSelf(runDir, { file: GUARD_FILES.guard, software });
  } catch {
    // Without its name it would be one too many; without the run directory there is nothing to guard.
    process.exit(1);
  }
  const machine = new Guard({
    clock,
    log,
    watchdog,
    readOrders,
    naming: () => namingOf(runDir, self),
    isDaemonThere: () => readNamed(runDir, GUARD_FILES.daemon) !== null,
    know: (leases) => killer.know(leases),
    kill: (members, how) => killer.endAll(members, how),
    stop: (stop, how) => stopper.stop(stop, how),
    report: (act) => addAct(runDir, act),
    stand: (nowMs) => writeStanding(runDir, { pid: process.pid, atMs: Math.floor(nowMs), watchdog: watchdog.standing }),
    onEnd: () => process.exit(0),
  });
  process.on('SIGTERM', () => machine.end());
  process.on('SIGINT', () => machine.end());
  process.on('SIGHUP', () => undefined);
  log.event('info', `the guard of ${runDir} is up`, { pid: process.pid, software });
  machine.start();
}

/** Shape: `self` is what this guard wrote when it named itself. */
function namingOf(runDir: string, self: string): Naming {
  if (readText(join(runDir, GUARD_FILES.guard)) === self) return 'self';
  return readNamed(runDir, GUARD_FILES.guard) === null ? 'none' : 'other';
}

/** Each needs a right that not every daemon has; a guard without it is still a guard. */
function preferSelf(): void {
  try {
    setPriority(NICENESS);
  } catch {
    // No right to it.
  }
  try {
    writeFileSync('/proc/self/oom_score_adj', String(OOM_SCORE));
  } catch {
    // No right to it.
  }
}

function decodeSettings(text: string | null): GuardSettings | null {
  const value = decodeObject(text);
  if (value === null) return null;
  const { runDir, node, owner, software } = value;
  if (typeof runDir !== 'string' || typeof node !== 'string') return null;
  if (typeof owner !== 'string' || typeof software !== 'string') return null;
  return { runDir, node, owner, software };
}
