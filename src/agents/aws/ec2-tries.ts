/** Asks EC2 until it answers, the time is up, or nothing is to be gained by asking again; and says in words why it did not. */
import type { Outcome } from '../../model/operation.js';
import { delay } from '../delay.js';
import { CANCELLED, failed, unknown } from '../outcome.js';
import { ACTIONS } from './ec2-call.js';
import type { CallEc2, Ec2Answer, Ec2Fault, Ec2FaultKind, Ec2Place, Ec2Request } from './ec2-call.js';

/** Wait for one answer; a request may be lost without a sign. Ours: EC2 answers these within a second. */
const ANSWER_MS = 5000;
/** The first pause; each is twice as long as the one before, up to the last, and half of each is left to chance. Ours, after EC2's advice to back off exponentially with jitter. */
const PAUSE_MS = 100;
const PAUSE_MAX_MS = 5000;
/** Time that is kept back of an operation's, so that it ends with what is known and not at its deadline; and what another try needs at least. Ours. */
const RESERVE_MS = 100;
const TRY_MS = 300;
/** Time that another look needs; with less of an operation's left, it ends with what is known. Ours. */
export const LOOK_MS = 300;

/** How often at most a request is made, by what came of it. What is not here is asked once. */
const TRIES_MAX: Partial<Record<Ec2FaultKind, number>> = {
  throttled: Number.POSITIVE_INFINITY,
  unreachable: Number.POSITIVE_INFINITY,
  broken: Number.POSITIVE_INFINITY,
  // The metadata service has none for a moment after a boot, or is slow.
  'no-credentials': 3,
};

/** Time, cancelling and leave of the operation for which EC2 is asked. */
export interface Trying {
  readonly place: Ec2Place;
  readonly leftMs: () => number;
  readonly signal: AbortSignal;
  /** Asked right before each try of a request that changes something; absent where it always may. */
  readonly isPermitted?: (() => boolean) | undefined;
  readonly isDryRun?: boolean;
  /** Without a second try. */
  readonly isOnce?: boolean;
}

/** What came of it. ended: cancelled, or not permitted any more. */
export type TriedAnswer = Ec2Answer | { readonly kind: 'ended' };

/** Asks, and asks again after throttling, errors of EC2's own and silence. Never rejects. */
export async function tryEc2(call: CallEc2, request: Ec2Request, trying: Trying): Promise<TriedAnswer> {
  const { place, leftMs, signal, isDryRun = false, isOnce = false } = trying;
  let told: Ec2Fault | null = null;
  for (let tries = 1; ; tries += 1) {
    if (signal.aborted || trying.isPermitted?.() === false) return { kind: 'ended' };
    const timeoutMs = Math.min(ANSWER_MS, leftMs() - RESERVE_MS);
    const answer = await call(request, { place, timeoutMs, signal, isDryRun });
    if (answer.kind !== 'fault' || (isOnce && !signal.aborted)) return answer;
    const pauseMs = backOffMs(tries);
    if (signal.aborted) return { kind: 'ended' };
    // What EC2 said before says more than a last try that ran out of time.
    if (answer.fault !== 'unreachable' || told === null) told = answer;
    if (tries >= (TRIES_MAX[answer.fault] ?? 1) || leftMs() - pauseMs <= TRY_MS) return told;
    await delay(pauseMs, signal);
  }
}

/** Whether EC2 may do what it did not, when it is asked again. */
export function mayHelpLater({ fault }: Ec2Fault): boolean {
  return TRIES_MAX[fault] === Number.POSITIVE_INFINITY;
}

/** The pause after so many tries. Shape: milliseconds, from half of the full pause to all of it. */
export function backOffMs(tries: number): number {
  const fullMs = Math.min(PAUSE_MS * 2 ** (tries - 1), PAUSE_MAX_MS);
  return fullMs * (0.5 + Math.random() / 2);
}

/** What a look comes to without an answer: nothing is known. */
export function outcomeOfLook(request: Ec2Request, answer: Ec2Fault | { readonly kind: 'ended' }): Outcome {
  return answer.kind === 'ended' ? CANCELLED : unknown(sentenceOf(request, answer));
}

/** What a change comes to that EC2 did not make. Where no answer came it may have been made. */
export function outcomeOfChange(request: Ec2Request, answer: Ec2Fault | { readonly kind: 'ended' }): Outcome {
  if (answer.kind === 'ended') return CANCELLED;
  const sentence = sentenceOf(request, answer);
  switch (answer.fault) {
    case 'denied':
    case 'no-credentials':
    case 'quota':
    case 'refused':
      return failed('node', sentence);
    case 'throttled':
    case 'broken':
    case 'not-found':
    case 'conflict':
      return failed('soft', sentence);
    case 'unreachable':
      return unknown(sentence);
  }
}

/** Why EC2 did not do it, as a sentence. */
export function sentenceOf({ kind }: Ec2Request, { fault, code, message }: Ec2Fault): string {
  const action = ACTIONS[kind];
  // The encoded part is for an administrator of AWS to decode, and longer than a status line.
  const words = message.replace(/ ?Encoded authorization failure message:.*/s, '');
  const said = [code, words].filter((text) => text !== '').join(': ') || 'no reason was given';
  switch (fault) {
    case 'denied':
      return `this node may not do ec2:${action} (${said}); grant it as docs/agents.md says, and try \`fairlead doctor\``;
    case 'no-credentials':
      return `there are no credentials for ec2:${action} (${said}); give the instance a role`;
    case 'throttled':
      return `EC2 throttles ${action} (${said})`;
    case 'unreachable':
      return `EC2 gave no answer to ${action} (${said})`;
    case 'broken':
      return `EC2 failed at ${action} (${said})`;
    case 'quota':
      return `${action} would exceed a limit of EC2 (${said})`;
    case 'not-found':
    case 'conflict':
    case 'refused':
      return `EC2 refuses ${action} (${said})`;
  }
}
