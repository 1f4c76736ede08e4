import { describe, expect, it } from 'vitest';
import { limits } from '../../src/model/limits.js';
import { suggester } from '../../src/spec/suggest.js';

const meant = (written: string, ...names: string[]) => suggester()(written, names);

describe('a suggestion', () => {
  it.each([
    ['memebers', 'members'],
    ['mebmers', 'members'],
    ['Members', 'members'],
    ['member', 'members'],
    ['lb3', 'lb1'],
  ])('for %s is %s', (written, expected) => {
    expect(meant(written, 'prefer', expected, 'require')).toBe(expected);
  });

  it.each(['colour', 'x', 'ab', ''])('for %s is none when nothing comes near', (written) => {
    expect(meant(written, 'members', 'prefer', 'y', 'cd')).toBe(null);
  });

  it('is the nearest, and the first of equals', () => {
    expect(meant('node12', 'node1', 'node13', 'node122')).toBe('node1');
  });

  it('is never the name itself', () => {
    expect(meant('lb1', 'lb1')).toBe(null);
  });

  it('ends when so many names were compared that the answer would be late', () => {
    const suggest = suggester();
    const names = Array.from({ length: 20_000 }, (_, number) => `group${number}`);
    const answers = Array.from({ length: limits.suggestionComparisonsMax / 20_000 + 1 }, () => suggest('grup7', names));
    expect(answers[0]).toBe('group7');
    expect(answers.at(-1)).toBe(null);
  });
});
