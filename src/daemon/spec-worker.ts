import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../base/error-message.js';
import { splitFiles } from '../host/spec-text.js';
import type { Problem } from '../model/problem.js';
import { decodeSpec } from '../spec/decode-spec.js';
import type { WorkerAnswer, WorkerRequest } from './worker-message.js';

/** Problems named in one sentence; the rest are counted. */
const PROBLEMS_NAMED_MAX = 3;

parentPort?.on('message', (request: WorkerRequest) => {
  void answer(request).then((given) => parentPort?.postMessage(given));
});

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  const { id } = request;
  try {
    if (request.kind !== 'plan') return decode(request);
    // Loaded with the first plan: the daemon's start waits for a spec, and only large clusters are planned here.
    const { plan } = await import('../planner/plan.js');
    return { id, kind: 'plan', plan: plan({ spec: request.spec, observed: request.observed }) };
  } catch (error) {
    return { id, kind: 'failed', sentence: messageOf(error) };
  }
}

function decode(request: Extract<WorkerRequest, { kind: 'decode' }>): WorkerAnswer {
  const { id } = request;
  const hash = createHash('sha256').update(request.text).digest('hex');
  if (hash !== request.hash) return { id, kind: 'failed', sentence: 'its text does not match its hash' };
  const result = decodeSpec(splitFiles(request.text), {});
  if (result.kind === 'ok') return { id, kind: 'spec', spec: result.spec };
  const errors = result.problems.filter((problem) => problem.severity === 'error');
  const named = errors.slice(0, PROBLEMS_NAMED_MAX).map(sentenceOf).join('; ');
  const more = errors.length > PROBLEMS_NAMED_MAX ? `; and ${errors.length - PROBLEMS_NAMED_MAX} more` : '';
  return { id, kind: 'failed', sentence: `${named}${more} (run \`fairlead validate\` for all)` };
}

function sentenceOf(problem: Problem): string {
  const { file, line, column } = problem.place;
  return `${file}:${line}:${column}: ${problem.message} [${problem.code}]`;
}
