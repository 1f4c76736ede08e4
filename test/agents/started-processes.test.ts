import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { isAlive, readProcess } from '../../src/agents/process-table.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';
import { until } from './harness/until.js';

/** Starts, stops and looks for a daemon that has left its session and its parent, as daemons do. */
const AGENT = `#!/bin/bash
pidfile="$OCF_RESKEY_folder/$OCF_RESOURCE_INSTANCE.pid"
lives() { [ -s "$pidfile" ] && grep -qs '^State:[[:space:]]*[^Z]' "/proc/$(cat "$pidfile")/status"; }
case "$1" in
  start) lives || { setsid sleep 1000 >/dev/null 2>&1 & echo $! >"$pidfile"; }; exit 0 ;;
  stop) lives && kill "$(cat "$pidfile")"; while lives; do sleep 0.01; done; rm -f "$pidfile"; exit 0 ;;
  monitor) lives && exit 0; exit 7 ;;
esac
`;

let folder: ReturnType<typeof freshFolder>;
let runner: AgentRunner;
let log: ReturnType<typeof rememberingLog>;
let nudged: string[];
const service = (id = 'web') => resource('ocf:test:daemon', { folder: folder.path }, id);

function begin(): void {
  nudged = [];
  log = rememberingLog();
  runner = createAgentRunner({ node: 'lb1', stateDir: join(folder.path, 'run'), log, ocfRoot: folder.path });
  runner.onNudge((id) => nudged.push(id));
}

/** Whose ends were told. What another test file leaves without a parent meanwhile may be taken for a resource's, too. */
function told(): string[] {
  return [...new Set(nudged)];
}

/** The file in which the processes of a resource are written down. */
function recordOf(id: string): string {
  return join(folder.path, 'run/started', `${id}.json`);
}

async function start(id = 'web'): Promise<number> {
  expect(await runner.run(operation('start', service(id)))).toEqual({ kind: 'done' });
  await until('what it started is known', () => existsSync(recordOf(id)));
  return Number(readFileSync(join(folder.path, `${id}.pid`), 'utf8'));
}

async function end(pid: number): Promise<void> {
  const row = readProcess(pid);
  process.kill(pid, 'SIGKILL');
  await until('it is gone', () => row !== null && !isAlive(row));
}

beforeEach(() => {
  folder = freshFolder();
  writeScript(join(folder.path, 'resource.d/test/daemon'), AGENT);
  begin();
});
afterEach(async () => {
  for (const id of ['web', 'db']) await runner.run(operation('stop', service(id)));
  runner.close();
  folder.remove();
});

describe('a process that the start of an agent left running', () => {
  it('tells of its end, which is then looked at', async () => {
    await end(await start());
    await until('its end is told', () => nudged.length > 0);
    expect(told()).toEqual(['web']);
    expect(await runner.run(operation('monitor', service()))).toEqual({ kind: 'stopped' });
  });

  it('tells of it to the next daemon too, once that has found it running', async () => {
    const pid = await start();
    runner.close();
    begin();
    expect(await runner.run(operation('probe', service()))).toEqual({ kind: 'running' });
    await end(pid);
    await until('its end is told', () => nudged.length > 0);
    expect(told()).toEqual(['web']);
  });

  it('is of no concern once it was stopped, and nothing is kept of it', async () => {
    await start();
    const second = await start('db');
    expect(await runner.run(operation('stop', service()))).toEqual({ kind: 'done' });
    expect(readdirSync(join(folder.path, 'run/started'))).toEqual(['db.json']);
    nudged = [];
    await end(second);
    await until('the end of the other is told', () => nudged.length > 0);
    expect(told()).toEqual(['db']);
  });

  it('is watched even where it cannot be written down, which is said', async () => {
    rmSync(join(folder.path, 'run/started'), { recursive: true });
    expect(await runner.run(operation('start', service()))).toEqual({ kind: 'done' });
    await until('that is said', () => log.sentences.length > 0);
    expect(log.sentences[0]?.sentence).toMatch(/^not all is known of what the start of web left running: ENOENT/);
    await end(Number(readFileSync(join(folder.path, 'web.pid'), 'utf8')));
    await until('its end is told', () => nudged.includes('web'));
  });

  it('that bears the name of another resource is not taken for its own', async () => {
    await Promise.all([start(), start('db')]);
    const recorded = (id: string): number[] =>
      JSON.parse(readFileSync(recordOf(id), 'utf8')).processes.map(({ pid }: { pid: number }) => pid);
    const pidOf = (id: string): number => Number(readFileSync(join(folder.path, `${id}.pid`), 'utf8'));
    expect(recorded('web')).toContain(pidOf('web'));
    expect(recorded('web')).not.toContain(pidOf('db'));
    expect(recorded('db')).not.toContain(pidOf('web'));
  });
});
