import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import { freshFolder, writeScript } from './harness/folder.js';
import type { NetNamespace } from './harness/net-namespace.js';
import { makeJoinedPair } from './harness/net-namespace.js';
import { operation, resource } from './harness/operation.js';
import { ARPING, describeWith, IP, OCF_AGENTS } from './harness/requirements.js';
import { buildRunnerProgram, RunnerProcess } from './harness/runner-process.js';
import { until } from './harness/until.js';

describeWith('an address that is watched', { files: [IP, ARPING, OCF_AGENTS], namespaces: ['--net'] }, () => {
  let program: string;
  let folder: ReturnType<typeof freshFolder>;
  let here: NetNamespace;
  let there: NetNamespace;
  let runner: RunnerProcess;
  beforeAll(async () => {
    program = await buildRunnerProgram();
  });
  beforeEach(async () => {
    folder = freshFolder();
    ({ here, there } = await makeJoinedPair());
    runner = newRunner();
  });
  afterEach(async () => {
    await runner.end();
    here.end();
    there.end();
    folder.remove();
  });

  function newRunner(path?: string): RunnerProcess {
    const settings = { node: 'lb1', stateDir: join(folder.path, 'run'), ...(path === undefined ? {} : { path }) };
    return new RunnerProcess(program, settings, here.enter);
  }

  function vip(id = 'vip', params: ResourceSpec['params'] = {}): ResourceSpec {
    return resource('builtin:vip', { address: '10.7.0.50/24', duplicateCheck: 'false', ...params }, id);
  }

  /** The `ip monitor` of the runner, by its record. */
  function monitorPid(): number {
    const calls = join(folder.path, 'run/calls');
    const [name] = existsSync(calls) ? readdirSync(calls) : [];
    return name === undefined ? 0 : (JSON.parse(readFileSync(join(calls, name), 'utf8')).leader?.pid ?? 0);
  }

  /** Waits until `ip monitor` listens, which it says nothing of: in this network nothing else does. Source: /proc/net/netlink has the groups that a socket listens to in its fourth column. */
  async function listening(): Promise<void> {
    const groups = (row: string): number => Number.parseInt(row.split(/\s+/)[3] ?? '', 16);
    const rows = (): string[] => here.run(['cat', '/proc/net/netlink']).split('\n');
    await until('"ip monitor" listens', () => rows().some((row) => groups(row) > 0));
  }

  /** Starts it, and waits until what happens from now on is told. */
  async function start(...resources: readonly ResourceSpec[]): Promise<void> {
    for (const each of resources) expect(await runner.run(operation('start', each))).toEqual({ kind: 'done' });
    await until('the nudge with which it begins', () => runner.nudges.length > 0);
    await listening();
    // One for each, of which any may be on its way still: an answer comes after them.
    for (const each of resources) expect(await runner.run(operation('monitor', each))).toEqual({ kind: 'running' });
    runner.nudges.length = 0;
  }

  it('is told of when it is removed, by its value, and alone', async () => {
    const other = vip('other', { address: 'FD07::0051/64' });
    await start(vip(), other);
    here.ip('address del 10.7.0.50/24 dev eth0');
    await until('a nudge', () => runner.nudges.length > 0);
    here.ip('address del fd07::51/64 dev eth0');
    await until('another', () => runner.nudges.length > 1);
    expect(runner.nudges).toEqual(['vip', 'other']);
  });

  it('of an OCF agent is told of as well', async () => {
    await start(resource('ocf:heartbeat:IPaddr2', { ip: '10.7.0.50', nic: 'eth0', cidr_netmask: '24' }, 'vip'));
    here.ip('address del 10.7.0.50/24 dev eth0');
    await until('a nudge', () => runner.nudges.includes('vip'));
  });

  it('is told of when its link is lost, and not when another one is', async () => {
    here.ip('link add eth1 type veth peer name eth2');
    here.ip('address add 10.8.0.1/24 dev eth1');
    here.ip('link set eth1 up');
    here.ip('link set eth2 up');
    await start(vip(), vip('other', { address: '10.8.0.50/24' }));
    here.ip('link set eth2 down');
    await until('a nudge', () => runner.nudges.length > 0);
    expect(new Set(runner.nudges)).toEqual(new Set(['other']));
    there.ip('link set eth0 down');
    await until('a nudge of the other', () => runner.nudges.includes('vip'));
  });

  it('that is found running is told of', async () => {
    here.ip('address add 10.7.0.50/24 dev eth0');
    expect(await runner.run(operation('probe', vip()))).toEqual({ kind: 'running' });
    await until('the first nudge', () => runner.nudges.length > 0);
    await listening();
    here.ip('address del 10.7.0.50/24 dev eth0');
    await until('a nudge', () => runner.nudges.length > 1);
  });

  it('is looked at again when "ip monitor" was killed and runs anew, and both is said', async () => {
    await start(vip());
    process.kill(monitorPid(), 'SIGKILL');
    await until('it runs again', () => runner.eventsLost.length > 1);
    expect(runner.eventsLost).toEqual(['no addresses: "ip monitor" ended (SIGKILL)', 'addresses again']);
    await until('a nudge', () => runner.nudges.length > 0);
    await listening();
    here.ip('address del 10.7.0.50/24 dev eth0');
    await until('another', () => runner.nudges.length > 1);
  });

  it('needs an "ip" that can tell, and without one it is said why not', async () => {
    await runner.end();
    const bin = join(folder.path, 'bin');
    const refuse = '[ "$2" = monitor ] && { echo "Cannot open netlink socket" >&2; exit 2; }';
    writeScript(join(bin, 'ip'), `#!/bin/sh\nPATH=/usr/sbin:/sbin:/usr/bin:/bin\n${refuse}\nexec ip "$@"\n`);
    runner = newRunner(bin);
    expect(await runner.run(operation('start', vip()))).toEqual({ kind: 'done' });
    await until('it is said', () => runner.eventsLost.length > 0);
    expect(runner.eventsLost[0]).toBe('no addresses: "ip monitor" ended (exit code 2: Cannot open netlink socket)');
    rmSync(join(bin, 'ip'));
    const isMissed = (told: string): boolean => /^no addresses: "ip monitor" cannot be run: .*ENOENT/.test(told);
    await until('that it is not there is said', () => runner.eventsLost.some(isMissed));
  });

  it('is watched by one program, which the next daemon ends if this one is killed', async () => {
    await start(vip(), vip('other', { address: '10.7.0.51/24' }));
    expect(readdirSync(join(folder.path, 'run/calls'))).toHaveLength(1);
    const left = monitorPid();
    await runner.killHard();
    expect(existsSync(`/proc/${left}`)).toBe(true);
    runner = newRunner();
    await runner.run(operation('probe', vip()));
    await until('it is gone', () => !existsSync(`/proc/${left}`));
    expect(runner.log).toEqual([expect.stringContaining('watch of events of "addresses"')]);
  });

  it('is watched by nobody when the runner has ended', async () => {
    await start(vip());
    const pid = monitorPid();
    await runner.end();
    await until('it is gone', () => !existsSync(`/proc/${pid}`));
    expect(readdirSync(join(folder.path, 'run/calls'))).toEqual([]);
    runner = newRunner();
  });
});
