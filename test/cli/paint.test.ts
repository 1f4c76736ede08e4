import { expect, test } from 'vitest';
import { isColoured, printable } from '../../src/cli/paint.js';

test.each([
  ['auto', {}, true, true],
  ['auto', {}, false, false],
  ['auto', { TERM: 'dumb' }, true, false],
  ['always', {}, false, true],
  ['never', {}, true, false],
  ['always', { NO_COLOR: '1' }, true, false],
  ['auto', { NO_COLOR: '' }, true, true],
])('--color %s with %j, on a terminal: %s, colours: %s', (wish, environment, isTerminal, expected) => {
  expect(isColoured({ wish, environment, isTerminal })).toBe(expected);
});

test('control characters become visible', () => {
  expect(printable('a\tb\r\n\u0000\u009b')).toBe('a\\tb\\r\\n\\u0000\\u009b');
});
