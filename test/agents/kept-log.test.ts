import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptLogs } from '../../src/agents/kept-log.js';
import { KeptProcesses } from '../../src/agents/kept-process.js';
import { limits } from '../../src/model/limits.js';
import { freshFolder } from './harness/folder.js';
import { until } from './harness/until.js';

let folder: ReturnType<typeof freshFolder>;
let logs: KeptLogs;
beforeEach(() => {
  folder = freshFolder();
  logs = new KeptLogs(folder.path);
});
afterEach(() => folder.remove());

describe('the log of a kept process', () => {
  it('tells the last words, however long it is', () => {
    const log = logs.open('web');
    writeSync(log.descriptor, `${'x'.repeat(100_000)}\nlast words\n`);
    log.close();
    expect(logs.tail('web')).toHaveLength(4096);
    expect(logs.tail('web').endsWith('\nlast words\n')).toBe(true);
  });

  it('is empty for a process that never said anything, and for one that never was', () => {
    logs.open('web').close();
    expect([logs.tail('web'), logs.tail('other')]).toEqual(['', '']);
  });

  it('is held to its size while the process writes on', () => {
    const log = logs.open('web');
    const path = join(folder.path, 'web.log');
    writeSync(log.descriptor, Buffer.alloc(limits.keptLogBytesMax + 1, 'a'));
    logs.holdToSize();
    writeSync(log.descriptor, 'after');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('after');
    expect(statSync(`${path}.1`).size).toBe(limits.keptLogBytesMax);
  });

  it('keeps its end alone when much more was written than it may have', () => {
    const log = logs.open('web');
    const path = join(folder.path, 'web.log');
    writeSync(log.descriptor, Buffer.alloc(3 * limits.keptLogBytesMax, 'a'));
    writeSync(log.descriptor, 'the end');
    log.close();
    logs.holdToSize();
    expect(statSync(path).size).toBe(0);
    expect(statSync(`${path}.1`).size).toBe(limits.keptLogBytesMax);
    expect(readFileSync(`${path}.1`, 'utf8').endsWith('the end')).toBe(true);
  });

  it('is held to its size although another one cannot be', () => {
    symlinkSync('nowhere', join(folder.path, 'before.log'));
    const log = logs.open('web');
    writeSync(log.descriptor, Buffer.alloc(limits.keptLogBytesMax + 1, 'a'));
    log.close();
    expect(() => logs.holdToSize()).toThrow('ENOENT');
    expect(statSync(join(folder.path, 'web.log')).size).toBe(0);
  });

  it('that is small is left as it is', () => {
    const log = logs.open('web');
    writeSync(log.descriptor, 'few');
    log.close();
    logs.holdToSize();
    expect(readFileSync(join(folder.path, 'web.log'), 'utf8')).toBe('few');
  });
});

describe('the logs of a run folder', () => {
  const names = () => readdirSync(folder.path).sort();

  it('lose those of resources that are not known any more, but for what may still be there', () => {
    for (const name of ['gone', 'kept', 'running', 'ré']) {
      logs.open(name).close();
      logs.open(name).close();
    }
    writeFileSync(join(folder.path, 'running.json'), '{}');
    logs.removeOthers((resource) => resource === 'kept');
    expect(names()).toEqual(['kept.log', 'kept.log.1', 'running.json', 'running.log', 'running.log.1']);
    logs.removeOthers((resource) => resource === 'kept' || resource === 'ré');
    logs.open('ré').close();
    writeFileSync(join(folder.path, '%.log'), '');
    logs.removeOthers((resource) => resource !== '%');
    expect(names()).toContain('r%c3%a9.log');
    expect(names()).not.toContain('%.log');
  });

  it('do so as time goes by, by the word of who keeps the processes', async () => {
    const known = new Set(['web']);
    logs.open('web').close();
    logs.open('old').close();
    const kept = new KeptProcesses({
      node: 'lb1',
      folder: folder.path,
      log: { event: () => undefined },
      onEnded: () => undefined,
      isKnown: (resource) => known.has(resource),
    });
    await until('the log of what is not known is gone', () => !names().includes('old.log'));
    expect(names()).toEqual(['web.log']);
    known.clear();
    await until('the other one is', () => names().length === 0);
    kept.close();
  });
});
