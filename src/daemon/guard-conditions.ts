import type { GuardAct } from '../guard/guard-reports.js';
import { describeAct } from '../guard/guard-reports.js';
import type { WatchdogStanding } from '../guard/watchdog.js';
import type { Clock, Timer } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Conditions } from '../reconciler/conditions.js';
import { clearCondition, setCondition } from '../reconciler/conditions.js';
import type { GuardKeeperOptions } from './guard-keeper.js';

/** How long an operator is told in status what the guard did; the log keeps it. */
const ACT_TOLD_MS = 3_600_000;

/** Tells in status and log how the guard stands and what it did. */
export function guardConditions(options: {
  readonly conditions: Conditions;
  readonly clock: Clock;
  readonly log: Log;
}): Pick<GuardKeeperOptions, 'onGuarded' | 'onActs' | 'onWatchdog' | 'onStopped'> {
  const { conditions, clock, log } = options;
  // By what it acted on; the process of a daemon that has ended would wait for them.
  const forgetting = new Map<string, Timer>();
  return {
    onGuarded: (why) => {
      if (why === null) {
        if (clearCondition(conditions, 'no-guard')) log.event('info', 'the guard is there');
        return;
      }
      const sentence = `no guard stands by: ${why}; if this daemon dies, what it holds runs on after its lease`;
      if (set(conditions, { kind: 'no-guard', severity: 'warning', sentence, clock })) log.event('warn', sentence);
    },
    onActs: (acts) => {
      for (const act of acts) {
        tellAct(act, options);
        forgetting.get(act.key)?.cancel();
        const forget = (): boolean => clearCondition(conditions, 'guard-acted', act.key);
        forgetting.set(act.key, clock.setTimer(ACT_TOLD_MS, forget));
      }
    },
    onWatchdog: (standing) => tellWatchdog(standing, options),
    onStopped: () => {
      for (const timer of forgetting.values()) timer.cancel();
    },
  };
}

function tellAct(
  act: GuardAct,
  options: { readonly conditions: Conditions; readonly clock: Clock; readonly log: Log },
): void {
  const { conditions, clock, log } = options;
  const sentence = describeAct(act);
  log.event(act.left.length + act.withoutKillPath.length > 0 ? 'error' : 'warn', sentence);
  set(conditions, { kind: 'guard-acted', severity: 'info', subject: act.key, sentence, clock });
}

function tellWatchdog(
  standing: WatchdogStanding | null,
  options: { readonly conditions: Conditions; readonly clock: Clock; readonly log: Log },
): void {
  const { conditions, clock, log } = options;
  if (standing === null || (standing.kind === 'fed' && !standing.isFile)) {
    clearCondition(conditions, 'watchdog');
    return;
  }
  const severity = standing.kind === 'fed' ? 'info' : 'error';
  const isNew = set(conditions, { kind: 'watchdog', severity, sentence: standing.sentence, clock });
  if (isNew) log.event(severity === 'error' ? 'error' : 'info', standing.sentence);
}

function set(
  conditions: Conditions,
  of: {
    readonly kind: 'no-guard' | 'guard-acted' | 'watchdog';
    readonly severity: 'info' | 'warning' | 'error';
    readonly subject?: string;
    readonly sentence: string;
    readonly clock: Clock;
  },
): boolean {
  const { clock, ...condition } = of;
  return setCondition(conditions, { ...condition, nowMs: clock.nowMs() });
}
