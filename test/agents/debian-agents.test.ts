/**
 * Agents of Debian's resource-agents, run for real: looked for, started, looked at in the depths that they declare, stopped, and looked for again.
 *
 * They live in namespaces of their own, which end with the test whatever it left running. The list in docs/agents.md is this list.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCatalogue } from '../../src/agents/read-catalogue.js';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import { freshFolder } from './harness/folder.js';
import { operation, resource } from './harness/operation.js';
import { describeWith, OCF_AGENTS } from './harness/requirements.js';
import { buildRunnerProgram, RunnerProcess } from './harness/runner-process.js';

const NEEDED = [
  OCF_AGENTS,
  { path: '/usr/sbin/nginx', debianPackage: 'nginx-light' },
  { path: '/usr/sbin/apache2', debianPackage: 'apache2' },
  { path: '/usr/bin/redis-server', debianPackage: 'redis-server' },
  { path: '/usr/sbin/mkfs.xfs', debianPackage: 'xfsprogs' },
  { path: '/bin/fuser', debianPackage: 'psmisc' },
  { path: '/usr/bin/curl', debianPackage: 'curl' },
];

/** A network with one interface, and a `/run` without anything of the machine's. The shell stays, to reap what services leave. */
const INSIDE = `mount -t tmpfs tmpfs /run && mkdir -p /run/resource-agents && ip link set lo up &&
  ip link add eth0 type veth peer name eth1 && ip link set eth1 up && ip address add 10.7.0.1/24 dev eth0 && ip address add fd07::1/64 dev eth0 nodad &&
  ip link set eth0 up && "$@"; exit`;

/** Deeper looks want programs of the user's own. */
const DEPTH_MAX = 10;

/** The agents, with parameters for a folder. */
const CASES: Readonly<Record<string, (folder: string) => ResourceSpec['params']>> = {
  Dummy: (folder) => ({ state: join(folder, 'dummy') }),
  'Filesystem (XFS on a loop device)': (folder) => {
    const image = join(folder, 'disk');
    execFileSync('truncate', ['--size=300M', image]);
    execFileSync('mkfs.xfs', ['-q', image]);
    mkdirSync(join(folder, 'mounted'));
    return { device: image, directory: join(folder, 'mounted'), fstype: 'xfs', options: 'loop' };
  },
  'IPaddr2 (IPv4)': () => ({ ip: '10.7.0.60', cidr_netmask: '24', nic: 'eth0' }),
  'IPaddr2 (IPv6)': () => ({ ip: 'fd07::60', cidr_netmask: '64', nic: 'eth0' }),
  Stateful: (folder) => ({ state: join(folder, 'stateful') }),
  'apache (with its status page)': (folder) => {
    const modules = '/usr/lib/apache2/modules';
    writeFileSync(
      join(folder, 'apache.conf'),
      `ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/apache.pid
ErrorLog ${folder}/apache.log
Listen 127.0.0.1:8082
LoadModule mpm_event_module ${modules}/mod_mpm_event.so
LoadModule authz_core_module ${modules}/mod_authz_core.so
LoadModule status_module ${modules}/mod_status.so
<Location /server-status>
  SetHandler server-status
</Location>
`,
    );
    return { configfile: join(folder, 'apache.conf'), statusurl: 'http://127.0.0.1:8082/server-status' };
  },
  nginx: (folder) => {
    writeFileSync(
      join(folder, 'nginx.conf'),
      `pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; events {}
http { access_log off; server { listen 127.0.0.1:8081; location / { return 200 ok; } } }
`,
    );
    return { configfile: join(folder, 'nginx.conf'), status10url: 'http://127.0.0.1:8081/', status10regex: 'ok' };
  },
  redis: (folder) => {
    writeFileSync(join(folder, 'redis.conf'), `dir ${folder}\nport 6390\nbind 127.0.0.1\nsave ""\n`);
    return {
      config: join(folder, 'redis.conf'),
      port: '6390',
      user: 'root',
      rundir: join(folder, 'redis'),
      socket_name: 'socket',
      pidfile_name: 'pid',
    };
  },
  symlink: (folder) => {
    writeFileSync(join(folder, 'target'), '');
    return { target: join(folder, 'target'), link: join(folder, 'link') };
  },
};

function agentOf(name: string): string {
  return `ocf:heartbeat:${name.split(' ')[0] ?? ''}`;
}

describeWith("agents of Debian's resource-agents", { files: NEEDED, namespaces: ['--net', '--mount', '--pid'] }, () => {
  let folder: ReturnType<typeof freshFolder>;
  let runner: RunnerProcess;
  let catalogue: Awaited<ReturnType<typeof readCatalogue>>;
  beforeAll(async () => {
    folder = freshFolder();
    catalogue = await readCatalogue({ types: Object.keys(CASES).map(agentOf) });
    const program = await buildRunnerProgram();
    runner = new RunnerProcess(program, { node: 'lb1', stateDir: join(folder.path, 'state') }, [
      'unshare',
      '--net',
      '--mount',
      '--pid',
      '--mount-proc',
      '--kill-child',
      'sh',
      '-c',
      INSIDE,
      'sh',
    ]);
  });
  afterAll(async () => {
    await runner.killHard();
    folder.remove();
  });

  it('are those that docs/agents.md names', () => {
    const page = readFileSync(new URL('../../docs/agents.md', import.meta.url), 'utf8');
    const list = /^Run for real by the tests: (.*)\.$/m.exec(page)?.[1]?.replaceAll('`', '').split(', ');
    expect(list).toEqual(Object.keys(CASES));
  });

  it.each(Object.entries(CASES))('%s', async (name, paramsIn) => {
    const type = agentOf(name);
    const own = join(folder.path, name.replace(/\W/g, '-'));
    mkdirSync(own);
    const thing = resource(type, paramsIn(own), name.replace(/\W/g, '-'));
    const run = (action: 'probe' | 'start' | 'monitor' | 'stop', depth = 0) =>
      runner.run(operation(action, thing, { depth, intervalMs: action === 'monitor' ? 10_000 : 0, timeoutMs: 40_000 }));
    const monitors = catalogue.agents[type]?.actions.filter((each) => each.name === 'monitor') ?? [];
    const depths = new Set(monitors.map(({ depth }) => depth).filter((depth) => depth <= DEPTH_MAX));
    expect(await run('probe')).toEqual({ kind: 'stopped' });
    expect(await run('start')).toEqual({ kind: 'done' });
    for (const depth of depths) expect([depth, await run('monitor', depth)]).toEqual([depth, { kind: 'running' }]);
    expect(await run('probe')).toEqual({ kind: 'running' });
    expect(await run('stop')).toEqual({ kind: 'done' });
    expect(await run('monitor')).toEqual({ kind: 'stopped' });
    expect(await run('stop')).toEqual({ kind: 'done' });
  });
});
