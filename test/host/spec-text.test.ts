import { describe, expect, it } from 'vitest';
import { nextRandom, pickRandom, randomStream } from '../../src/base/random.js';
import { joinFiles, splitFiles } from '../../src/host/spec-text.js';

describe('the files of a spec as one text', () => {
  it('has a line before each file, and is YAML where there is one file', () => {
    expect(joinFiles([{ file: 'edge.yaml', text: 'kind: Cluster\n' }])).toBe(
      '# file 14 "edge.yaml"\nkind: Cluster\n\n',
    );
  });

  it('does not depend on the order in which a folder lists its files', () => {
    const a = { file: 'a.yaml', text: 'a: 1' };
    const b = { file: 'B.yaml', text: 'b: 1' };
    expect(joinFiles([a, b])).toBe(joinFiles([b, a]));
    expect(splitFiles(joinFiles([a, b]))).toEqual([b, a]);
  });

  it.each([
    ['nothing', ''],
    ['no line end', 'a: 1'],
    ['what looks like the line before a file', '# file 3 "x.yaml"\nabc\n'],
    ['letters of several units', 'name: 🔑 „x“\n'],
    ['another way to end lines', 'a: 1\r\nb: 2\r\n'],
  ])('gives back a file with %s, alone and beside another', (_, text) => {
    const files = [
      { file: 'a "quoted" \\ näme.yaml', text },
      { file: 'b.yaml', text: 'b: 2\n' },
    ];
    expect(splitFiles(joinFiles(files))).toEqual(files);
    expect(splitFiles(joinFiles(files.slice(0, 1)))).toEqual(files.slice(0, 1));
  });

  it('gives back whatever was put in: 2,000 random folders, seed 3', () => {
    const stream = randomStream(3);
    const scraps = ['# file ', '7', ' ', '"', '"a.yaml"', '\n', '\\', 'x: 1', '🔑'];
    const scrap = (): string => pickRandom(stream, scraps) ?? '';
    const random = (): string => Array.from({ length: Math.floor(nextRandom(stream) * 12) }, scrap).join('');
    for (let run = 0; run < 2000; run++) {
      const files = Array.from({ length: 1 + Math.floor(nextRandom(stream) * 3) }, (_, i) => ({
        file: `${i}${random()}`,
        text: random(),
      }));
      expect(splitFiles(joinFiles(files)), `run ${run} of seed 3`).toEqual(files);
    }
  });

  it.each(['', 'kind: Cluster\n', '# file 99 "a.yaml"\nshort\n', '# file 1 "a\\q"\nx\n', '# file 1 "a.yaml"\nx\nmore'])(
    'takes the plain text %j for one file',
    (text) => {
      expect(splitFiles(text)).toEqual([{ file: 'cluster.yaml', text }]);
    },
  );
});
