import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('check-kind', () => {
  it('finds a check that looks at nothing, at two things, or narrows what it does not look at', () => {
    expectProblems(
      `
resources:
  web:
    type: builtin:noop
    checks:
      nothing: { every: 1s }
      both: { tcp: 127.0.0.1:80, http: http://127.0.0.1/ }
      narrow: { process: nginx, contains: ok, newerThan: 5s }
      fine: { http: http://127.0.0.1/, status: [200], contains: ok }
      fresh: { file: /run/beat, newerThan: 5s }
`,
      [
        '5:7 error check-kind "nothing": check "nothing" of resource "web" does not say what to look at | = write one of `run:`, `tcp:`, `http:`, `file:` and `process:`',
        '6:34 error check-kind "http": check "both" of resource "web" looks at 2 things: tcp and http | one row of rounds cannot count both | = make a check of its own for each',
        '7:33 error check-kind "contains": `contains` of check "narrow" of resource "web" says nothing without `http` | = take it out',
        '7:47 error check-kind "newerThan": `newerThan` of check "narrow" of resource "web" says nothing without `file` | = take it out',
      ],
    );
  });

  it('says nothing of a check that looks at something, though in a wrong way', () => {
    expectProblems(
      `
resources:
  web:
    type: builtin:noop
    checks:
      file: { file: rel/path }
      typo: { fiel: /path }
      two: { file: rel/path, tcp: 127.0.0.1:80 }
      narrow: { file: rel/path, newerThan: 5s }
`,
      [
        '5:21 error bad-format "rel/path": "file" of "file" of "checks" of resource "web" cannot be "rel/path" | it is an absolute path, for it is looked at wherever the daemon was started',
        '6:15 error unknown-key "fiel": "typo" of "checks" of resource "web" has no key "fiel" | did you mean "file"?',
        '7:14 error check-kind "file": check "two" of resource "web" looks at 2 things: tcp and file | one row of rounds cannot count both | = make a check of its own for each',
        '7:20 error bad-format "rel/path": "file" of "two" of "checks" of resource "web" cannot be "rel/path" | it is an absolute path, for it is looked at wherever the daemon was started',
        '8:23 error bad-format "rel/path": "file" of "narrow" of "checks" of resource "web" cannot be "rel/path" | it is an absolute path, for it is looked at wherever the daemon was started',
      ],
    );
  });

  it('knows attributes in checks of nodes', () => {
    expectProblems(
      `
checks:
  nothing: { is: east }
  both: { attribute: site, file: /run/site }
  narrow: { process: nginx, atLeast: 1 }
resources:
  web: { type: builtin:noop, requires: [nothing, both, narrow] }
`,
      [
        '2:3 error check-kind "nothing": check "nothing" does not say what to look at | = write one of `run:`, `tcp:`, `http:`, `file:`, `process:` and `attribute:`',
        '3:11 error check-kind "attribute": check "both" looks at 2 things: file and attribute | one row of rounds cannot count both | = make a check of its own for each',
        '4:29 error check-kind "atLeast": `atLeast` of check "narrow" says nothing without `attribute` | = take it out',
      ],
    );
  });
});
