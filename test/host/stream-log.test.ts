import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StreamLog } from '../../src/host/stream-log.js';
import type { StreamLogOptions } from '../../src/host/stream-log.js';

/** A log at noon of a day, and the lines that it wrote. */
function begin(options: Partial<StreamLogOptions> = {}) {
  const stream = new PassThrough();
  const wallMs = () => Date.UTC(2026, 2, 4, 12, 0, 0, 7);
  const log = new StreamLog({ stream, format: 'pretty', level: 'info', wallMs, ...options });
  const lines = (): string[] => (stream.read()?.toString() ?? '').split('\n').slice(0, -1);
  return { log, lines };
}

describe('a log for people', () => {
  it('writes time, level, sentence and fields on one line', () => {
    const { log, lines } = begin();
    log.event('warn', 'link 1 to "lb2" is silent', {
      link: 1,
      peer: 'lb2',
      why: 'no answer',
      ok: false,
      none: null,
      left: undefined,
    });
    expect(lines()).toEqual([
      '2026-03-04T12:00:00.007Z warn  link 1 to "lb2" is silent link=1 peer=lb2 why="no answer" ok=false none=null',
    ]);
  });

  it('lets no text forge a line or drive a terminal', () => {
    const { log, lines } = begin();
    log.event('error', 'agent said:\nx\u001b[2J', { output: 'a\nb\u009b"=' });
    expect(lines()).toEqual(['2026-03-04T12:00:00.007Z error agent said:\\nx\\u001b[2J output="a\\nb\\u009b\\"="']);
  });

  it('colours the level when asked', () => {
    const { log, lines } = begin({ colour: true });
    log.event('info', 'web runs on lb2');
    expect(lines()).toEqual(['2026-03-04T12:00:00.007Z \u001b[36minfo \u001b[0m web runs on lb2']);
  });
});

describe('a log for programs', () => {
  it('writes one object a line', () => {
    const { log, lines } = begin({ format: 'json' });
    log.event('info', 'web\nruns', { node: 'lb2', epoch: 8, gone: undefined });
    expect(lines().map((line) => JSON.parse(line))).toEqual([
      { at: '2026-03-04T12:00:00.007Z', level: 'info', message: 'web\nruns', node: 'lb2', epoch: 8 },
    ]);
  });

  it('keeps what every line has from its fields', () => {
    const { log, lines } = begin({ format: 'json' });
    log.event('info', 'x', { level: 'high', message: 'm', at: 1 });
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({
      level: 'info',
      message: 'x',
      level_: 'high',
      message_: 'm',
      at_: 1,
    });
  });
});

describe('a level', () => {
  it.each([
    ['error', 1],
    ['warn', 2],
    ['info', 3],
    ['debug', 4],
  ] as const)('%s lets %i of four events through', (level, count) => {
    const { log, lines } = begin({ level });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log.event(each, 'x');
    expect(lines()).toHaveLength(count);
  });
});

describe('a secret', () => {
  it.each(['pretty', 'json'] as const)('is blotted out of sentences and fields (%s)', (format) => {
    const { log, lines } = begin({ format });
    log.hide('s3cr"t word');
    log.hide('abc');
    log.event('info', 'logged in with s3cr"t word', { output: 'password=s3cr"t word abc', other: 'word' });
    const [line = ''] = lines();
    expect(line).not.toContain('s3cr');
    expect(line.match(/\*\*\*/g)).toHaveLength(2);
    expect(line).toContain('abc');
  });
});

describe('a stream that nobody reads', () => {
  it('costs lines, not memory, and the loss is told', async () => {
    let isStuck = true;
    const waiting: (() => void)[] = [];
    const written: string[] = [];
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        written.push(String(chunk));
        if (isStuck) waiting.push(done);
        else done();
      },
    });
    const { log } = begin({ stream });
    for (let i = 0; i < 3000; i++) log.event('info', 'x'.repeat(1000));
    expect(stream.writableLength).toBeLessThan(1.1 * 1024 * 1024);
    isStuck = false;
    for (const done of waiting) done();
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.writableLength).toBe(0);
    log.event('info', 'here again');
    expect(written.at(-2)).toMatch(
      /warn {2}19\d\d lines of this log were lost, because they could not be written or nobody read them\n$/,
    );
    expect(written.at(-1)).toContain('here again');
  });

  it('may fail without harm', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const { log } = begin({ stream });
    log.event('info', 'first');
    await new Promise((resolve) => stream.once('close', resolve));
    log.event('info', 'second');
    expect(stream.destroyed).toBe(true);
  });
});
