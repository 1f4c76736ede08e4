/** Counts what a run of vitest did, so that no way to fail is counted as none. */

/**
 * @typedef {{ passed: number, failures: string[], skipped: number }} Tally `failures` says each one in a line
 * @typedef {{ status: string, fullName: string, failureMessages?: readonly string[] | null }} TestReport
 * @typedef {{ name: string, status: string, message?: string, assertionResults: readonly TestReport[] }} FileReport
 * @typedef {{ testResults: readonly FileReport[] }} Report
 */

/**
 * The tally of one suite.
 *
 * A file that fails as a whole (it does not load, a hook throws) has no failed test in it and counts as one failure;
 * a runner that ends badly for any other reason, or writes no report, counts as one too; and a suite without a test.
 *
 * @param {{ what: string, report: Report | null, isFine: boolean }} options `what` names the suite; `report` is what vitest's json reporter wrote;
 * `isFine` says whether the runner ended with exit code 0.
 * @returns {Tally}
 */
export function tallyReport({ what, report, isFine }) {
  /** @type {Tally} */
  const tally = { passed: 0, failures: [], skipped: 0 };
  for (const file of report?.testResults ?? []) {
    const failedBefore = tally.failures.length;
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === 'passed') {
        tally.passed += 1;
      } else if (status === 'failed') {
        tally.failures.push(inOneLine([file.name, fullName, failureMessages?.[0]]));
      } else {
        tally.skipped += 1;
      }
    }
    if (file.status === 'failed' && tally.failures.length === failedBefore) {
      tally.failures.push(inOneLine([file.name, file.message]));
    }
  }
  const ranNone = tally.passed + tally.failures.length === 0;
  if (tally.failures.length === 0 && (!isFine || ranNone)) {
    tally.failures.push(inOneLine([what, ranNone ? 'no test ran' : 'every test passed, and yet the runner failed']));
  }
  return tally;
}

/**
 * What failed, for a list that is read without the run above it.
 *
 * @param {readonly (string | undefined)[]} parts
 */
function inOneLine(parts) {
  return parts
    .map((part) => part?.trim().split('\n', 1)[0])
    .filter((part) => part)
    .join(': ');
}

/**
 * The tally as the last lines of a run: each failure in a line, then the sentence.
 *
 * @param {Tally} tally
 * @returns {string}
 */
export function tallyText({ passed, failures, skipped }) {
  const counted = `${passed} passed, ${failures.length} failed`;
  const sentence = skipped === 0 ? counted : `${counted}, ${skipped} skipped`;
  return [...failures.map((failure) => `FAILED: ${failure}`), sentence].join('\n');
}
