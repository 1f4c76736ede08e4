import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('name-differs-by-case', () => {
  it('warns of names that differ in case alone', () => {
    expectProblems(
      `
resources:
  web: { type: builtin:noop }
  Web: { type: builtin:noop }
`,
      [
        '3:3 warning name-differs-by-case "Web": resource "Web" differs from "web" in case alone | = give one of them another name | = note 2: resource "web" stands here',
      ],
    );
  });
});
