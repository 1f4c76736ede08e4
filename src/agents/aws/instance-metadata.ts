/**
 * Who this node is in EC2, from the instance metadata service, version 2.
 *
 * Source: Amazon EC2 User Guide, "Use the Instance Metadata Service"; AWS SDKs Reference Guide, "IMDS client" (the variables).
 */
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { messageOf } from '../../base/error-message.js';
import { delay } from '../delay.js';
import { timeLimit } from '../time-limit.js';

/** Both ways to the service of an instance. */
const IPV4_ENDPOINT = 'http://169.254.169.254';
const IPV6_ENDPOINT = 'http://[fd00:ec2::254]';

/** Variables by which every AWS SDK is told where the service is. */
const ENDPOINT_VARIABLE = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';
const MODE_VARIABLE = 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE';

/** Lifetime that is asked for; the longest there is. */
const TOKEN_SECONDS = 21_600;
/** How long before its end a token is not used any more. Ours. */
const TOKEN_MARGIN_MS = 60_000;
/** Wait for one answer. Ours: the service is in the machine's own hypervisor. */
const ANSWER_MS = 1000;
const TRIES_MAX = 3;
const PAUSE_MS = 100;
const BYTES_MAX = 64 * 1024;

/** What the service says. absent: there is no such item. */
export type MetadataAnswer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreachable'; readonly why: string };

interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks the metadata service. */
export class InstanceMetadata {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #token: { readonly text: string; readonly endsAtMs: number; readonly endpoint: string } | null = null;

  constructor(environment: Readonly<Record<string, string | undefined>> = process.env) {
    this.#environment = environment;
  }

  /** Reads an item. Shape: `path` is relative to `/latest/meta-data/`. Never rejects. */
  async read(
    path: string,
    how: { readonly leftMs: () => number; readonly signal: AbortSignal },
  ): Promise<MetadataAnswer> {
    let why = 'no time was left';
    for (let tries = 0; tries < TRIES_MAX && how.leftMs() > 0 && !how.signal.aborted; tries += 1) {
      if (tries > 0) await delay(Math.min(how.leftMs(), PAUSE_MS * (1 + Math.random())), how.signal);
      try {
        const { text: token, endpoint } = this.#validToken() ?? (await this.#newToken(how.signal));
        const answer = await ask('GET', `${endpoint}/latest/meta-data/${path}`, {
          headers: { 'x-aws-ec2-metadata-token': token },
          signal: how.signal,
        });
        if (answer.status === 200) return { kind: 'text', text: answer.text };
        if (answer.status === 404) return { kind: 'absent' };
        // The token is none any more, after a stop and start of the instance for one.
        if (answer.status === 401) this.#token = null;
        why = `it answered with status ${answer.status}`;
      } catch (error) {
        this.#token = null;
        why = messageOf(error);
      }
    }
    return { kind: 'unreachable', why: `the instance metadata service cannot be asked: ${why}` };
  }

  #validToken(): { readonly text: string; readonly endpoint: string } | null {
    return this.#token !== null && performance.now() < this.#token.endsAtMs ? this.#token : null;
  }

  async #newToken(signal: AbortSignal): Promise<{ readonly text: string; readonly endpoint: string }> {
    let failure: Error = new Error('it has no endpoint');
    for (const endpoint of endpoints(this.#environment)) {
      try {
        const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS) };
        const { status, text } = await ask('PUT', `${endpoint}/latest/api/token`, { headers, signal });
        if (status !== 200) throw new Error(`${endpoint} gives no token, but status ${status}`);
        this.#token = { text, endsAtMs: performance.now() + TOKEN_SECONDS * 1000 - TOKEN_MARGIN_MS, endpoint };
        return this.#token;
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    throw failure;
  }
}

/** Where the service may be, best first. */
function endpoints(environment: Readonly<Record<string, string | undefined>>): string[] {
  const { [ENDPOINT_VARIABLE]: endpoint = '', [MODE_VARIABLE]: mode = '' } = environment;
  if (endpoint !== '') return [endpoint.replace(/\/+$/, '')];
  return mode.toLowerCase() === 'ipv6' ? [IPV6_ENDPOINT] : [IPV4_ENDPOINT, IPV6_ENDPOINT];
}

/** One request. Errors: rejects when no answer comes in time. */
async function ask(
  method: string,
  url: string,
  options: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<HttpAnswer> {
  const limit = timeLimit(ANSWER_MS, options.signal);
  const { headers } = options;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { method, headers, signal: limit.signal }, resolve).on('error', reject).end();
    });
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      if (text.length > BYTES_MAX) throw new Error(`${url} answers more than anybody asked for`);
    }
    return { status: response.statusCode ?? 0, text };
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    limit.clear();
  }
}
