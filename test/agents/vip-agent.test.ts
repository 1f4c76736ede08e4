import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import type { OperationAction, Outcome } from '../../src/model/operation.js';
import { freshFolder, writeScript } from './harness/folder.js';
import type { NetNamespace } from './harness/net-namespace.js';
import { makeJoinedPair, resetPair } from './harness/net-namespace.js';
import { operation, resource } from './harness/operation.js';
import { ARPING, describeWith, IP, NDPTOOL, OCF_AGENTS, TCPDUMP } from './harness/requirements.js';
import { buildRunnerProgram, RunnerProcess } from './harness/runner-process.js';
import { until } from './harness/until.js';

describeWith('builtin:vip', { files: [IP, ARPING, NDPTOOL, TCPDUMP, OCF_AGENTS], namespaces: ['--net'] }, () => {
  let program: string;
  let folder: ReturnType<typeof freshFolder>;
  let here: NetNamespace;
  let there: NetNamespace;
  let runner: RunnerProcess;
  /** Networks and runner serve many tests; one that changed more than addresses leaves new ones to the next. */
  let isFresh = false;
  beforeAll(async () => {
    folder = freshFolder();
    program = await buildRunnerProgram();
  });
  beforeEach(async () => {
    if (!isFresh) {
      ({ here, there } = await makeJoinedPair());
      runner = newRunner();
      isFresh = true;
    }
  });
  afterEach(async () => {
    if (isFresh) {
      await run('kill');
      await run('kill', { address: 'fd07::50/64' });
      resetPair({ here, there });
    } else {
      await endAll();
    }
  });
  afterAll(async () => {
    if (isFresh) {
      await endAll();
    }
    folder.remove();
  });

  async function endAll(): Promise<void> {
    await runner.end();
    here.end();
    there.end();
  }

  function newRunner(path?: string): RunnerProcess {
    const settings = { node: 'lb1', stateDir: join(folder.path, 'run'), ...(path === undefined ? {} : { path }) };
    return new RunnerProcess(program, settings, here.enter);
  }

  /** For the rest of the test, a runner that finds its programs elsewhere. */
  async function useRunner(path: string): Promise<void> {
    isFresh = false;
    await runner.end();
    runner = newRunner(path);
  }

  function vip(params: ResourceSpec['params'] = {}): ResourceSpec {
    return resource('builtin:vip', { address: '10.7.0.50/24', ...params }, 'vip');
  }

  function run(action: OperationAction, params: ResourceSpec['params'] = {}): Promise<Outcome> {
    return runner.run(operation(action, vip(params)));
  }

  /** A folder with a few of the system's programs and no others, as a PATH. */
  function pathWith(programs: readonly string[]): string {
    const bin = mkdtempSync(join(folder.path, 'bin-'));
    for (const name of programs) {
      writeScript(join(bin, name), `#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin exec ${name} "$@"\n`);
    }
    return bin;
  }

  /** The hardware address that the neighbour believes an address to have. */
  function believed(address: string): string | undefined {
    return /lladdr (\S+)/.exec(there.ip(`neigh show to ${address} dev eth0`))?.[1];
  }

  const hardwareAddress = (of: NetNamespace): string => /ether (\S+)/.exec(of.ip('link show eth0'))?.[1] ?? 'none';

  it.each(['10.7.0.50/24', 'fd07::50/64'])('takes %s, sees it, and gives it up', async (address) => {
    const [text = ''] = address.split('/');
    expect(await run('probe', { address })).toEqual({ kind: 'stopped' });
    expect(await run('start', { address })).toEqual({ kind: 'done' });
    expect(here.ip('-o address show dev eth0')).toContain(` ${address} `);
    expect(await run('probe', { address })).toEqual({ kind: 'running' });
    expect(await run('monitor', { address })).toEqual({ kind: 'running' });
    there.run(['ping', '-c', '1', '-W', '2', text]);
    expect(await run('stop', { address })).toEqual({ kind: 'done' });
    expect(here.holds(text)).toBe(false);
    expect(await run('monitor', { address })).toMatchObject({ kind: 'stopped' });
  });

  it('can be used at once with IPv6, and is not chosen for connections of this machine', async () => {
    await run('start', { address: 'fd07::50/64' });
    expect(here.ip('-6 -o address show dev eth0 to fd07::50')).toMatch(/deprecated nodad|nodad deprecated/);
    expect(here.ip('-6 route get fd07::2')).toContain('src fd07::1');
  });

  it('knows its address by value, however it is written', async () => {
    await run('start', { address: 'fd07::50/64' });
    expect(await run('probe', { address: 'FD07:0:0:0:0:0:0:50/64' })).toEqual({ kind: 'running' });
    expect(await run('probe', { address: 'fd07::5/64' })).toEqual({ kind: 'stopped' });
    expect(await run('stop', { address: 'FD07:0::0050/64' })).toEqual({ kind: 'done' });
    expect(here.holds('fd07::50')).toBe(false);
  });

  it('takes the length of the subnet from the interface when none is written', async () => {
    await run('start', { address: '10.7.0.50' });
    expect(here.ip('-o address show')).toContain(' 10.7.0.50/24 ');
  });

  it('wears a label', async () => {
    await run('start', { label: 'web' });
    expect(here.ip('address show label eth0:web')).toContain('10.7.0.50');
  });

  it('is started twice and stopped twice without complaint', async () => {
    expect(await run('start')).toEqual({ kind: 'done' });
    expect(await run('start')).toEqual({ kind: 'done' });
    expect(await run('stop')).toEqual({ kind: 'done' });
    expect(await run('stop')).toEqual({ kind: 'done' });
  });

  it('is adopted by the next daemon', async () => {
    await run('start');
    await runner.killHard();
    runner = newRunner();
    expect(await run('probe')).toEqual({ kind: 'running' });
    expect(await run('kill')).toEqual({ kind: 'done' });
    expect(here.holds('10.7.0.50')).toBe(false);
  });

  it('of an OCF agent is killed without that agent, wherever it is held, and looked for in no other place', async () => {
    const ocf = resource('ocf:heartbeat:IPaddr2', { ip: '10.7.0.60', cidr_netmask: '24', nic: 'eth0' });
    here.ip('address add 10.7.0.60/24 dev eth0');
    here.ip('address add 10.7.0.61/24 dev eth0');
    expect(await runner.run(operation('kill', ocf))).toEqual({ kind: 'done' });
    expect([here.holds('10.7.0.60'), here.holds('10.7.0.61')]).toEqual([false, true]);
    expect(await runner.run(operation('kill', ocf))).toEqual({ kind: 'done' });
  });

  it('is seen to be gone when it was deleted by hand', async () => {
    await run('start');
    here.ip('address del 10.7.0.50/24 dev eth0');
    expect(await run('monitor')).toEqual({ kind: 'stopped', drift: 'taken away by somebody else' });
    expect(await run('stop')).toEqual({ kind: 'done' });
  });

  it('with another prefix than the spec says works, and that is told until it is put right', async () => {
    here.ip('address add 10.7.0.50/32 dev eth0');
    const drift = 'with the prefix /32 instead of /24';
    expect(await run('probe')).toEqual({ kind: 'running', drift });
    expect(await run('start')).toEqual({ kind: 'done', drift });
    expect(await run('monitor')).toEqual({ kind: 'running', drift });
    here.ip('address del 10.7.0.50/32 dev eth0');
    here.ip('address add 10.7.0.50/24 dev eth0');
    expect(await run('monitor')).toEqual({ kind: 'running' });
  });

  it.each(['10.7.0.50/24', 'fd07::50/64'])('is refused while another machine has %s', async (address) => {
    there.ip(`address add ${address} dev eth0${address.includes(':') ? ' nodad' : ''}`);
    const [text = ''] = address.split('/');
    expect(await run('start', { address })).toEqual({
      kind: 'failed',
      class: 'soft',
      code: null,
      reason: `${text} is in use on eth0 by the machine with hardware address ${hardwareAddress(there)}`,
    });
    expect(here.holds(text)).toBe(false);
    there.ip(`address del ${address} dev eth0`);
    expect(await run('start', { address })).toEqual({ kind: 'done' });
  });

  it('of IPv6 is refused as well on an interface that came up a moment ago', async () => {
    isFresh = false;
    await endAll();
    ({ here, there } = await makeJoinedPair({ settles: true }));
    runner = newRunner();
    there.ip('address add fd07::50/64 dev eth0 nodad');
    expect(await run('start', { address: 'fd07::50/64' })).toMatchObject({ kind: 'failed', class: 'soft' });
  });

  it('is refused while another machine has it, also where ip is too old to make the kernel ask', async () => {
    const bin = pathWith(['arping']);
    const old = '*" use"*) echo "Error: either \\"to\\" is duplicate, or \\"use\\" is a garbage." >&2; exit 255;;';
    writeScript(join(bin, 'ip'), `#!/bin/sh\ncase "$*" in ${old} esac\nPATH=/usr/sbin:/sbin exec ip "$@"\n`);
    await useRunner(bin);
    there.ip('address add 10.7.0.50/24 dev eth0');
    expect(await run('start')).toMatchObject({
      kind: 'failed',
      reason: `10.7.0.50 is in use on eth0 by the machine with hardware address ${hardwareAddress(there)}`,
    });
  });

  it.each(['10.7.0.50/24', 'fd07::50/64'])(
    '%s that somebody else removes in the midst of its stop is stopped',
    async (address) => {
      const bin = pathWith([]);
      const first = '*"address del"*) PATH=/usr/sbin:/sbin ip "$@";;';
      writeScript(join(bin, 'ip'), `#!/bin/sh\ncase "$*" in ${first} esac\nPATH=/usr/sbin:/sbin exec ip "$@"\n`);
      await useRunner(bin);
      expect(await run('start', { address })).toEqual({ kind: 'done' });
      expect(await run('stop', { address })).toEqual({ kind: 'done' });
    },
  );

  it('that was taken away by hand is asked for again as well, before it is taken again', async () => {
    await run('start');
    here.ip('address del 10.7.0.50/24 dev eth0');
    there.ip('address add 10.7.0.50/24 dev eth0');
    expect(await run('start')).toMatchObject({ kind: 'failed', class: 'soft' });
    there.ip('address del 10.7.0.50/24 dev eth0');
    expect(await run('start')).toEqual({ kind: 'done' });
  });

  it('is taken, with a warning, where nobody can ask', async () => {
    const bin = pathWith([]);
    writeScript(
      join(bin, 'ip'),
      '#!/bin/sh\ncase "$*" in *" use"*) exit 255;; esac\nPATH=/usr/sbin:/sbin exec ip "$@"\n',
    );
    await useRunner(bin);
    expect(await run('start')).toEqual({ kind: 'done' });
    expect(runner.log).toContain('whether 10.7.0.50 is in use on eth0 could not be asked: ip neigh did not say why');
  });

  it('is taken without asking where that is wanted', async () => {
    there.ip('address add 10.7.0.50/24 dev eth0');
    expect(await run('start', { duplicateCheck: 'false' })).toEqual({ kind: 'done' });
  });

  it.each([
    ['10.7.0.50/24', undefined],
    ['fd07::50/64', undefined],
    ['fd07::50/64', ['ip']],
  ])(
    '%s is announced: a neighbour that believed it elsewhere learns where it is (programs: %s)',
    async (address, programs) => {
      if (programs !== undefined) {
        // Without ndptool, the program that comes with the resource agents is used.
        await useRunner(pathWith(programs));
      }
      const [text = ''] = address.split('/');
      there.ip(`neigh replace ${text} dev eth0 lladdr 02:00:00:00:00:99 nud stale`);
      expect(await run('start', { address })).toEqual({ kind: 'done' });
      await until('the neighbour learns', () => believed(text) === hardwareAddress(here));
    },
  );

  /** What the neighbour hears of who has the address meanwhile, a line each. */
  async function whileListening(act: (heard: readonly string[]) => Promise<void>): Promise<void> {
    const heard: string[] = [];
    const [first = '', ...words] = [...there.enter, 'tcpdump', '-l', '-n', '-i', 'eth0', 'arp and src host 10.7.0.50'];
    const listener = spawn(first, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    listener.stdout.setEncoding('utf8').on('data', (text: string) => heard.push(...text.trim().split('\n')));
    await new Promise((resolve) => listener.stderr.once('data', resolve));
    await act(heard).finally(() => listener.kill());
  }

  it('is announced several times, as a request and as an answer, and no more once it has stopped', async () => {
    await whileListening(async (heard) => {
      await run('start');
      await until('both kinds, twice', () =>
        ['Request', 'Reply'].every((kind) => heard.filter((line) => line.includes(kind)).length >= 2),
      );
      await run('stop');
      const count = heard.length;
      // The next announcement would have been at 5 s; an answered ping shows that what was sent by now has arrived.
      there.run(['ping', '-c', '1', '-W', '2', '10.7.0.1']);
      expect(heard.slice(count).filter((line) => line.includes('ARP'))).toEqual([]);
    });
  });

  it('that somebody takes away is announced no more, by the program of the resource agents either', async () => {
    await useRunner(pathWith(['ip']));
    await whileListening(async (heard) => {
      await run('start');
      await until('it is announced', () => heard.length > 0);
      here.ip('address del 10.7.0.50/24 dev eth0');
      // What is under way may still leave.
      await new Promise((resolve) => setTimeout(resolve, 400));
      const count = heard.length;
      // The next announcements would be 1 and 2 s after the first.
      await new Promise((resolve) => setTimeout(resolve, 2200));
      expect(heard.slice(count)).toEqual([]);
    });
  });

  it('keeps the other addresses of its subnet when it is the first of them', async () => {
    here.ip('address del 10.7.0.1/24 dev eth0');
    await run('start', { interface: 'eth0' });
    here.ip('address add 10.7.0.60/24 dev eth0');
    expect(await run('stop', { interface: 'eth0' })).toEqual({ kind: 'done' });
    expect(here.holds('10.7.0.60')).toBe(true);
  });

  it('found on the wrong interface is broken, and its stop removes it from there', async () => {
    here.ip('link add eth1 type veth peer name eth2');
    here.ip('address add 10.7.0.50/32 dev eth1');
    expect(await run('probe', { interface: 'eth0' })).toMatchObject({
      kind: 'failed',
      reason: '10.7.0.50 is on eth1 and belongs on eth0',
    });
    expect(await run('start', { interface: 'eth0' })).toEqual({ kind: 'done' });
    expect(here.ip('-o address show to 10.7.0.50').trim().split('\n')).toHaveLength(1);
    here.ip('address add 10.7.0.50/32 dev eth1');
    expect(await run('stop', { interface: 'eth0' })).toEqual({ kind: 'done' });
    expect(here.holds('10.7.0.50')).toBe(false);
  });

  it('leaves an address on the loopback interface alone, unless it belongs there', async () => {
    here.ip('address add 10.7.0.50/32 dev lo');
    expect(await run('probe')).toEqual({ kind: 'stopped' });
    expect(await run('stop')).toEqual({ kind: 'done' });
    expect(here.holds('10.7.0.50')).toBe(true);
    expect(await run('probe', { interface: 'lo' })).toEqual({ kind: 'running' });
    expect(await run('stop', { interface: 'lo' })).toEqual({ kind: 'done' });
    expect(here.holds('10.7.0.50')).toBe(false);
  });

  it('can be an address of this machine alone', async () => {
    expect(await run('start', { address: '127.0.0.50/8' })).toEqual({ kind: 'done' });
    expect(here.holds('127.0.0.50')).toBe(true);
    expect(await run('stop', { address: '127.0.0.50/8' })).toEqual({ kind: 'done' });
  });

  it('on a link without carrier fails its monitor, and cannot be started on this node', async () => {
    await run('start');
    there.ip('link set eth0 down');
    await until('the carrier is lost', () => here.ip('link show eth0').includes('NO-CARRIER'));
    const reason = 'the interface eth0 has no carrier; look at its cable or switch';
    expect(await run('monitor')).toEqual({ kind: 'failed', class: 'soft', code: null, reason });
    expect(await run('stop')).toEqual({ kind: 'done' });
    expect(await run('start')).toEqual({ kind: 'failed', class: 'node', code: null, reason });
  });

  it.each([
    [{ interface: 'eth9' }, 'node', 'this node has no interface "eth9"'],
    [
      { address: '10.99.0.1/24' },
      'node',
      'no interface of this node has an address in the subnet of 10.99.0.1; name one with "interface"',
    ],
    [
      { address: 'web/24' },
      'fatal',
      '"address" must be an IP address, such as 10.0.1.50/24 or fd00::50/64, not "web/24"',
    ],
    [{ interface: 'eth0; reboot' }, 'fatal', '"interface" must be the name of a network interface, not "eth0; reboot"'],
    [{ interface: '-force' }, 'fatal', '"interface" must be the name of a network interface, not "-force"'],
    [
      { label: 'a-long-label-x' },
      'fatal',
      'the label "eth0:a-long-label-x" is longer than 15 letters; choose a shorter one',
    ],
    [{ duplicateCheck: 'maybe' }, 'fatal', '"duplicateCheck" must be true or false, not "maybe"'],
  ])('with %j cannot be started: %s', async (params, failureClass, reason) => {
    expect(await run('start', params)).toEqual({ kind: 'failed', class: failureClass, code: null, reason });
  });

  it('without "ip" is a matter of the node', async () => {
    await useRunner(pathWith([]));
    for (const action of ['probe', 'start', 'stop'] as const) {
      expect(await run(action)).toMatchObject({ kind: 'failed', class: 'node' });
    }
  });

  it('without the permission is a matter of the node, and says which it is', async () => {
    isFresh = false;
    await runner.end();
    const settings = { node: 'lb1', stateDir: join(folder.path, 'run') };
    const unprivileged = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', '--'];
    runner = new RunnerProcess(program, settings, [...here.enter, ...unprivileged]);
    const outcome = await run('start', { duplicateCheck: 'false' });
    expect(outcome).toMatchObject({ kind: 'failed', class: 'node' });
    expect('reason' in outcome && outcome.reason).toMatch(
      /not permitted; the daemon needs the capability CAP_NET_ADMIN$/,
    );
  });

  it('that is cancelled while it asks is not taken', async () => {
    const starting = operation('start', vip());
    const outcome = runner.run(starting);
    await runner.cancel(starting.id);
    expect(await outcome).toEqual({ kind: 'unknown', reason: 'the operation was cancelled' });
    expect(here.holds('10.7.0.50')).toBe(false);
  });
});
