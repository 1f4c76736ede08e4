/** A client of the service, which asks over HTTP every few milliseconds and remembers each answer. */
import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Host } from './host.js';
import type { HostedProcess } from './hosted-process.js';
import type { ProbeRecord, ProbeReport } from './outage.js';
import { decodeProbeLine, summarize } from './outage.js';
import { sleep, waitUntil } from './wait-until.js';

/** What is asked for, and how often. */
export interface HttpProbeSpec {
  readonly host: string;
  readonly port?: number;
  readonly path?: string;
  /** Time between two requests; 10 ms by default. */
  readonly everyMs?: number;
  /** Deadline of each request; 200 ms by default. */
  readonly timeoutMs?: number;
}

/** The client's program; compiled code lies in another folder and uses the same one. */
const CLIENT = fileURLToPath(new URL('http-probe-client.mjs', import.meta.url.replace('/dist-test/', '/')));

/** Read into again and again; what is read is copied at once. */
const READ_BUFFER = Buffer.alloc(65_536);

const EVERY_MS_DEFAULT = 10;
const TIMEOUT_MS_DEFAULT = 200;

/** A running client. */
export class HttpProbe {
  readonly #records: ProbeRecord[] = [];
  /** What the client has written; null once it is stopped and all of it is read. */
  #file: number | null;
  #unfinishedLine = '';

  private constructor(
    private readonly process: HostedProcess,
    private readonly startedMs: number,
    private readonly timeoutMs: number,
  ) {
    this.#file = openSync(process.stdoutFile, 'r');
  }

  /** Starts asking from `client`; resolves at the first outcome, good or bad. */
  static async start(client: Host, spec: HttpProbeSpec): Promise<HttpProbe> {
    const timeoutMs = spec.timeoutMs ?? TIMEOUT_MS_DEFAULT;
    const words = [spec.host, spec.port ?? 80, spec.path ?? '/', spec.everyMs ?? EVERY_MS_DEFAULT, timeoutMs];
    const startedMs = Date.now();
    const hosted = await client.spawn([process.execPath, CLIENT, ...words.map(String)]);
    const probe = new HttpProbe(hosted, startedMs, timeoutMs);
    await waitUntil('the first request of the client', () => probe.records().length > 0, {
      timeoutMs: 10_000,
      onTimeout: () => hosted.output,
    });
    return probe;
  }

  /** A moment to report from or to. */
  mark(): number {
    return Date.now();
  }

  /** Every finished request, in order of their ends. */
  records(): readonly ProbeRecord[] {
    if (this.#file !== null) {
      let text = this.#unfinishedLine;
      for (let count = readSync(this.#file, READ_BUFFER); count > 0; count = readSync(this.#file, READ_BUFFER)) {
        text += READ_BUFFER.toString('utf8', 0, count);
      }
      const lines = text.split('\n');
      this.#unfinishedLine = lines.pop() ?? '';
      for (const line of lines) {
        this.#records.push(decodeProbeLine(line));
      }
    }
    return this.#records;
  }

  /**
   * Sums up what happened between two moments, by default since the first request until now. It waits until every request
   * of that time has its outcome.
   */
  async report(between: { readonly fromMs?: number; readonly untilMs?: number } = {}): Promise<ProbeReport> {
    const untilMs = between.untilMs ?? Date.now();
    // A client that did not get its turn gives an answer its time twice.
    const settledMs = untilMs + 2 * this.timeoutMs + 100;
    await sleep(Math.max(0, settledMs - Date.now()));
    const records = this.records();
    return summarize(records, { fromMs: between.fromMs ?? records[0]?.startMs ?? this.startedMs, untilMs });
  }

  /** Waits for an answer to a request that started after `sinceMs`, from one of the hosts; returns that request. */
  async untilAnsweredBy(
    hosts: readonly string[],
    options: { readonly sinceMs: number; readonly timeoutMs: number },
  ): Promise<ProbeRecord> {
    let found: ProbeRecord | undefined;
    const look = (): boolean => {
      found = this.records().find(({ startMs, body }) => startMs >= options.sinceMs && hosts.includes(body));
      return found !== undefined;
    };
    await waitUntil(`an answer from ${hosts.join(' or ')}`, look, {
      timeoutMs: options.timeoutMs,
      everyMs: 50,
      onTimeout: () => `last requests: ${JSON.stringify(this.records().slice(-5))}`,
    });
    if (found === undefined) {
      throw new Error('the wait ended without an answer');
    }
    return found;
  }

  /** Ends the client; reports still work afterwards. */
  async stop(): Promise<void> {
    await this.process.stop();
    this.records();
    if (this.#file !== null) {
      closeSync(this.#file);
      this.#file = null;
    }
  }
}
