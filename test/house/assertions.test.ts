import { describe, expect, it } from 'vitest';
import { checkAssertions } from './check-assertions.js';
import { printViolation, readSources } from './source.js';

/** What is said about a file with this text. */
function saidOf(text: string, path = 'src/host/files.ts'): string[] {
  return checkAssertions([{ path, text }]).map(printViolation);
}

describe('the project', () => {
  it('asserts types only in decoders and brands', () => {
    expect(checkAssertions(readSources('src', ['.ts'])).map(printViolation)).toEqual([]);
  });
});

describe('the rule on type assertions', () => {
  it('refuses an assertion, and prints it with its line', () => {
    expect(saidOf('\nexport const a = read() as string;')).toEqual([
      'src/host/files.ts:2: asserts a type: "read() as string"; decode the value, or narrow it by a test',
    ]);
    expect(saidOf('export const a = <string>read();')).toHaveLength(1);
    expect(saidOf('export const a = read() as unknown as string;')).toHaveLength(2);
  });

  it('lets pass a constant, a renamed import, and `satisfies`', () => {
    expect(saidOf('export const a = [1] as const;')).toEqual([]);
    expect(saidOf("import { a as b } from './a.js';")).toEqual([]);
    expect(saidOf('export const a = [1] satisfies number[];')).toEqual([]);
  });

  it('lets decoders and brands assert', () => {
    const text = 'export const a = read() as string;';
    expect(saidOf(text, 'src/runtime/decode-message.ts')).toEqual([]);
    expect(saidOf(text, 'src/base/brand.ts')).toEqual([]);
    expect(saidOf('function decodeRow(row: unknown) { return row as string; }')).toEqual([]);
    expect(saidOf(text, 'src/runtime/branding.ts')).toHaveLength(1);
  });
});
