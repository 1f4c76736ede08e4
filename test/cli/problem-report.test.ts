import { describe, expect, it } from 'vitest';
import { paintOf } from '../../src/cli/paint.js';
import { reportProblem, summarise, withoutSecrets } from '../../src/cli/problem-report.js';
import type { Problem } from '../../src/model/problem.js';

const plain = paintOf(false);

/** A problem at a place of `edge.yaml`. */
function problemAt(line: number, column: number, traits: Partial<Problem> = {}): Problem {
  return {
    code: 'a-code',
    severity: 'error',
    message: 'it is wrong',
    place: { file: 'edge.yaml', line, column },
    length: 3,
    ...traits,
  };
}

function report(text: string, problem: Problem): string[] {
  return reportProblem(problem, { texts: [{ file: 'edge.yaml', text }], paint: plain }).split('\n');
}

describe('a problem', () => {
  it('is shown with its line, the underline, the label and the help', () => {
    const text = 'quorum:\n  onLoss: stop\n';
    const problem = problemAt(2, 3, { length: 6, label: '2 votes, majority is 2', help: 'add a node' });
    expect(report(text, problem)).toEqual([
      'error[a-code] it is wrong',
      '  --> edge.yaml:2:3',
      '   |',
      ' 2 |   onLoss: stop',
      '   |   ^^^^^^ 2 votes, majority is 2',
      '   = help: add a node',
    ]);
  });

  it('has a gutter as wide as its line number needs', () => {
    const lines = report(`${'\n'.repeat(1233)}abc\n`, problemAt(1234, 1, { severity: 'warning' }));
    expect(lines).toEqual([
      'warning[a-code] it is wrong',
      '    --> edge.yaml:1234:1',
      '     |',
      '1234 | abc',
      '     | ^^^',
    ]);
  });

  it('names the other places that take part', () => {
    const notes = [{ place: { file: 'other.yaml', line: 7, column: 5 }, message: 'it stands here first' }];
    expect(report('abc\n', problemAt(1, 1, { notes })).at(-1)).toBe('   = note: it stands here first (other.yaml:7:5)');
  });

  it('underlines what is meant, behind tabs and wide signs too', () => {
    expect(report('\tabc', problemAt(1, 2)).slice(3)).toEqual([' 1 |  abc', '   |  ^^^']);
    expect(report('世界abc', problemAt(1, 3)).slice(3)).toEqual([' 1 | 世界abc', '   |     ^^^']);
    expect(report('🐧abc', problemAt(1, 3)).slice(3)).toEqual([' 1 | 🐧abc', '   |   ^^^']);
  });

  it('cuts a long line around what is meant', () => {
    const [, , , line = '', underline = ''] = report(`${'x'.repeat(500)}abc${'y'.repeat(500)}`, problemAt(1, 501));
    expect(line.length).toBeLessThanOrEqual(125);
    expect(line.slice(underline.indexOf('^'), underline.lastIndexOf('^') + 1)).toBe('abc');
  });

  it('cannot drive a terminal or forge a line', () => {
    const problem = problemAt(1, 1, { message: 'a\nerror[b]\u001b[2J', label: '\u001b[31m' });
    const text = report('\u001b[2J abc', problem).join('\n');
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')).toHaveLength(5);
  });

  it('has no frame where there is no such line', () => {
    expect(report('abc', problemAt(9, 1))).toEqual(['error[a-code] it is wrong', '  --> edge.yaml:9:1']);
  });

  it('has colours only where they are wanted', () => {
    const options = { texts: [{ file: 'edge.yaml', text: 'abc' }], paint: paintOf(true) };
    expect(reportProblem(problemAt(1, 1), options)).toContain('\u001b[31merror[a-code]\u001b[0m');
  });
});

describe('the summary', () => {
  const error = problemAt(1, 1);
  const warning = problemAt(1, 1, { severity: 'warning' });

  it.each([
    [[], 1, 'no problems in 1 file'],
    [[error], 1, '1 error in 1 file'],
    [[error, warning], 1, '1 error, 1 warning in 1 file'],
    [[error, error, warning, warning], 3, '2 errors, 2 warnings in 3 files'],
    [[warning], 2, '1 warning in 2 files'],
  ])('counts %#', (problems, files, expected) => {
    expect(summarise(problems, files)).toBe(expected);
  });
});

describe('a secret in clear text', () => {
  it.each([
    ['password: geheim, ja # x', 'password: ******* ** * *'],
    ['{ password: geheim, port: 5 }', '{ password: ******, port: 5 }'],
    ['{ password: "a, \\" b", port: 5 }', '{ password: *** ** **, port: 5 }'],
    ["password: 'it''s' # x", 'password: ******* # x'],
    ['password:', 'password:'],
  ])('is hidden in every frame of its line: %s', (text, shown) => {
    const column = text.indexOf('password') + 1;
    const problem = problemAt(1, column, { code: 'secret-in-clear-text', length: 'password'.length });
    const texts = [
      { file: 'edge.yaml', text },
      { file: 'other.yaml', text },
    ];
    expect(withoutSecrets(texts, [problemAt(1, 1), problem])).toEqual([{ file: 'edge.yaml', text: shown }, texts[1]]);
  });
});
