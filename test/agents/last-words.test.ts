import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { lastWords } from '../../src/agents/outcome.js';

/** What a program writes to stderr. */
function saidBy(file: string, words: readonly string[]): string {
  try {
    execFileSync(file, words, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
    return '';
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  }
}

describe('the last words of a program', () => {
  it.each([
    ['Node', 'throw new Error("no such table")', 'Error: no such table'],
    [
      'Node, with an object below the stack',
      'require("node:fs").readFileSync("/nowhere")',
      "Error: ENOENT: no such file or directory, open '/nowhere'",
    ],
    ['Node that prints and exits', 'console.error("bad config"); process.exit(2)', 'bad config'],
  ])('are what %s says of its end', (_, code, words) => {
    expect(lastWords(saidBy(process.execPath, ['-e', code]))).toBe(words);
  });

  it.each([
    [
      'Exception in thread "main" java.lang.IllegalStateException: port\n\tat Main.main(Main.java:3)\n',
      'Exception in thread "main" java.lang.IllegalStateException: port',
    ],
    [
      'Traceback (most recent call last):\n  File "x", line 1, in <module>\nOSError: [Errno 98] in use\n\n',
      'OSError: [Errno 98] in use',
    ],
    ['bind() failed\r\n', 'bind() failed'],
    ['  all of it is indented\n', 'all of it is indented'],
    ['-- 12 --\n', '-- 12 --'],
    ['\n\n', ''],
    ['', ''],
  ])('of %j are %j', (text, words) => {
    expect(lastWords(text)).toBe(words);
  });
});
