import { describe, expect, it } from 'vitest';
import { limits } from '../../src/model/limits.js';
import { decodeSpec } from '../../src/spec/decode-spec.js';
import { expectProblemsOf } from './expect-problems.js';

/** The codes of what is found in a text. */
function codesOf(text: string): string[] {
  const result = decodeSpec([{ file: 'a.yaml', text }]);
  return result.kind === 'ok' ? [] : result.problems.map((problem) => problem.code);
}

describe('a hostile text', () => {
  it('is refused for its depth before anything works through it by recursion', () => {
    for (const sign of ['[', '- ', '? ', '{a: ', '!x [', '&a [']) {
      expect(codesOf(sign.repeat(20_000))).toEqual(['nested-too-deep']);
    }
  });

  it('is refused for its depth by indentation too', () => {
    const lines = Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`);
    expect(codesOf(lines.join('\n'))).toEqual(['nested-too-deep']);
  });

  it('may be as deep as the limit', () => {
    const depth = limits.specDepthMax;
    expectProblemsOf({ 'a.yaml': `${'['.repeat(depth)}${']'.repeat(depth)}` }, [
      `a.yaml:1:1 error wrong-type "${'['.repeat(depth)}${']'.repeat(depth)}": a spec is a map of keys, and this is a list | = begin with \`apiVersion: fairlead/v1\` and \`kind: Cluster\``,
    ]);
  });

  it('cannot grow by aliases of aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let step = 1; step < 12; step++) {
      const before = `*a${step - 1}`;
      lines.push(`a${step}: &a${step} [${Array.from({ length: 10 }, () => before).join(', ')}]`);
    }
    expect(codesOf(lines.join('\n'))).toEqual(['yaml-alias']);
  });

  it('may hold anything and is answered with problems, never with an exception', () => {
    const texts = [
      '\0',
      '\u001b[2J',
      '\ud800',
      '!!',
      '%',
      '---\n...\n---',
      '? ? ?',
      '*',
      '&',
      '|',
      '>',
      "'",
      '"\\x',
      '@',
      '\r\r\n',
      '#',
    ];
    for (const text of texts) expect(codesOf(text)).not.toEqual([]);
  });
});
