import { describe, expect, it } from 'vitest';
import { degradedReason, outcomeOfExit } from '../../src/agents/ocf-exit-code.js';
import type { OperationAction } from '../../src/model/operation.js';

/** The outcome's kind, with the class of a failure. */
function verdict(action: OperationAction, code: number): string {
  const outcome = outcomeOfExit(action, { code, stderr: '' });
  return outcome.kind === 'failed' ? `failed ${outcome.class}` : outcome.kind;
}

const CODES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 42, 137, 190, 191];

describe('outcomeOfExit', () => {
  it('reads a monitor by the table of exit codes', () => {
    expect(CODES.map((code) => `${code} ${verdict('monitor', code)}`)).toEqual([
      '0 running',
      '1 failed soft',
      '2 failed node',
      '3 failed fatal',
      '4 failed node',
      '5 failed node',
      '6 failed fatal',
      '7 stopped',
      '8 running',
      '9 failed soft',
      '42 failed soft',
      '137 failed soft',
      '190 running',
      '191 running',
    ]);
  });

  it('takes "not installed" of a probe for stopped, and every other code as a monitor does', () => {
    expect(verdict('probe', 5)).toBe('stopped');
    for (const code of CODES.filter((each) => each !== 5)) {
      expect(verdict('probe', code)).toBe(verdict('monitor', code));
    }
  });

  it('calls a start done for success only', () => {
    expect(CODES.map((code) => `${code} ${verdict('start', code)}`)).toEqual([
      '0 done',
      '1 failed soft',
      '2 failed node',
      '3 failed fatal',
      '4 failed node',
      '5 failed node',
      '6 failed fatal',
      '7 failed soft',
      '8 failed soft',
      '9 failed soft',
      '42 failed soft',
      '137 failed soft',
      '190 failed soft',
      '191 failed soft',
    ]);
  });

  it('calls a stop done for success and for not running', () => {
    expect(CODES.filter((code) => verdict('stop', code) === 'done')).toEqual([0, 7]);
    expect(verdict('stop', 5)).toBe('failed node');
  });

  it('gives the last line that the agent marked for people as the reason', () => {
    const stderr = 'noise\nocf-exit-reason:first\nocf-exit-reason:No config at /etc/x\nmore noise\n';
    expect(outcomeOfExit('start', { code: 5, stderr })).toEqual({
      kind: 'failed',
      class: 'node',
      code: 5,
      reason: 'No config at /etc/x (not installed, exit code 5)',
    });
  });

  it('gives the last complaint where nothing is marked', () => {
    expect(outcomeOfExit('monitor', { code: 1, stderr: 'one\ntwo\n\n' })).toMatchObject({
      reason: 'two (generic error, exit code 1)',
    });
  });

  it('gives the meaning of the code where there is no complaint', () => {
    expect(outcomeOfExit('start', { code: 6, stderr: '' })).toMatchObject({
      reason: 'parameters not valid, exit code 6',
    });
    expect(outcomeOfExit('start', { code: 77, stderr: '' })).toMatchObject({ reason: 'exit code 77' });
  });

  it('keeps a reason to one line of bounded length without control characters', () => {
    const outcome = outcomeOfExit('start', { code: 1, stderr: `ocf-exit-reason:\u001b[31mred\t${'x'.repeat(500)}` });
    const reason = 'reason' in outcome ? outcome.reason : '';
    expect(reason).toMatch(/^\[31mred x+…$/);
    expect(reason).toHaveLength(200);
  });

  it('tells why a service runs degraded', () => {
    expect(degradedReason({ code: 190, stderr: 'ocf-exit-reason:one disk is gone' })).toBe(
      'one disk is gone (running but degraded, exit code 190)',
    );
    expect(degradedReason({ code: 0, stderr: 'ocf-exit-reason:one disk is gone' })).toBeNull();
  });
});
