/**
 * Tells systemd how the daemon stands, where it is a service of `Type=notify`: that it is up, that it is ending, and while it lives that it does.
 *
 * The socket for it takes datagrams of the local kind, which Node cannot send, so systemd's own program does: some milliseconds of a processor three times in the watchdog's time. It waits until systemd has taken
 * the message, since one whose sender is gone by then belongs to no service.
 *
 * Source: sd_notify(3), sd_watchdog_enabled(3), systemd-notify(1).
 */
import { baseEnvironment } from '../agents/environment.js';
import { runProcess } from '../agents/process-run.js';
import type { Clock, Timer } from '../ports/clock.js';
import type { Log } from '../ports/log.js';

/** Time for the program. */
const SEND_MS = 5000;

/** How often the watchdog is fed within its time. Half is what systemd's manual advises; a busy machine may be late once. */
const FEEDS_PER_TIME = 3;

/** What a notice needs. Shape: `environment` is that of this process, in which systemd says where it listens. */
export interface ServiceNoticeOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The notices of one daemon; where nobody listens, none are sent. */
export class ServiceNotice {
  readonly #options: ServiceNoticeOptions;
  readonly #socket: string | undefined;
  readonly #feedEveryMs: number | null;
  #timer: Timer | null = null;
  #isStopped = false;
  #warned = '';

  constructor(options: ServiceNoticeOptions) {
    this.#options = options;
    this.#socket = options.environment.NOTIFY_SOCKET;
    this.#feedEveryMs = feedEveryMsOf(options.environment);
  }

  /** The daemon is up; from here on the watchdog is fed. */
  ready(): void {
    void this.#send('READY=1');
    this.#setAlarm();
  }

  /** It begins to end. The watchdog is fed on, for a hand-over takes a while. */
  stopping(): void {
    void this.#send('STOPPING=1');
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #setAlarm(): void {
    if (this.#isStopped || this.#feedEveryMs === null) return;
    this.#timer = this.#options.clock.setTimer(this.#feedEveryMs, () => {
      void this.#send('WATCHDOG=1');
      this.#setAlarm();
    });
  }

  async #send(message: string): Promise<void> {
    if (this.#socket === undefined) return;
    const end = await runProcess({
      argv: ['systemd-notify', message],
      environment: { ...baseEnvironment(), NOTIFY_SOCKET: this.#socket },
      timeoutMs: SEND_MS,
      isAlone: true,
    });
    if (end.kind === 'exited' && end.code === 0) return;
    const why = end.kind === 'not-started' ? end.message : end.stderr.trim() || end.kind;
    const sentence = `systemd could not be told that ${MEANINGS[message] ?? message}: ${why}`;
    if (sentence !== this.#warned) this.#options.log.event('warn', sentence);
    this.#warned = sentence;
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  'READY=1': 'the daemon is up',
  'STOPPING=1': 'the daemon is ending',
  'WATCHDOG=1': 'the daemon lives',
};

/** Null where no watchdog is on for this very process. */
function feedEveryMsOf(environment: ServiceNoticeOptions['environment']): number | null {
  const { WATCHDOG_USEC: time = '', WATCHDOG_PID: pid } = environment;
  const isOurs = pid === undefined || pid === String(process.pid);
  return isOurs && /^[1-9]\d{0,14}$/.test(time) ? Number(time) / 1000 / FEEDS_PER_TIME : null;
}
