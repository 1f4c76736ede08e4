import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { KeptRecord } from '../../src/agents/kept-record.js';
import { KeptRecords } from '../../src/agents/kept-record.js';
import { describeWith } from './harness/requirements.js';
import { SmallTmpfs } from '../host/small-tmpfs.js';

const INTENTION: KeptRecord = { resource: 'web', bootId: 'boot', command: 'c', leader: null, members: [] };
const STARTED: KeptRecord = { ...INTENTION, leader: { pid: 4711, startTicks: 1 } };
const GROWN: KeptRecord = { ...STARTED, members: [{ pid: 4712, startTicks: 2 }] };

describeWith('a record that could not be kept', { namespaces: ['--mount'] }, () => {
  it('counts before the older file for who wrote it, until there is a newer file', async () => {
    // Room for one record.
    const tmpfs = await SmallTmpfs.mount({ kind: 'tmpfs', sizeBytes: 4096 });
    try {
      const records = new KeptRecords(tmpfs.path);
      records.write(INTENTION);
      for (const record of [STARTED, GROWN]) {
        expect(() => records.write(record)).toThrow('ENOSPC');
        expect([records.read('web'), ...records.all()]).toEqual([record, record]);
      }
      expect(new KeptRecords(tmpfs.path).read('web')).toEqual(INTENTION);
      const path = join(tmpfs.path, 'web.json');
      rmSync(path);
      expect(records.read('web')).toEqual(GROWN);
      writeFileSync(path, JSON.stringify(STARTED));
      expect(records.read('web')).toEqual(STARTED);
    } finally {
      await tmpfs.unmount();
    }
  });
});
