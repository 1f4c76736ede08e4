import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { keptOwner } from '../../src/agents/kept-owner.js';
import type { ProcessIdentity } from '../../src/agents/process-table.js';
import { isAlive, readBootId, readProcess } from '../../src/agents/process-table.js';
import type { NamedProcess } from '../../src/guard/guard-files.js';
import { GUARD_FILES, readNamed } from '../../src/guard/guard-files.js';
import type { GuardAct } from '../../src/guard/guard-reports.js';
import { readStanding, takeActs } from '../../src/guard/guard-reports.js';
import { endGuard, GUARD_NODE_OPTIONS, startGuard } from '../../src/guard/start-guard.js';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import { systemClock } from '../../src/host/system-clock.js';
import type { GuardedLease, GuardedMember, GuardedStop } from '../../src/model/guard-orders.js';
import { freshFolder, writeScript } from '../agents/harness/folder.js';
import { operation, resource } from '../agents/harness/operation.js';
import { until } from '../agents/harness/until.js';
import { builtPrograms } from './harness/programs.js';
import { Writer } from './harness/writer.js';
import type { WriterSettings } from './harness/writer-main.js';

/** Writes the node's clock to a file for as long as it lives: /proc/uptime is in seconds since boot. */
const TICKING = (file: string): string =>
  `#!/bin/bash\nwhile :; do read -r up _ < /proc/uptime; echo "$up" > ${file}.new; mv ${file}.new ${file}; sleep 0.02; done\n`;

/** The same by a program that writes over its environment, as those do that rename themselves: nothing of a mark is left to be found. */
const RENAMED = (file: string): string => `#!/usr/bin/perl
$0 = 'renamed ' . ('x' x 20000);
while (1) {
  open my $up, '<', '/proc/uptime'; my ($now) = split ' ', <$up>; close $up;
  open my $out, '>', '${file}.new'; print $out $now; close $out; rename '${file}.new', '${file}';
  select undef, undef, undef, 0.02;
}
`;

const NODE = 'lb1';
const WEB: GuardedMember = { resource: 'web', path: { kind: 'process' } };

/** A service of own commands: its start leaves it in the background, its monitor and stop know it by a file. */
const COMMANDS = (file: string): string => `#!/bin/bash
case $1 in
  start) setsid bash -c 'while [ -e ${file} ]; do read -r up _ < /proc/uptime; echo "$up" > ${file}.up; sleep 0.02; done' \
    < /dev/null > /dev/null 2>&1 & touch ${file};;
  stop) read -r up _ < /proc/uptime; echo "$up" > ${file}.stopped; sleep 0.3; rm -f ${file};;
  monitor) [ -e ${file} ] || exit 7;;
esac
`;

const programs = builtPrograms();

let folder: ReturnType<typeof freshFolder>;
let runDir: string;
let runner: AgentRunner;
let writer: Writer | null;
let served: ProcessIdentity[];
beforeEach(() => {
  folder = freshFolder();
  runDir = join(folder.path, 'run');
  writer = null;
  served = [];
  runner = createAgentRunner({ node: NODE, stateDir: runDir, log: { event: () => undefined } });
});
afterEach(async () => {
  writer?.signal('SIGCONT');
  await writer?.kill();
  await endGuard(runDir);
  for (const id of ['web', 'db']) await runner.run(operation('kill', resource('script', { run: ['true'] }, id)));
  for (const service of served) if (isAlive(service)) process.kill(-service.pid, 'SIGKILL');
  runner.close();
  folder.remove();
});

/** Starts a service that ticks; returns its process. */
async function serve(id = 'web', program = TICKING): Promise<ProcessIdentity> {
  const script = writeScript(join(folder.path, `service-${id}`), program(tickFile(id)));
  expect(await runner.run(operation('start', resource('script', { run: [script] }, id)))).toEqual({ kind: 'done' });
  await until('it ticks', () => existsSync(tickFile(id)));
  const { leader }: { leader: ProcessIdentity } = JSON.parse(readFileSync(join(runDir, `kept/${id}.json`), 'utf8'));
  served.push(leader);
  return leader;
}

function tickFile(id: string): string {
  return join(folder.path, `tick-${id}`);
}

/** The node's time at the service's last sign of life. */
function lastTickMs(id = 'web'): number {
  return Number(readFileSync(tickFile(id), 'utf8')) * 1000;
}

/** A resource of own commands, with the orders for it. */
function ownCommands(): { readonly db: ResourceSpec; readonly stop: GuardedStop; readonly file: string } {
  const file = join(folder.path, 'db');
  const script = writeScript(join(folder.path, 'commands'), COMMANDS(file));
  const params = { start: [script, 'start'], stop: [script, 'stop'], monitor: [script, 'monitor'] };
  const stop = { resource: 'db', type: 'script', params, timeoutMs: 10_000, membersBefore: 1 };
  return { db: resource('script', params, 'db'), stop, file };
}

async function guard(): Promise<NamedProcess> {
  const child = startGuard(
    { runDir, node: NODE, owner: keptOwner({ node: NODE, folder: join(runDir, 'kept') }), software: 'test' },
    programs().guard,
  );
  return until('the guard is named', () => {
    const named = readNamed(runDir, GUARD_FILES.guard);
    return named?.pid === child.pid ? named : null;
  });
}

async function keepOrders(settings: Partial<WriterSettings> = {}): Promise<Writer> {
  writer = await Writer.start(programs().writer, {
    runDir,
    everyMs: 50,
    leaseMs: 1000,
    budgetMs: 2000,
    members: [WEB],
    ...settings,
  });
  return writer;
}

/** Acts of the guard as they come, when the first is there. */
function acts(): Promise<readonly GuardAct[]> {
  return until('the guard has acted', () => {
    const found = takeActs(runDir);
    return found.length > 0 ? found : null;
  });
}

/** On Node 20 45 MiB. A later Node has nearly as much when it does nothing at all: there the guard may add 8 MiB to that. */
function residentKibMax(): number {
  if (process.version.startsWith('v20.')) return 45 * 1024;
  const tell = `import { readFileSync } from 'node:fs'; setTimeout(() => console.log(readFileSync('/proc/self/status', 'utf8')), 300)`;
  const words = [...GUARD_NODE_OPTIONS, '--input-type=module', '-e', tell];
  const { stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return Number(/^VmRSS:\s+(\d+)/m.exec(stdout)?.[1]) + 8 * 1024;
}

function ordersOnDisk(): GuardedLease {
  const { text }: { text: string } = JSON.parse(readFileSync(join(runDir, 'guard.json'), 'utf8'));
  return JSON.parse(text).leases[0];
}

describe('R13 a guard', () => {
  it('ends the services of a daemon that was killed, and not before their lease has ended', async () => {
    const service = await serve();
    await guard();
    const daemon = await keepOrders();

    await daemon.kill();

    const [act] = await acts();
    expect(isAlive(service)).toBe(false);
    expect(lastTickMs()).toBeGreaterThan(ordersOnDisk().validUntilMs);
    expect(act).toMatchObject({ key: 'web', epoch: 7, daemon: 'gone', ended: ['web'], left: [], withoutKillPath: [] });
  });

  it('ends the services of a daemon that stands still, which finds them down when it goes on', async () => {
    const service = await serve();
    await guard();
    const daemon = await keepOrders();

    daemon.signal('SIGSTOP');

    const [act] = await acts();
    expect(isAlive(service)).toBe(false);
    expect(lastTickMs()).toBeGreaterThan(ordersOnDisk().validUntilMs);
    expect(act).toMatchObject({ daemon: 'idle', ended: ['web'] });
    expect(await runner.run(operation('probe', resource('script', { run: ['true'] })))).toEqual({ kind: 'stopped' });
  });

  it('leaves alone what is renewed', async () => {
    const service = await serve();
    await guard();
    const daemon = await keepOrders({ leaseMs: 4000, budgetMs: 500 });

    const first = daemon.kept[0]?.deadByMs ?? 0;
    const clock = systemClock();
    await until('the first deadline is over', () => clock.nowMs() > first + 500);

    expect(isAlive(service)).toBe(true);
    expect(takeActs(runDir)).toEqual([]);
  });

  it('leaves alone what orders of another boot are about', async () => {
    const service = await serve();
    await guard();
    await keepOrders({ everyMs: null, leaseMs: 0, budgetMs: 10, boot: 'another' });

    const clock = systemClock();
    const fromMs = clock.nowMs();
    await until('the guard has looked since', () => (readStanding(runDir)?.atMs ?? 0) > fromMs);

    expect(isAlive(service)).toBe(true);
    expect(takeActs(runDir)).toEqual([]);
  });

  it('never signals a process that only has the pid of a service', async () => {
    await serve('db');
    const bystander = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    const pid = bystander.pid ?? 0;
    const identity = readProcess(pid);
    const leader = { pid, startTicks: (identity?.startTicks ?? 0) - 1 };
    const record = { resource: 'web', bootId: readBootId(), command: '', leader, members: [leader] };
    writeFileSync(join(runDir, 'kept/web.json'), JSON.stringify(record));
    await guard();

    await keepOrders({ everyMs: null, leaseMs: 0, members: [WEB, { ...WEB, resource: 'db' }] });

    expect((await acts())[0]?.ended).toContain('db');
    expect(identity !== null && isAlive(identity)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  it('ends the others when one member has no kill path, and says which that is', async () => {
    const service = await serve();
    await guard();

    await keepOrders({ everyMs: null, leaseMs: 0, withoutKillPath: ['db'] });

    const [act] = await acts();
    expect(isAlive(service)).toBe(false);
    expect(act).toMatchObject({ ended: ['web'], withoutKillPath: ['db'] });
  });

  it('gives way to a newer guard, which ends the services all the same', async () => {
    const service = await serve();
    const older = await guard();
    await keepOrders({ everyMs: null });

    const newer = await guard();

    await until('the older one has ended', () => !isAlive(older));
    await acts();
    expect(isAlive(service)).toBe(false);
    expect(lastTickMs()).toBeGreaterThan(ordersOnDisk().validUntilMs);
    expect(isAlive(newer)).toBe(true);
  });

  it('ends itself when everything was handed over', async () => {
    const standing = await guard();
    const daemon = await keepOrders();

    await daemon.leave();

    await until('the guard has ended', () => !isAlive(standing));
    expect(takeActs(runDir)).toEqual([]);
  });

  it('stops by its own command what has no kill path, when the lease has ended and long before the deadline', async () => {
    const { db, stop, file } = ownCommands();
    expect(await runner.run(operation('start', db))).toEqual({ kind: 'done' });
    const service = await serve();
    await guard();
    const daemon = await keepOrders({ budgetMs: 10_000, stops: [stop], withoutKillPath: ['db'] });

    await daemon.kill();

    const [act] = await acts();
    const { validUntilMs, deadByMs } = ordersOnDisk();
    expect(act).toMatchObject({ daemon: 'gone', ended: ['db', 'web'], left: [], withoutKillPath: [] });
    expect(existsSync(file)).toBe(false);
    expect(isAlive(service)).toBe(false);
    const stoppedAtMs = Number(readFileSync(`${file}.stopped`, 'utf8')) * 1000;
    // The uptime is rounded down to 10 ms.
    expect(stoppedAtMs + 10).toBeGreaterThan(validUntilMs);
    expect(stoppedAtMs).toBeLessThan(deadByMs);
  });

  it.each([
    ['as it is', TICKING],
    ['by a name of its own', RENAMED],
  ])('ends a service that runs %s, and itself, when the run directory is removed', async (_, program) => {
    const service = await serve('web', program);
    const standing = await guard();
    const daemon = await keepOrders();
    await until('a renewal was kept', () => daemon.kept.length > 4);

    await daemon.kill();
    rmSync(runDir, { recursive: true });

    await until('the guard has ended', () => !isAlive(standing));
    expect(isAlive(service)).toBe(false);
    expect(lastTickMs()).toBeGreaterThan(daemon.kept.at(-1)?.validUntilMs ?? Number.POSITIVE_INFINITY);
    expect(existsSync(runDir)).toBe(false);
  });

  it('is small, at work as at rest', async () => {
    await serve();
    const { db, stop } = ownCommands();
    await runner.run(operation('start', db));
    const standing = await guard();
    const members: readonly GuardedMember[] = [WEB, { resource: 'vip', path: { kind: 'noop' } }];
    await keepOrders({ everyMs: null, leaseMs: 0, members, stops: [stop], withoutKillPath: ['db'] });
    expect((await acts())[0]?.ended).toEqual(['db', 'vip', 'web']);

    const status = readFileSync(`/proc/${standing.pid}/status`, 'utf8');
    const residentKib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
    console.log(`a guard has ${(residentKib / 1024).toFixed(1)} MiB resident`);
    expect(residentKib).toBeLessThanOrEqual(residentKibMax());
  });
});

describe('R13 a guard that feeds a watchdog', () => {
  let device: string;
  beforeEach(() => {
    device = join(folder.path, 'watchdog');
    writeFileSync(device, '');
  });

  /** Times at which it was fed, and whether it was told to watch no longer. */
  function fed(): { readonly atMs: readonly number[]; readonly isClosed: boolean } {
    const lines = readFileSync(device, 'utf8').trim().split('\n');
    return {
      atMs: lines.flatMap((line) => (line.startsWith('fed ') ? [Number(line.slice(4))] : [])),
      isClosed: lines.at(-1) === 'V',
    };
  }

  it('feeds it while the lease outlives it, and tells it to watch no longer when all is handed over', async () => {
    const standing = await guard();
    const daemon = await keepOrders({ leaseMs: 3000, budgetMs: 3000, watchdog: { device, timeoutMs: 1000 } });
    await until('it was fed three times', () => fed().atMs.length >= 3);

    await daemon.leave();

    await until('the guard has ended', () => !isAlive(standing));
    expect(fed().isClosed).toBe(true);
  });

  it('never feeds it past a deadline of what it cannot end', async () => {
    const standing = await guard();
    const daemon = await keepOrders({
      leaseMs: 1000,
      budgetMs: 2000,
      members: [],
      withoutKillPath: ['db'],
      watchdog: { device, timeoutMs: 1000 },
    });
    await until('it is fed', () => fed().atMs.length > 0);

    await daemon.kill();

    await until('the guard has ended', () => !isAlive(standing), 30_000);
    const last = fed().atMs.at(-1) ?? Number.POSITIVE_INFINITY;
    expect(last + 1000).toBeLessThanOrEqual(ordersOnDisk().deadByMs);
    expect(fed().isClosed).toBe(false);
  });

  it('goes on feeding it when it could end everything', async () => {
    const service = await serve();
    await guard();
    const daemon = await keepOrders({ watchdog: { device, timeoutMs: 1000 } });
    await until('it is fed', () => fed().atMs.length > 0);

    await daemon.kill();

    const { deadByMs } = ordersOnDisk();
    await until('it is fed for longer than the deadline', () => (fed().atMs.at(-1) ?? 0) > deadByMs);
    expect(isAlive(service)).toBe(false);
  });
});
