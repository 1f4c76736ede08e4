import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, sendSignal } from '../../src/agents/process-table.js';
import { guardConditions } from '../../src/daemon/guard-conditions.js';
import { GuardKeeper } from '../../src/daemon/guard-keeper.js';
import type { NamedProcess } from '../../src/guard/guard-files.js';
import { GUARD_FILES, readNamed } from '../../src/guard/guard-files.js';
import { addAct } from '../../src/guard/guard-reports.js';
import { endGuard } from '../../src/guard/start-guard.js';
import { systemClock } from '../../src/host/system-clock.js';
import type { Conditions } from '../../src/reconciler/conditions.js';
import { beginConditions } from '../../src/reconciler/conditions.js';
import { freshFolder } from '../agents/harness/folder.js';
import { until } from '../agents/harness/until.js';
import { builtPrograms } from '../guard/harness/programs.js';

const programs = builtPrograms();

let folder: ReturnType<typeof freshFolder>;
let runDir: string;
let conditions: Conditions;
const keepers: GuardKeeper[] = [];
beforeEach(() => {
  folder = freshFolder();
  runDir = join(folder.path, 'run');
  mkdirSync(runDir);
  conditions = beginConditions();
});
afterEach(async () => {
  for (const keeper of keepers.splice(0)) keeper.stop();
  await endGuard(runDir);
  folder.remove();
});

async function keep(options: { readonly software?: string; readonly program?: string } = {}): Promise<GuardKeeper> {
  const clock = systemClock();
  const log = { event: (): void => undefined };
  const keeper = new GuardKeeper({
    node: 'lb1',
    runDir,
    software: options.software ?? 'fairlead 1',
    clock,
    log,
    program: options.program ?? programs().guard,
    ...guardConditions({ conditions, clock, log }),
  });
  keepers.push(keeper);
  await keeper.start({ isOver: false });
  return keeper;
}

function guard(): NamedProcess | null {
  return readNamed(runDir, GUARD_FILES.guard);
}

function sentences(): readonly string[] {
  return [...conditions.values()].map(({ kind, sentence }) => `${kind}: ${sentence}`);
}

describe('R13 the keeper of a guard', () => {
  it('has one there when it has started, and says nothing then', async () => {
    const keeper = await keep();
    expect(guard()).not.toBeNull();
    expect(keeper.isGuarded).toBe(true);
    expect(sentences()).toEqual([]);
  });

  it('names the daemon again when somebody removed its name, since a guard would take it for gone', async () => {
    await keep();
    const named = readNamed(runDir, GUARD_FILES.daemon);
    expect(named?.pid).toBe(process.pid);
    rmSync(join(runDir, GUARD_FILES.daemon));
    await until('it is named again', () => readNamed(runDir, GUARD_FILES.daemon));
    expect(readNamed(runDir, GUARD_FILES.daemon)).toEqual(named);
  });

  it('goes on with the one that is there', async () => {
    await keep();
    const before = guard();
    await keep();
    expect(guard()).toEqual(before);
  });

  it('starts another when the one that was there is killed', async () => {
    await keep();
    const before = guard();
    sendSignal(before?.pid ?? 0, 'SIGKILL');
    const after = await until('another one is there', () => {
      const found = guard();
      return found !== null && found.pid !== before?.pid ? found : null;
    });
    expect(isAlive(after)).toBe(true);
    await until('all is well again', () => sentences().length === 0);
  });

  it('takes the place of one of another version only when its own is there', async () => {
    await keep({ software: 'fairlead 1' });
    const before = guard();
    await keep({ software: 'fairlead 2' });
    expect(guard()).toMatchObject({ software: 'fairlead 2' });
    await until('the older one has ended', () => before !== null && !isAlive(before));
  });

  it('says in status that nobody stands by when none can be started', async () => {
    const keeper = await keep({ program: join(folder.path, 'missing.mjs') });
    expect(keeper.isGuarded).toBe(false);
    expect(sentences()).toEqual([expect.stringContaining('no-guard: no guard stands by')]);
  });

  it('tells what a guard did while nobody listened, once', async () => {
    addAct(runDir, {
      at: '2026-03-04T12:00:00.000Z',
      key: 'web',
      epoch: 7,
      daemon: 'gone',
      ended: ['app'],
      left: [],
      withoutKillPath: ['db'],
      earlyMs: 180,
    });
    await keep();
    expect(sentences()).toEqual([
      'guard-acted: at 2026-03-04T12:00:00.000Z the guard ended app of web, 180 ms before its deadline, because its daemon was gone; may run on, for they have no kill path: db',
    ]);
    conditions.clear();
    await keep();
    expect(sentences()).toEqual([]);
  });

  it('takes no guard for stuck that has begun a moment ago and not said yet how it stands', async () => {
    await keep();
    for (const keeper of keepers.splice(0)) keeper.stop();
    rmSync(join(runDir, GUARD_FILES.state), { force: true });
    conditions.clear();
    await keep();
    expect(sentences()).toEqual([]);
  });
});
