/** Counts what a run of vitest did, so that no way to fail is counted as none. */

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 * @typedef {{ status: string, assertionResults: readonly { status: string }[] }} FileReport
 * @typedef {{ testResults: readonly FileReport[] }} Report
 */

/**
 * The tally of one suite.
 *
 * A file that fails as a whole (it does not load, a hook throws) has no failed test in it and counts as one failure;
 * a runner that ends badly for any other reason, or writes no report, counts as one too; and a suite without a test.
 *
 * @param {{ report: Report | null, isFine: boolean }} options `report` is what vitest's json reporter wrote; `isFine` says
 * whether the runner ended with exit code 0.
 * @returns {Tally}
 */
export function tallyReport({ report, isFine }) {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report?.testResults ?? []) {
    const failedBefore = tally.failed;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') {
        tally.passed += 1;
      } else if (status === 'failed') {
        tally.failed += 1;
      } else {
        tally.skipped += 1;
      }
    }
    if (file.status === 'failed' && tally.failed === failedBefore) {
      tally.failed += 1;
    }
  }
  const ranNone = tally.passed + tally.failed === 0;
  if (tally.failed === 0 && (!isFine || ranNone)) {
    tally.failed += 1;
  }
  return tally;
}

/**
 * The tally as the closing line of a run.
 *
 * @param {Tally} tally
 * @returns {string}
 */
export function tallySentence({ passed, failed, skipped }) {
  const counted = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? counted : `${counted}, ${skipped} skipped`;
}
