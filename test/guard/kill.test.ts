import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readBootId } from '../../src/agents/process-table.js';
import { Killer } from '../../src/guard/kill.js';
import type { GuardedLease, GuardedMember } from '../../src/model/guard-orders.js';
import { freshFolder } from '../agents/harness/folder.js';
import { rememberingLog } from '../agents/harness/operation.js';

let folder: ReturnType<typeof freshFolder>;
beforeEach(() => {
  folder = freshFolder();
});
afterEach(() => folder.remove());

it('R13 a process whose record cannot be read is not proved to be down, and keeps nobody from knowing the others', async () => {
  mkdirSync(join(folder.path, 'kept'));
  const record = join(folder.path, 'kept/web.json');
  symlinkSync(record, record);
  const killer = new Killer({ runDir: folder.path, owner: '0'.repeat(24), log: rememberingLog() });
  const members: GuardedMember[] = [
    { resource: 'web', path: { kind: 'process' } },
    { resource: 'db', path: { kind: 'process' } },
  ];
  const lease: GuardedLease = {
    key: 'g',
    epoch: 1,
    state: 'own',
    validUntilMs: 0,
    deadByMs: 0,
    members,
    stops: [],
    withoutKillPath: [],
  };
  killer.know([lease]);
  const whys = async (): Promise<Record<string, boolean>> => {
    const ends = await killer.endAll(members, { isLate: false });
    return Object.fromEntries(ends.map(({ resource, why }) => [resource, why === null]));
  };
  expect(await whys()).toEqual({ web: false, db: true });
  rmSync(record);
  expect(await whys()).toEqual({ web: true, db: true });
});

it('R13 a process of which only the intention is written down is not proved to be down, until that is taken back', async () => {
  mkdirSync(join(folder.path, 'kept'));
  const record = join(folder.path, 'kept/web.json');
  const intention = { resource: 'web', bootId: readBootId(), command: '', leader: null, members: [] };
  writeFileSync(record, JSON.stringify(intention));
  const killer = new Killer({ runDir: folder.path, owner: '0'.repeat(24), log: rememberingLog() });
  const kill = () => killer.endAll([{ resource: 'web', path: { kind: 'process' } }], { isLate: false });
  const why = expect.stringMatching(/^it was to be started, and whether it was is not written down; /);
  expect(await kill()).toEqual([{ resource: 'web', why, wasThere: true }]);
  rmSync(record);
  expect(await kill()).toEqual([{ resource: 'web', why: null, wasThere: false }]);
});

it('R13 what a left start is written down in cannot be read: what has another kill path is ended, and proved when it can', async () => {
  const [calls, mark] = [join(folder.path, 'calls'), join(folder.path, 'noop/web')];
  symlinkSync(calls, calls);
  const killer = new Killer({ runDir: folder.path, owner: '0'.repeat(24), log: rememberingLog() });
  const kill = () => killer.endAll([{ resource: 'web', path: { kind: 'noop' } }], { isLate: false });
  mkdirSync(join(folder.path, 'noop'));
  writeFileSync(mark, '');
  expect(await kill()).toEqual([{ resource: 'web', why: expect.stringContaining('ELOOP'), wasThere: true }]);
  expect(existsSync(mark)).toBe(false);
  rmSync(calls);
  expect(await kill()).toEqual([{ resource: 'web', why: null, wasThere: true }]);
});
