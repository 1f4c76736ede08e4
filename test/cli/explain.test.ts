import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explainCode, explainRisks } from '../../src/cli/explain.js';
import { allRules } from '../../src/spec/all-rules.js';

const spec = readFileSync('docs/spec.md', 'utf8');
const safety = readFileSync('docs/safety.md', 'utf8');

test('everything that docs/safety.md says is left, or is assumed, is told, within the width', () => {
  const lines = explainRisks(safety, 72);
  const told = lines.join(' ').replace(/\s+/g, ' ');
  const listed = ['Assumptions', 'What is left'].flatMap((heading) => {
    const section = safety.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
    return section.split('\n').filter((line) => line.startsWith('- '));
  });
  expect(listed.length).toBeGreaterThan(10);
  for (const line of listed) expect(told).toContain(line.replace(/\s+/g, ' '));
  expect(lines.filter((line) => line.length > 72)).toEqual([]);
});

test('a page without the list is told as a bug, not printed as no risk', () => {
  expect(() => explainRisks('# Safety\n\n## Assumptions\n\n- One.\n', 80)).toThrow('What is left');
});

describe('a code of the validator', () => {
  test('is told with what, why and what to do', () => {
    expect(explainCode('even-votes', spec, 80)).toEqual([
      'even-votes',
      '  what  an even number of votes',
      '  why   the last one helps nobody, and a split into halves stops all',
      '  do    add a witness, or make one a worker',
    ]);
  });

  test.each(allRules.map(({ code }) => [code]))('%s has an explanation', (code) => {
    expect(explainCode(code, spec, 80)[0]).toBe(code);
  });

  test('loses the signs of Markdown', () => {
    expect(explainCode('two-voters-no-witness', spec, 200).at(-1)).toBe(
      '  do    add a witness, or devices that can fence both; docs/ownership.md compares the ways',
    );
  });

  test.each(['[even-votes]', 'warning[even-votes]', 'error[even-votes]'])('may be copied as %s', (copied) => {
    expect(explainCode(copied, spec, 80)).toEqual(explainCode('even-votes', spec, 80));
  });

  test('that does not exist is a wrong usage, with the nearest one', () => {
    expect(() => explainCode('even-vote', spec, 80)).toThrow(
      expect.objectContaining({
        code: 64,
        message: expect.stringContaining('there is no code "even-vote"'),
        help: 'did you mean "even-votes"?',
      }),
    );
  });

  test('is none when another table of the page has the word', () => {
    expect(spec).toContain('| `type` |');
    expect(() => explainCode('type', spec, 80)).toThrow('there is no code "type"');
  });
});
