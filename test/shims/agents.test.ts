import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { SHIMS } from '../../src/shims/all-shims.js';
import { writeShims } from '../../src/shims/write-shims.mjs';
import { buildInto } from '../agents/harness/build-programs.js';
import { freshFolder, writeScript } from '../agents/harness/folder.js';
import { operation, rememberingLog, resource } from '../agents/harness/operation.js';
import { describeWith, OCF_AGENTS, PACEMAKER_AGENTS, PING } from '../agents/harness/requirements.js';
import { clusterSocket } from './cluster-socket.js';

let folder: ReturnType<typeof freshFolder>;
let socket: Awaited<ReturnType<typeof clusterSocket>>;
let shims = '';
beforeAll(async () => {
  folder = freshFolder();
  socket = await clusterSocket(folder.path);
  shims = join(folder.path, 'shims');
  await buildInto(shims, { main: new URL('../../src/shims/main.ts', import.meta.url) });
  execFileSync('mv', [join(shims, 'main.mjs'), join(shims, 'main.js')]);
  writeScript(join(shims, 'package.json'), '{ "type": "module" }');
  writeShims(shims);
});
afterAll(async () => {
  await socket.close();
  folder.remove();
});

async function attributes(): Promise<string[]> {
  const { attributes: all } = await socket.attributes();
  return all.map(({ node, name, value }) => `${node ?? 'all'} ${name}=${value}`);
}

function runnerFor(ocfRoot?: string) {
  return createAgentRunner({
    node: 'n1',
    stateDir: join(folder.path, 'run'),
    log: rememberingLog(),
    shims: { folder: shims, socketPath: socket.path },
    ...(ocfRoot === undefined ? {} : { ocfRoot }),
  });
}

describe('the programs', () => {
  it('are those that main.ts knows', () => {
    const written = readdirSync(shims).filter((name) => !name.includes('.'));
    expect(written.sort()).toEqual(Object.keys(SHIMS).sort());
  });

  it('are found by an agent in its path and where its library looks, before those of the machine', async () => {
    writeScript(
      join(folder.path, 'ocf/resource.d/test/thing'),
      `#!/bin/sh
      command -v crm_node > ${folder.path}/found; $HA_SBIN_DIR/crm_node -n >> ${folder.path}/found
      crm_attribute -p -v 7; exit $?\n`,
    );
    const runner = runnerFor(join(folder.path, 'ocf'));
    const thing = resource('ocf:test:thing', {}, 'thing');
    expect(await runner.run({ ...operation('start', thing), node: 'n1' })).toEqual({ kind: 'done' });
    runner.close();
    expect(readFileSync(join(folder.path, 'found'), 'utf8')).toBe(`${shims}/crm_node\nn1\n`);
    expect(await attributes()).toContain('n1 master-thing=7');
  });
});

describeWith('an agent of the resource-agents package', { files: [OCF_AGENTS] }, () => {
  it('keeps its promotion score here', async () => {
    const stateful = resource('ocf:heartbeat:Stateful', { state: join(folder.path, 'stateful') }, 'db');
    const runner = runnerFor();
    const run = (action: 'start' | 'monitor' | 'stop') => runner.run({ ...operation(action, stateful), node: 'n1' });
    expect(await run('start')).toEqual({ kind: 'done' });
    expect(await attributes()).toContain('n1 master-db=5');
    expect(await run('stop')).toEqual({ kind: 'done' });
    runner.close();
    expect(await attributes()).not.toContain('n1 master-db=5');
  });
});

describeWith("Pacemaker's own ping agent", { files: [PING, PACEMAKER_AGENTS] }, () => {
  it('keeps the number of hosts that answer where a placement rule finds it, and takes it away when it stops', async () => {
    const params = {
      host_list: '127.0.0.1 127.0.0.2',
      multiplier: '1000',
      dampen: '1s',
      pidfile: join(folder.path, 'ping'),
    };
    const ping = resource('ocf:pacemaker:ping', params, 'gateways');
    const runner = runnerFor();
    const run = (action: 'probe' | 'start' | 'monitor' | 'stop') =>
      runner.run({ ...operation(action, ping), node: 'n1' });
    expect(await run('probe')).toEqual({ kind: 'stopped' });
    expect(await run('start')).toEqual({ kind: 'done' });
    expect(await attributes()).toContain('n1 pingd=2000');
    expect(await run('monitor')).toEqual({ kind: 'running' });
    expect(await run('stop')).toEqual({ kind: 'done' });
    expect(await run('monitor')).toEqual({ kind: 'stopped' });
    expect(await attributes()).not.toContainEqual(expect.stringContaining('pingd'));
    runner.close();
  });
});
