import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { timeLimit } from '../../src/agents/time-limit.js';

/** Resolves when the signal is aborted. */
function ended(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));
}

describe('a time limit', () => {
  it('ends when its time is over, also when the garbage is collected meanwhile', async () => {
    const end = ended(timeLimit(30, new AbortController().signal).signal);
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    expect(await end).toMatchObject({ message: 'no answer came in time' });
  });

  it('ends with the signal that cancels it, be it aborted already', async () => {
    const cancel = new AbortController();
    const end = ended(timeLimit(60_000, cancel.signal).signal);
    cancel.abort('cancelled');
    expect(await end).toBe('cancelled');
    expect(timeLimit(60_000, cancel.signal).signal.reason).toBe('cancelled');
  });
});
