/** The built program as a process: what scripts see of it. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderStatus } from '../../src/cli/status-report.js';
import type { ControlHandlers } from '../../src/control/handlers.js';
import { serveControl } from '../../src/control/server.js';
import type { ControlSocket } from '../../src/control/take-socket.js';
import { takeControlSocket } from '../../src/control/take-socket.js';
import { loadKey } from '../../src/host/keys.js';
import type { Status } from '../../src/model/status.js';
import { healthyStatus, movingStatus } from '../control/status-specimens.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join(ROOT, 'dist/cli/main.js');
let folder = '';

beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error(`"${PROGRAM}" is not there; run \`npm run build\``);
  folder = mkdtempSync(join(tmpdir(), 'fairlead-cli-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program to its end. `until` ends it with SIGKILL once the answer has it. */
function fairlead(
  words: readonly string[],
  options: {
    readonly node?: readonly string[];
    readonly until?: RegExp;
    readonly isGone?: boolean;
    /** What stands there instead of a pipe. */
    readonly stdout?: number;
    readonly stderr?: number;
  } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...(options.node ?? []), PROGRAM, ...words], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, NO_COLOR: '1' },
      stdio: ['ignore', options.stdout ?? 'pipe', options.stderr ?? 'pipe'],
    });
    let out = '';
    let err = '';
    if (options.isGone === true) child.stdout?.destroy();
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      out += piece;
      if (options.until?.test(out) === true) child.kill('SIGKILL');
    });
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      err += piece;
    });
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

describe('without a daemon', () => {
  test('the version is that of the package', async () => {
    const manifest: { readonly version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await fairlead(['version'])).toEqual({ code: 0, out: `fairlead ${manifest.version}\n`, err: '' });
  });

  test('help is an answer', async () => {
    const { code, out, err } = await fairlead(['help', 'status']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^usage: fairlead status \[FLAGS\]\n/);
  });

  test('wrong usage is 64, says what was meant, and answers nothing', async () => {
    const { code, out, err } = await fairlead(['stauts']);
    expect([code, out]).toEqual([64, '']);
    expect(err).toBe('fairlead: there is no command "stauts"\n  = did you mean `fairlead status`?\n');
  });

  test('a daemon that is not there is 69, with what to do', async () => {
    const socket = join(folder, 'nobody.sock');
    for (const words of [
      ['status'],
      ['why', 'web'],
      ['retry', 'web'],
      ['leave'],
      ['reconcile', 'examples/quickstart.yaml'],
    ]) {
      const { code, out, err } = await fairlead([...words, '--socket', socket]);
      expect([words[0], code, out]).toEqual([words[0], 69, '']);
      expect(err).toContain(
        `the daemon cannot be reached on "${socket}": the socket does not exist\n  = start the daemon`,
      );
    }
  });

  test.each([
    ['missing.yaml', 'lb1', /missing\.yaml/],
    ['examples/quickstart.yaml', 'nobody', /the spec has no node "nobody"/],
    ['examples/quickstart.yaml', 'n1', /no cluster key: .*no-such-key/],
  ])(
    'a daemon that cannot start (%s as %s) is 1, in one sentence, and leaves no directory behind',
    async (spec, node, why) => {
      const at = (name: string): string => join(folder, 'places', name);
      const { code, out, err } = await fairlead([
        ...['run', spec, '--node', node, '--key-file', join(folder, 'no-such-key'), '--socket', join(folder, 's.sock')],
        ...['--state-dir', at('state'), '--run-dir', at('run')],
      ]);
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/^fairlead: the daemon of .* cannot start: .*\n$/);
      expect(err).toMatch(why);
      expect(existsSync(at('.'))).toBe(false);
    },
  );

  test('an invalid spec is 1', async () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(file, 'kind: Cluster\n');
    expect((await fairlead(['validate', file])).code).toBe(1);
    expect((await fairlead(['validate', 'examples/quickstart.yaml'])).code).toBe(0);
  });

  test('a key is a key', async () => {
    const { code, out } = await fairlead(['keygen']);
    expect([code, loadKey(out).kind]).toEqual([0, 'key']);
  });

  test('schemas are those of the package', async () => {
    for (const name of ['cluster', 'plan', 'status']) {
      const { code, out } = await fairlead(['schema', name]);
      expect([code, out]).toEqual([0, readFileSync(join(ROOT, `schemas/${name}.schema.json`), 'utf8')]);
    }
    expect((await fairlead(['schema', 'statsu'])).err).toContain('did you mean "status"?');
  });

  test('a reader that goes away is no crash', async () => {
    expect(await fairlead(['schema'], { isGone: true })).toMatchObject({ code: 0, err: '' });
  });

  test('an answer that a full disk does not take is a failure, and told', async () => {
    const full = openSync('/dev/full', 'w');
    expect(await fairlead(['schema'], { stdout: full })).toEqual({
      code: 1,
      out: '',
      err: 'fairlead: the answer cannot be written: no space left on the device (ENOSPC)\n',
    });
    closeSync(full);
  });

  test('a log that a full disk does not take ends nothing', async () => {
    const full = openSync('/dev/full', 'w');
    expect(await fairlead(['status', '--socket', join(folder, 'nobody.sock')], { stderr: full })).toMatchObject({
      code: 69,
    });
    closeSync(full);
  });

  test('a bug is 70 and one paragraph that says so', async () => {
    // Thrown as soon as the program listens for it.
    const throwing = 'if(event==="unhandledRejection")setImmediate(()=>{throw new Error("boom")})';
    const bug = `data:text/javascript,process.on("newListener",(event)=>{${throwing}})`;
    const { code, err } = await fairlead(['status', '--socket', join(folder, 'nobody.sock')], {
      node: ['--import', bug],
    });
    expect(code).toBe(70);
    expect(err).toContain('fairlead: this is a bug in fairlead, not a mistake of yours: boom.');
  });

  test('a script of a lab with mistakes is 1 and shows them all', async () => {
    const script = join(folder, 'bad.script');
    writeFileSync(script, 'kil n1\nkill n9\n');
    const { code, out, err } = await fairlead(['lab', 'examples/quickstart.yaml', '--script', script]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`${script}:1:1: there is no event "kil"; did you mean "kill"?`);
    expect(err).toContain(`${script}:2:6: the spec has no node "n9"`);
    expect(err).toContain('expect GROUP on NODE');
  });
});

describe('with a daemon', () => {
  let server: ControlSocket;
  let socket = '';
  let status: Status = healthyStatus();
  const asked: unknown[] = [];

  const handlers: ControlHandlers = {
    status: () => status,
    spec: () => ({ revision: status.revision, text: '' }),
    retry: async (request) => {
      asked.push(request);
      return request.resource === 'ngix' ? { ok: false, why: 'the spec has no resource "ngix"' } : { ok: true };
    },
    fenceHistory: () => [
      { kind: 'dead', atWallMs: 1_700_000_005_000, by: 'lb1', node: 'lb2', incarnation: 'abc', how: 'ipmi' },
    ],
    fenceConfirm: async (request) => {
      asked.push(request);
      return request.node === 'lb1' ? { ok: false, why: '"lb1" is heard, so it has power' } : { ok: true };
    },
    attributes: () => ({ node: status.node, attributes: [] }),
    setAttribute: () => ({ ok: true }),
    leave: async () => {
      asked.push('leave');
      // As a daemon does that has nothing to hand over.
      setImmediate(() => void server.close());
      return { ok: true };
    },
    detach: async () => ({ ok: false, why: 'no guard stands by' }),
    reconcile: async (request) => {
      asked.push(request);
      return { ok: true, revision: status.revision, condition: null };
    },
  };

  const start = async (): Promise<void> => {
    server = await takeControlSocket(socket);
    serveControl({ socket: server, handlers, log: { event: () => undefined } });
  };

  beforeAll(async () => {
    socket = join(folder, 'control.sock');
    await start();
  });

  afterAll(() => server.close());

  test('status is the page, or JSON', async () => {
    const page = await fairlead(['status', '--socket', socket]);
    expect(page).toEqual({ code: 0, out: renderStatus(status, { color: false, width: 100 }), err: '' });
    const json = await fairlead(['status', '-o', 'json', '--socket', socket]);
    expect([json.code, JSON.parse(json.out)]).toEqual([0, status]);
  });

  test('the socket is found in the state directory', async () => {
    expect((await fairlead(['status', '--state-dir', folder])).code).toBe(0);
  });

  test('a watch in a file is one page after the other', async () => {
    const { out } = await fairlead(['status', '--watch', '--socket', socket], {
      until: /(This is what lb1 knows.*[\s\S]*){3}/,
    });
    const page = renderStatus(status, { color: false, width: 100 });
    expect(out.startsWith(`${page}\n${page}\n${page}`)).toBe(true);
  });

  test('a watch ends when nobody reads it any more', async () => {
    expect(await fairlead(['status', '--watch', '--socket', socket], { isGone: true })).toMatchObject({
      code: 0,
      err: '',
    });
  });

  test('retry says what it did, or the daemon why not', async () => {
    asked.length = 0;
    expect(await fairlead(['retry', 'nginx', '--on', 'lb1', '--socket', socket])).toMatchObject({ code: 0, err: '' });
    expect(asked).toEqual([{ resource: 'nginx', node: 'lb1' }]);
    expect(await fairlead(['retry', 'ngix', '--socket', socket])).toEqual({
      code: 1,
      out: '',
      err: 'fairlead: the spec has no resource "ngix"\n',
    });
  });

  test('fence tells what was done, and takes a word for a death only with the flag that vouches for it', async () => {
    asked.length = 0;
    expect(await fairlead(['fence', 'history', '--socket', socket])).toEqual({
      code: 0,
      out: '2023-11-14T22:13:25.000Z  lb2 counts as dead, by word of lb1: ipmi (incarnation abc)\n',
      err: '',
    });
    const json = await fairlead(['fence', 'history', '-o', 'json', '--socket', socket]);
    expect(JSON.parse(json.out)).toMatchObject({ events: [{ kind: 'dead', node: 'lb2' }] });
    const bare = await fairlead(['fence', 'confirm', 'lb2', '--socket', socket]);
    expect([bare.code, bare.out, asked]).toEqual([64, '', []]);
    expect(bare.err).toContain('give --i-checked-power');
    expect(await fairlead(['fence', 'confirm', 'lb2', '--i-checked-power', '--socket', socket])).toMatchObject({
      code: 0,
      err: '',
    });
    expect(asked).toEqual([{ node: 'lb2' }]);
    expect(await fairlead(['fence', 'confirm', 'lb1', '--i-checked-power', '--socket', socket])).toEqual({
      code: 1,
      out: '',
      err: 'fairlead: "lb1" is heard, so it has power\n',
    });
    expect((await fairlead(['fence', 'histroy', '--socket', socket])).code).toBe(64);
  });

  test('why explains, in words or for programs, and names what was meant', async () => {
    const page = await fairlead(['why', 'nginx', '--socket', socket]);
    expect([page.code, page.err]).toEqual([0, '']);
    expect(page.out).toContain('web belongs on lb1');
    const json = await fairlead(['why', 'web', '--on', 'lb1', '-o', 'json', '--socket', socket]);
    expect(JSON.parse(json.out)).toMatchObject({ subject: 'web', group: 'web', placement: { node: 'lb1' } });
    expect(await fairlead(['why', 'ngix', '--socket', socket])).toEqual({
      code: 1,
      out: '',
      err: 'fairlead: the cluster has no resource or group "ngix"\n  = did you mean "nginx"?\n',
    });
    expect((await fairlead(['why', 'web', '--on', 'lb9', '--socket', socket])).code).toBe(1);
  });

  test('reconcile ends when the cluster is as wanted', async () => {
    asked.length = 0;
    const { code, out } = await fairlead(['reconcile', 'examples/quickstart.yaml', '--socket', socket]);
    expect([code, out]).toEqual([0, `${status.verdict}\n`]);
    expect(asked).toEqual([{ path: join(ROOT, 'examples/quickstart.yaml'), adopt: false }]);
  });

  test('reconcile is 75 when it is not in time, and says what is left', async () => {
    status = movingStatus();
    const { code, err } = await fairlead(['reconcile', 'x.yaml', '--timeout', '300ms', '--socket', socket]);
    status = healthyStatus();
    expect(code).toBe(75);
    expect(err).toContain('not as wanted within 300ms: web moves from lb1 to lb2');
  });

  test('leave waits until the daemon has ended', async () => {
    expect(await fairlead(['leave', '--socket', socket])).toMatchObject({
      code: 0,
      out: 'lb1 has handed everything over and its daemon has ended\n',
    });
    await start();
  });
});
