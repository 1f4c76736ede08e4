import { expect, test } from 'vitest';
import { alignRows, fold } from '../../src/cli/table.js';

function rows(...lines: string[][]): { text: string }[][] {
  return lines.map((line) => line.map((text) => ({ text })));
}

test('columns line up, and nothing trails', () => {
  expect(alignRows(rows(['a', 'bb', 'c'], ['aaa', '', 'cc'], ['a', 'b', '']), 80)).toEqual([
    'a    bb  c',
    'aaa      cc',
    'a    b',
  ]);
});

test('what is too wide is cut, the widest column first', () => {
  expect(alignRows(rows(['name', 'a rather long sentence', 'x']), 20)).toEqual(['name  a rather l…  x']);
});

test('paint adds no width', () => {
  const painted = alignRows(
    [
      [{ text: 'a', paint: (text) => `<${text}>` }, { text: 'b' }],
      [{ text: 'aa' }, { text: 'b' }],
    ],
    80,
  );
  expect(painted).toEqual(['<a>   b', 'aa  b']);
});

test('a sentence is folded at blanks, with an indent', () => {
  expect(fold('one two three four', { width: 9, indent: 2 })).toEqual(['one two', '  three', '  four']);
});

test('a word longer than the line is cut through', () => {
  expect(fold('abcdefghij', { width: 4, indent: 1 })).toEqual(['abcd', ' efg', ' hij']);
});
