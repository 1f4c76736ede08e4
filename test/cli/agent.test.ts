/** `fairlead agent` by its built program, with agents of the resource-agents package and with fairlead's own. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentPage } from '../../src/cli/agent.js';
import { freshFolder } from '../agents/harness/folder.js';
import { describeWith, OCF_AGENTS } from '../agents/harness/requirements.js';
import { clusterSocket } from '../shims/cluster-socket.js';
import { parameter } from '../spec/expect-problems.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let folder: ReturnType<typeof freshFolder>;
beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error(`"${PROGRAM}" is not there; run \`npm run build\``);
  folder = freshFolder();
});
afterAll(() => folder.remove());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function agent(...words: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [PROGRAM, 'agent', ...words], (error, out, err) => {
      if (typeof error?.signal === 'string') return reject(new Error(`it was ended by ${error.signal}: ${err}`));
      resolve({ code: error === null ? 0 : Number(error.code), out: out.replace(/\d+ ms/g, 'N ms'), err });
    });
  });
}

describe('fairlead agent', () => {
  it('shows what an agent of its own takes', async () => {
    const { code, out } = await agent('show', 'builtin:vip');
    expect(code).toBe(0);
    expect(out).toContain('  address (string, required, unique)\n');
    expect(out).toContain('  duplicateCheck (boolean, default "true")\n');
  });

  it('shows what a deprecated parameter is replaced by', () => {
    const parameters = [parameter('old', { deprecated: true, replacedBy: ['new', 'newer'] })];
    const page = agentPage({ type: 'ocf:a:b', declared: true, description: '', parameters, actions: [] }, 80);
    expect(page).toContain('  old (string, deprecated, replaced by new, newer)');
  });

  it('starts, looks at and stops a process, a parameter given several times being a list', async () => {
    const hand = ['--hand-dir', join(folder.path, 'hand'), '--id', 'sleeper'];
    const run = (action: string) => agent('run', 'script', action, '-p', 'run=sleep', '-p', 'run=60', ...hand);
    expect(await run('monitor')).toEqual({ code: 1, out: 'script monitor: stopped (N ms)\n', err: '' });
    expect(await run('start')).toEqual({ code: 0, out: 'script start: done (N ms)\n', err: '' });
    expect(await run('monitor')).toEqual({ code: 0, out: 'script monitor: running (N ms)\n', err: '' });
    expect(await run('stop')).toEqual({ code: 0, out: 'script stop: done (N ms)\n', err: '' });
  });

  it.each([
    [['frobnicate'], 'does not know "frobnicate"'],
    [['run', 'script'], '`fairlead agent run` takes TYPE ACTION'],
    [['show'], '`fairlead agent show` takes TYPE'],
    [['run', 'script', 'promote'], '"script" has no action "promote"'],
    [['run', 'script', 'start', '--trace'], '--trace and --meta are for OCF agents'],
    [['run', 'script', 'start', '-p', 'run'], '--param takes key=value, and "run" is none'],
    [['run', 'ocf:a:b', 'start', '--depth', 'deep'], '--depth must be a whole number'],
  ])('is not understood with %j', async (words, why) => {
    const { code, err } = await agent(...words);
    expect(code).toBe(64);
    expect(err).toContain(why);
  });

  it('warns of a parameter that the agent does not have', async () => {
    const hand = ['--hand-dir', join(folder.path, 'hand')];
    const { err } = await agent(
      'run',
      'builtin:vip',
      'monitor',
      '-p',
      'adress=10.0.1.50/24',
      '-p',
      'nic=eth0',
      ...hand,
    );
    expect(err).toBe(
      'warning: builtin:vip has no parameter "adress"; did you mean "address"?\n' +
        'warning: builtin:vip has no parameter "nic"; `fairlead agent show builtin:vip` lists what it has\n',
    );
  });

  it('names the agent that was meant', async () => {
    const { code, err } = await agent('show', 'ocf:hartbeat:noop');
    expect(code).toBe(1);
    expect(err).toContain('there is no agent "ocf:hartbeat:noop" on this machine\n  = did you mean "builtin:noop"?');
  });
});

const REDIS = { path: '/usr/bin/redis-server', debianPackage: 'redis-server' };

describeWith("fairlead agent with Debian's resource agents", { files: [OCF_AGENTS, REDIS] }, () => {
  let socket: Awaited<ReturnType<typeof clusterSocket>>;
  beforeAll(async () => {
    socket = await clusterSocket(join(folder.path, 'cluster'));
  });
  afterAll(() => socket.close());
  const scoreOf = (resource: string) =>
    socket.attributes().attributes.find(({ name }) => name === `master-${resource}`)?.value;

  it('lists them, with what they say of themselves', async () => {
    const { code, out } = await agent('list', '-o', 'json');
    const { agents } = JSON.parse(out);
    expect(code).toBe(0);
    expect(agents).toContainEqual({ type: 'ocf:heartbeat:Dummy', description: 'Example stateless resource agent' });
    const ocf = agents.filter(({ type }: { type: string }) => type.startsWith('ocf:heartbeat:'));
    expect(ocf.length).toBeGreaterThan(100);
    expect(ocf.filter(({ description }: { description: string }) => description === '')).toEqual([]);
  });

  it('tells the code in words, and shows what the script does', async () => {
    const dummy = ['run', 'ocf:heartbeat:Dummy', 'monitor', '-p', `state=${join(folder.path, 'dummy')}`];
    expect(await agent(...dummy)).toMatchObject({
      code: 1,
      out: 'ocf:heartbeat:Dummy monitor: No process state file found (not running, exit code 7) (N ms)\n',
    });
    expect((await agent(...dummy, '--trace')).err).toContain('dummy_monitor');
    expect(JSON.parse((await agent(...dummy, '-o', 'json')).out.replace('N ms', ''))).toMatchObject({ code: 7 });
  });

  it('promotes and demotes by hand, and the score reaches the cluster', async () => {
    const state = `state=${join(folder.path, 'stateful')}`;
    const to = ['-p', state, '--id', 'db', '--node', 'n1', '--socket', socket.path];
    const run = (action: string) => agent('run', 'ocf:heartbeat:Stateful', action, ...to);
    const seen: (string | number | undefined)[] = [];
    for (const action of ['start', 'promote', 'monitor', 'demote', 'stop'])
      seen.push((await run(action)).code, scoreOf('db'));
    expect(seen).toEqual([0, '5', 0, '10', 0, '10', 0, '5', 0, undefined]);
  });

  it('promotes and demotes redis, which keeps who was promoted for the whole cluster', async () => {
    const own = join(folder.path, 'redis');
    mkdirSync(own);
    writeFileSync(join(own, 'redis.conf'), `dir ${own}\nport 0\nsave ""\n`);
    const params = { config: join(own, 'redis.conf'), user: 'root', rundir: own };
    const to = [
      ...Object.entries(params).flatMap(([key, value]) => ['-p', `${key}=${value}`]),
      ...[
        '--meta',
        'promotable=true',
        '--id',
        'cache',
        '--node',
        'n1',
        '--socket',
        socket.path,
        '--timeout',
        '40s',
        '-o',
        'json',
      ],
    ];
    const seen: unknown[] = [];
    for (const action of ['start', 'monitor', 'promote', 'monitor', 'demote', 'monitor', 'stop']) {
      const { out, err } = await agent('run', 'ocf:heartbeat:redis', action, ...to);
      if (out === '') throw new Error(`${action}: ${err}`);
      seen.push([action, JSON.parse(out.replace('N ms', '')).code, scoreOf('cache') !== undefined]);
    }
    expect(seen).toEqual([
      ['start', 0, true],
      ['monitor', 0, true],
      ['promote', 0, true],
      ['monitor', 8, true],
      ['demote', 0, true],
      ['monitor', 0, true],
      ['stop', 0, false],
    ]);
    const { attributes } = socket.attributes();
    expect(attributes.find(({ name }) => name === 'cache_REPL_INFO')).toMatchObject({ node: null, value: 'n1' });
  });
});
