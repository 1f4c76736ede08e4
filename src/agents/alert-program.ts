/**
 * Runs a program for an alert, as Pacemaker runs its alert agents, so that those can be used as they are.
 *
 * Source: Pacemaker Administration, "Writing an Alert Agent"; the values are those that Pacemaker 2.1 gives.
 */
import type { Alert, AlertCall } from '../model/alert.js';
import { fieldsOfAlert } from '../model/alert.js';
import type { ProgramReceiver } from '../model/cluster-spec.js';
import type { CalendarTime } from '../model/time-format.js';
import { formatTime } from '../model/time-format.js';
import type { AlertOutcome } from './alert-outcome.js';
import { TAKEN } from './alert-outcome.js';
import { baseEnvironment } from './environment.js';
import { lastLine, oneLine } from './outcome.js';
import { runProcess } from './process-run.js';
import type { ReadSecret } from './secret-text.js';
import { secretTexts, withoutSecrets } from './secret-text.js';

/** The version of Pacemaker whose variables these are: agents only ask whether there is one. */
const PACEMAKER_VERSION = '2.1.5';

/** Exit codes of OCF that stand for what an agent found. Source: OCF Resource Agent API 1.1. */
const OCF = { success: 0, genericError: 1, notRunning: 7 } as const;

/** How an operation ended. Source: enum pcmk_exec_status of Pacemaker 2.1. */
const STATUS = { done: 0, timeout: 2, error: 4 } as const;

/** One attempt. Never rejects. */
export async function runAlertProgram(
  alert: Alert,
  receiver: ProgramReceiver,
  options: { readonly readSecret: ReadSecret; readonly signal: AbortSignal; readonly path?: string | undefined },
): Promise<AlertOutcome> {
  const read = secretTexts(receiver.params, options.readSecret);
  if (read.kind === 'unreadable') return { kind: 'failed', why: oneLine(read.why) };
  const end = await runProcess({
    argv: [receiver.path],
    environment: { ...baseEnvironment(options.path), ...read.texts, ...environmentOf(alert, receiver) },
    timeoutMs: receiver.timeoutMs,
    signal: options.signal,
  });
  const failed = (why: string): AlertOutcome => ({ kind: 'failed', why: oneLine(withoutSecrets(why, read.secrets)) });
  const words = lastLine(end.stderr);
  const said = words === '' ? '' : `: ${words}`;
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? TAKEN : failed(`it ended with exit code ${end.code}${said}`);
    case 'signalled':
      return failed(`it was ended by ${end.signal}${said}`);
    case 'timeout':
      return failed(`it did not end within ${receiver.timeoutMs} ms and was killed${said}`);
    case 'cancelled':
      return failed('the daemon ended');
    case 'not-started':
      return failed(`it cannot be run: ${end.message}`);
  }
}

/** All that a program is told of an alert: what Pacemaker tells, and in variables of its own what fairlead knows. */
export function environmentOf(
  alert: Alert,
  { recipient, timestampFormat }: Pick<ProgramReceiver, 'recipient' | 'timestampFormat'>,
): Record<string, string> {
  const time = calendarTime(alert.atWallMs);
  const fields = fieldsOfAlert(alert, new Date(alert.atWallMs).toISOString());
  const own = Object.entries(fields).map(([name, value]) => [`FAIRLEAD_${name.toUpperCase()}`, value]);
  return {
    ...Object.fromEntries(own),
    CRM_alert_version: PACEMAKER_VERSION,
    CRM_alert_recipient: recipient ?? '',
    CRM_alert_node_sequence: String(alert.number),
    CRM_alert_timestamp: formatTime(timestampFormat, time),
    CRM_alert_timestamp_epoch: String(time.epochSeconds),
    CRM_alert_timestamp_usec: String(time.microsecond).padStart(6, '0'),
    CRM_alert_node: alert.node,
    ...ofKind(alert),
  };
}

/** What Pacemaker has no word for becomes an attribute of the node, so that every agent can print it. */
function ofKind(alert: Alert): Record<string, string> {
  switch (alert.event) {
    case 'node':
      return {
        CRM_alert_kind: 'node',
        CRM_alert_desc: alert.isThere === true ? 'member' : 'lost',
        CRM_alert_nodeid: String(alert.nodeNumber),
      };
    case 'fencing':
      return {
        CRM_alert_kind: 'fencing',
        CRM_alert_task: 'off',
        CRM_alert_desc: `Operation off of ${alert.node} by ${alert.by}: ${alert.hasFailed === true ? 'Error' : 'OK'} (${alert.sentence})`,
        CRM_alert_rc: String(alert.hasFailed === true ? OCF.genericError : OCF.success),
      };
    case 'failover':
      return ofResource(alert.group ?? '', null);
    case 'failure':
      return ofResource(alert.resource ?? '', alert.call ?? null);
    case 'spec':
    case 'drift':
      return {
        CRM_alert_kind: 'attribute',
        CRM_alert_nodeid: String(alert.nodeNumber),
        CRM_alert_attribute_name: `fairlead-${alert.event}`,
        CRM_alert_attribute_value: alert.sentence,
      };
  }
}

/** A group that came up here is a start that succeeded. */
function ofResource(resource: string, call: AlertCall | null): Record<string, string> {
  const { rc, status, desc } = call === null ? { rc: OCF.success, status: STATUS.done, desc: 'ok' } : resultOf(call);
  return {
    CRM_alert_kind: 'resource',
    CRM_alert_rsc: resource,
    CRM_alert_task: call?.action ?? 'start',
    CRM_alert_interval: String(call?.intervalMs ?? 0),
    CRM_alert_target_rc: String(OCF.success),
    CRM_alert_rc: String(rc),
    CRM_alert_status: String(status),
    CRM_alert_exec_time: String(call?.tookMs ?? 0),
    CRM_alert_desc: desc,
  };
}

function resultOf({ outcome, code, reason }: AlertCall): { rc: number; status: number; desc: string } {
  switch (outcome) {
    case 'timeout':
      return { rc: OCF.genericError, status: STATUS.timeout, desc: 'Timed Out' };
    case 'stopped':
      return { rc: OCF.notRunning, status: STATUS.done, desc: `not running: ${reason}` };
    case 'failed':
      return { rc: code ?? OCF.genericError, status: STATUS.done, desc: reason };
    case 'unknown':
      return { rc: OCF.genericError, status: STATUS.error, desc: reason };
  }
}

/** A point of time by the daemon's time zone, as date(1) has it. */
function calendarTime(wallMs: number): CalendarTime {
  const date = new Date(wallMs);
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
    microsecond: date.getMilliseconds() * 1000,
    offsetMinutes: -date.getTimezoneOffset(),
    epochSeconds: Math.floor(wallMs / 1000),
  };
}
