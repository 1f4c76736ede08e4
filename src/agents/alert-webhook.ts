/**
 * Posts an alert to a URL.
 *
 * Certificates are verified, since a secret may be sent along; redirections are not followed, for the same reason.
 */
import type { Alert } from '../model/alert.js';
import { fieldsOfAlert, fillTemplate } from '../model/alert.js';
import type { WebhookReceiver } from '../model/cluster-spec.js';
import { limits } from '../model/limits.js';
import type { AlertOutcome } from './alert-outcome.js';
import { TAKEN } from './alert-outcome.js';
import { oneLine } from './outcome.js';
import type { ReadSecret } from './secret-text.js';
import { secretTexts, withoutSecrets } from './secret-text.js';
import { timeLimit } from './time-limit.js';

/** Answers that another attempt may change: the server is overloaded, restarts, or waited too long. Source: RFC 9110, section 15. */
const FOR_NOW: readonly number[] = [408, 425, 429];

/** One attempt. Never rejects. */
export async function postAlert(
  alert: Alert,
  receiver: WebhookReceiver,
  options: { readonly readSecret: ReadSecret; readonly signal: AbortSignal },
): Promise<AlertOutcome> {
  const read = secretTexts({ ...receiver.headers, [URL_KEY]: receiver.url }, options.readSecret);
  if (read.kind === 'unreadable') return { kind: 'failed', why: oneLine(read.why) };
  const { [URL_KEY]: url = '', ...headers } = read.texts;
  const limit = timeLimit(receiver.timeoutMs, options.signal);
  const { signal } = limit;
  try {
    return judge(
      await post({ url, headers: { ...plainHeaders(receiver), ...headers }, body: bodyOf(alert, receiver), signal }),
    );
  } catch (error) {
    if (options.signal.aborted) return { kind: 'failed', why: 'the daemon ended' };
    if (signal.aborted) return { kind: 'failed', why: `no answer within ${receiver.timeoutMs} ms` };
    const message = error instanceof Error && error.message !== '' ? error.message : String(error);
    const isOurs = error instanceof TypeError || (error instanceof Error && error.name === 'InvalidArgumentError');
    return { kind: isOurs ? 'refused' : 'failed', why: oneLine(withoutSecrets(message, read.secrets)) };
  } finally {
    limit.clear();
  }
}

/** No header is called so. */
const URL_KEY = 'the URL';

async function post(request: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}): Promise<number> {
  // Loaded when first used: a cluster without webhooks does not pay for it.
  const { Client } = await import('undici');
  const { origin, pathname, search } = parsed(request.url);
  const client = new Client(origin, { pipelining: 0 });
  try {
    const { headers, body, signal } = request;
    const answer = await client.request({ path: `${pathname}${search}`, method: 'POST', headers, body, signal });
    answer.body.on('error', () => undefined);
    await answer.body.dump({ limit: limits.alertAnswerBytesMax, signal });
    return answer.statusCode;
  } finally {
    void client.destroy();
  }
}

/** Errors: the message of a bad URL would hold all of it. */
function parsed(url: string): URL {
  if (!URL.canParse(url)) throw new TypeError('its URL is none');
  return new URL(url);
}

function judge(statusCode: number): AlertOutcome {
  if (statusCode >= 200 && statusCode < 300) return TAKEN;
  const isForNow = statusCode >= 500 || FOR_NOW.includes(statusCode);
  return { kind: isForNow ? 'failed' : 'refused', why: `it answered with status ${statusCode}` };
}

function plainHeaders({ body, headers }: WebhookReceiver): Record<string, string> {
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  return { 'user-agent': 'fairlead', ...(isTyped ? {} : { 'content-type': type }) };
}

/** What is sent. Without a template, everything that is known as a JSON object, without the fields that this alert does not have. */
export function bodyOf(alert: Alert, { body }: Pick<WebhookReceiver, 'body'>): string {
  const fields = fieldsOfAlert(alert, new Date(alert.atWallMs).toISOString());
  if (typeof body === 'string') return String(fillTemplate(body, fields));
  if (body !== null) return JSON.stringify(fillTemplate(body, fields));
  const known = Object.entries(fields).filter(([, value]) => value !== '');
  return JSON.stringify({ ...Object.fromEntries(known), number: alert.number });
}
