import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nextRandom, pickRandom, randomStream } from '../../src/base/random.js';
import type { RandomStream } from '../../src/base/random.js';
import type { Problem } from '../../src/model/problem.js';
import { decodeSpec } from '../../src/spec/decode-spec.js';

const EXAMPLES = ['quickstart', 'memcached-failover', 'nginx-vip-ping', 'elastic-ip-two-interfaces'].map((name) =>
  readFileSync(fileURLToPath(new URL(`../../examples/${name}.yaml`, import.meta.url)), 'utf8'),
);

/** What slips into specs: signs of YAML, other types, names of JavaScript. */
const SLIPS = [
  ...[
    '[',
    ']',
    '{',
    '}',
    ':',
    ' - ',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '|',
    '>',
    '\t',
    '\n',
    '  ',
    '!',
    '%',
    '---\n',
    '\u0000',
    '\ud800',
    '🐧',
  ],
  ...[
    'null',
    'true',
    '0',
    '-1',
    '1e999',
    '.nan',
    '0x',
    '[]',
    '{}',
    '[[]]',
    '~',
    'no',
    '__proto__',
    'constructor',
    'fd00::',
    '10s',
    'lb1',
  ],
];

/** How many texts are tried; a failing one is replayed by its number alone. */
const TEXTS = 400;

function mutated(text: string, stream: RandomStream): string {
  let result = text;
  const changes = 1 + Math.floor(nextRandom(stream) * 4);
  for (let change = 0; change < changes; change++) {
    const at = Math.floor(nextRandom(stream) * result.length);
    const length = Math.floor(nextRandom(stream) * 12);
    const kind = nextRandom(stream);
    const slip = kind < 0.4 ? (pickRandom(stream, SLIPS) ?? '') : kind < 0.7 ? '' : result.slice(at, at + 40);
    result = result.slice(0, at) + slip + result.slice(at + length);
  }
  return result;
}

function isInside({ place, length }: Problem, text: string): boolean {
  const line = text.split('\n')[place.line - 1];
  return line !== undefined && place.column >= 1 && place.column <= line.length + 1 && length >= 1;
}

describe('any text', () => {
  it('is answered, with places inside of it, and the same each time', () => {
    for (let seed = 0; seed < TEXTS; seed++) {
      const stream = randomStream(seed);
      const text = mutated(pickRandom(stream, EXAMPLES) ?? '', stream);
      const result = decodeSpec([{ file: 'a.yaml', text }]);
      const problems = result.kind === 'ok' ? result.warnings : result.problems;
      const outside = problems.filter((problem) => !isInside(problem, text) || problem.message === '');
      expect({ seed, outside }).toEqual({ seed, outside: [] });
      if (result.kind === 'invalid') expect({ seed, isTold: problems.length > 0 }).toEqual({ seed, isTold: true });
      expect(JSON.stringify(decodeSpec([{ file: 'a.yaml', text }]))).toBe(JSON.stringify(result));
    }
  });
});
