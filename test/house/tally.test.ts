import { describe, expect, it } from 'vitest';
import { tallyReport, tallyText } from './tally.mjs';

/** A report of one file with tests of these outcomes, named by their place. */
function report(fileStatus: string, ...statuses: string[]) {
  const assertionResults = statuses.map((status, index) => ({ status, fullName: `test ${index}` }));
  return { testResults: [{ name: 'a.test.ts', status: fileStatus, assertionResults }] };
}

const what = 'unit';

describe('the tally of a run', () => {
  it('counts tests by their outcome', () => {
    const tally = tallyReport({
      what,
      report: report('failed', 'passed', 'passed', 'failed', 'skipped', 'todo'),
      isFine: false,
    });
    expect(tally).toEqual({ passed: 2, failures: ['a.test.ts: test 2'], skipped: 2 });
  });

  it('says of a failure what it was, in a line', () => {
    const failed = { status: 'failed', fullName: 'adds', failureMessages: ['Error: 1 is not 2\n    at a.test.ts:3:1'] };
    const file = { name: 'a.test.ts', status: 'failed', assertionResults: [failed] };
    const { failures } = tallyReport({ what, report: { testResults: [file] }, isFine: false });
    expect(failures).toEqual(['a.test.ts: adds: Error: 1 is not 2']);
  });

  it('counts a file that does not load as one failure, and says why', () => {
    const file = { name: 'a.test.ts', status: 'failed', message: 'no such module\nmore', assertionResults: [] };
    const tally = tallyReport({ what, report: { testResults: [file] }, isFine: false });
    expect(tally).toEqual({ passed: 0, failures: ['a.test.ts: no such module'], skipped: 0 });
  });

  it('counts a hook that throws after passed tests as one failure', () => {
    expect(tallyReport({ what, report: report('failed', 'passed'), isFine: false }).failures).toEqual(['a.test.ts']);
  });

  it('counts a runner that ends badly with every test passed as one failure', () => {
    const { failures } = tallyReport({ what, report: report('passed', 'passed'), isFine: false });
    expect(failures).toEqual(['unit: every test passed, and yet the runner failed']);
  });

  it('counts a runner that left no report, or ran no test, as one failure', () => {
    expect(tallyReport({ what, report: null, isFine: true }).failures).toEqual(['unit: no test ran']);
    expect(tallyReport({ what, report: report('passed', 'skipped'), isFine: true }).failures).toEqual([
      'unit: no test ran',
    ]);
  });

  it('ends with the closing line, with the skipped only when there are some', () => {
    expect(tallyText({ passed: 3, failures: [], skipped: 0 })).toBe('3 passed, 0 failed');
    expect(tallyText({ passed: 3, failures: ['a', 'b'], skipped: 2 })).toBe(
      'FAILED: a\nFAILED: b\n3 passed, 2 failed, 2 skipped',
    );
  });
});
