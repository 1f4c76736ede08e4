import { describe, expect, it } from 'vitest';
import { tallyReport, tallySentence } from './tally.mjs';

/** A report of one file with tests of these outcomes. */
function report(fileStatus: string, ...statuses: string[]) {
  return { testResults: [{ status: fileStatus, assertionResults: statuses.map((status) => ({ status })) }] };
}

describe('the tally of a run', () => {
  it('counts tests by their outcome', () => {
    const tally = tallyReport({
      report: report('failed', 'passed', 'passed', 'failed', 'skipped', 'todo'),
      isFine: false,
    });
    expect(tally).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that does not load as one failure', () => {
    expect(tallyReport({ report: report('failed'), isFine: false })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts a hook that throws after passed tests as one failure', () => {
    expect(tallyReport({ report: report('failed', 'passed'), isFine: false }).failed).toBe(1);
  });

  it('counts a runner that ends badly with every test passed as one failure', () => {
    expect(tallyReport({ report: report('passed', 'passed'), isFine: false }).failed).toBe(1);
  });

  it('counts a runner that left no report, or ran no test, as one failure', () => {
    expect(tallyReport({ report: null, isFine: true }).failed).toBe(1);
    expect(tallyReport({ report: report('passed', 'skipped'), isFine: true }).failed).toBe(1);
  });

  it('prints the closing line, with the skipped only when there are some', () => {
    expect(tallySentence({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(tallySentence({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});
