import { AlertSender } from '../agents/alert-sender.js';
import { readSecret } from '../host/keys.js';
import type { Alert } from '../model/alert.js';
import type { AlertReceiver } from '../model/cluster-spec.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import { clearCondition, setCondition } from '../reconciler/conditions.js';
import type { Mind } from '../reconciler/mind.js';

/** Tells the alerts of one daemon. */
export interface AlertTeller {
  /** Returns at once. */
  readonly tell: (alert: Alert, to: readonly AlertReceiver[]) => void;
  /** Ends; what is not told within so long is given up. */
  readonly close: (waitMs: number) => Promise<void>;
}

/** A daemon's teller: a receiver that does not take what it is told is a condition of the node. A lab, which may run a spec of production, tells nobody but its log. */
export function alertTeller(options: {
  readonly mind: Pick<Mind, 'spec' | 'conditions'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly isLab: boolean;
}): AlertTeller {
  const { mind, clock, log } = options;
  const { conditions } = mind;
  if (options.isLab) {
    return {
      tell: (alert, to) =>
        log.event('info', `${to.map(({ id }) => id).join(', ')} would be told: ${alert.sentence}`, {
          event: alert.event,
        }),
      close: () => Promise.resolve(),
    };
  }
  const sender = new AlertSender({
    log,
    readSecret,
    isKnown: (receiver) => mind.spec.alerts.some(({ id }) => id === receiver),
    onUndelivered: (receiver, { why, lost }) => {
      const many = lost === 1 ? '1 alert did not reach it, and stands' : `${lost} alerts did not reach it, and stand`;
      const sentence = `receiver ${receiver} of alerts does not take them: ${why}; ${many} in the log`;
      const subject = receiver;
      setCondition(conditions, {
        kind: 'alert-undelivered',
        subject,
        severity: 'warning',
        sentence,
        nowMs: clock.nowMs(),
      });
    },
    onDelivered: (receiver) => {
      if (clearCondition(conditions, 'alert-undelivered', receiver))
        log.event('info', `receiver ${receiver} takes alerts again`);
    },
  });
  return { tell: (alert, to) => sender.tell(alert, to), close: (waitMs) => sender.close(waitMs) };
}
