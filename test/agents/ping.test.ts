import { spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { freshFolder } from './harness/folder.js';
import type { NetNamespace } from './harness/net-namespace.js';
import { makeJoinedPair } from './harness/net-namespace.js';
import { until } from './harness/until.js';
import { describeWith, FPING, IP, NFT, PING } from './harness/requirements.js';
import { buildRunnerProgram, RunnerProcess } from './harness/runner-process.js';

describeWith('a ping', { files: [IP, NFT, PING, FPING], namespaces: ['--net'] }, () => {
  let program: string;
  let folder: ReturnType<typeof freshFolder>;
  beforeAll(async () => {
    folder = freshFolder();
    program = await buildRunnerProgram();
    return () => folder.remove();
  });

  let here: NetNamespace;
  let there: NetNamespace;
  let runner: RunnerProcess | null;
  beforeEach(async () => {
    ({ here, there } = await makeJoinedPair());
    runner = null;
  });
  afterEach(async () => {
    await runner?.end();
    here.end();
    there.end();
  });

  function start(options: { readonly path?: string; readonly before?: readonly string[] } = {}): RunnerProcess {
    const { path, before = [] } = options;
    const settings = { node: 'lb1', stateDir: join(folder.path, 'run'), ...(path === undefined ? {} : { path }) };
    runner = new RunnerProcess(program, settings, [...here.enter, ...before]);
    return runner;
  }

  it('counts the hosts that answer, IPv4 and IPv6', async () => {
    const hosts = ['10.7.0.2', 'fd07::2', '10.7.0.99', 'fd07::99'];
    expect(await start().ping(hosts, 1000, 3)).toBe(2);
  });

  it('asks more hosts than are asked at once', async () => {
    expect(await start().ping(Array<string>(20).fill('10.7.0.2'), 1000, 1)).toBe(20);
  });

  it('counts a network that cannot be reached, a name that is none and a name that looks like an option as no answer', async () => {
    expect(await start().ping(['10.99.0.1', 'no-such-host.invalid', '-f'], 300, 1)).toBe(0);
  });

  it('asks again before it gives a host up', async () => {
    // The first request is lost: the neighbour's filter lets a packet through only after it has seen one.
    there.run([
      'nft',
      'add table inet lossy; add chain inet lossy input { type filter hook input priority 0; }; add rule inet lossy input icmp type echo-request limit rate over 1/day burst 1 packets accept; add rule inet lossy input icmp type echo-request drop',
    ]);
    expect(await start().ping(['10.7.0.2'], 200, 1)).toBe(0);
    expect(await start().ping(['10.7.0.2'], 200, 2)).toBe(1);
  });

  it('counts ports that take a connection, and those that refuse or ignore it not', async () => {
    const listen =
      'for (const host of ["10.7.0.2", "fd07::2"]) require("net").createServer((socket) => socket.on("error", () => {})).listen(80, host)';
    const server = spawn('nsenter', [...there.enter.slice(1), process.execPath, '-e', listen], { stdio: 'ignore' });
    there.run([
      'nft',
      'add table inet deaf; add chain inet deaf input { type filter hook input priority 0; }; add rule inet deaf input tcp dport 81 drop',
    ]);
    const ports = ['tcp:10.7.0.2:80', 'tcp:[fd07::2]:80', 'tcp:10.7.0.2:81', 'tcp:10.7.0.2:82', 'tcp:10.99.0.1:80'];
    const running = start();
    await until('the ports are there', async () => (await running.ping(ports.slice(0, 2), 1000, 1)) === 2);
    expect(await running.ping(ports, 1000, 1)).toBe(2);
    server.kill();
  });

  it('asks by fping where ping is not installed, and is not known where neither is', async () => {
    symlinkSync(FPING.path, join(folder.path, 'fping'));
    const hosts = ['10.7.0.2', 'fd07::2', '10.7.0.99', 'no-such-host.invalid'];
    expect(await start({ path: folder.path }).ping(hosts, 1000, 3)).toBe(2);
    await runner?.end();
    expect(await start({ path: '/nowhere' }).ping(['10.7.0.2'], 300, 1)).toBeNull();
  });

  it('is not known where ping is not permitted', async () => {
    here.run(['sh', '-c', 'echo 1 0 > /proc/sys/net/ipv4/ping_group_range']);
    const before = ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw', '--'];
    expect(await start({ before }).ping(['10.7.0.2'], 300, 1)).toBeNull();
  });
});
