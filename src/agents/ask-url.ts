/**
 * Asks a URL for an answer.
 *
 * Who answers is not proved, as with an echo request: certificates are not verified, since a machine that is asked by its address seldom has one for it, and nothing secret is sent. Redirections are answers and are not followed.
 */
import { limits } from '../model/limits.js';
import type { AskOptions, TargetAnswer } from './target-answer.js';
import { answerOfError, YES } from './target-answer.js';
import { timeLimit } from './time-limit.js';

/** What counts as a good answer. Shape: without statuses, 200 to 399 are good; `contains` is looked for in the body's first bytes. */
export interface UrlExpectation {
  readonly statuses?: readonly number[];
  readonly contains?: string;
}

/** One attempt. */
export async function askUrl(
  url: string,
  options: AskOptions,
  expectation: UrlExpectation = {},
): Promise<TargetAnswer> {
  // Loaded when first used: a cluster that asks no URL does not pay for it.
  const { Client } = await import('undici');
  const limit = timeLimit(options.timeoutMs, options.signal);
  try {
    const { origin, pathname, search } = new URL(url);
    const client = new Client(origin, { connect: { rejectUnauthorized: false }, pipelining: 0 });
    try {
      const answer = await client.request({
        path: `${pathname}${search}`,
        method: 'GET',
        headers: { 'user-agent': 'fairlead', accept: '*/*' },
        signal: limit.signal,
      });
      answer.body.on('error', () => undefined);
      return await judge(answer, expectation);
    } finally {
      void client.destroy();
    }
  } catch (error) {
    if (options.signal.aborted) return { kind: 'cannot-ask', why: 'the question was called off' };
    if (limit.signal.aborted) return { kind: 'no', why: `no answer within ${options.timeoutMs} ms` };
    return answerOfError(error);
  } finally {
    limit.clear();
  }
}

async function judge(
  answer: { readonly statusCode: number; readonly body: AsyncIterable<Uint8Array> },
  { statuses, contains }: UrlExpectation,
): Promise<TargetAnswer> {
  const { statusCode } = answer;
  const isGood = statuses === undefined ? statusCode >= 200 && statusCode < 400 : statuses.includes(statusCode);
  if (!isGood) return { kind: 'no', why: `it answered with status ${statusCode}` };
  if (contains === undefined) return YES;
  const text = await beginningOf(answer.body);
  return text.includes(contains) ? YES : { kind: 'no', why: `its answer does not contain ${JSON.stringify(contains)}` };
}

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= limits.checkBodyBytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, limits.checkBodyBytesMax).toString('utf8');
}
