/** The guard stops what has no kill path as the daemon would: by the same programs, with the same environment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { readBootId, readProcess, sendSignal } from '../../src/agents/process-table.js';
import { Stopper } from '../../src/guard/stop.js';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import type { GuardedStop } from '../../src/model/guard-orders.js';
import { freshFolder, writeScript } from '../agents/harness/folder.js';
import { operation, rememberingLog, resource } from '../agents/harness/operation.js';
import { until } from '../agents/harness/until.js';

const NODE = 'lb1';
const EPOCH = 7;
const HOW = { epoch: EPOCH, isLate: false, signal: new AbortController().signal, isPermitted: () => true };

let folder: ReturnType<typeof freshFolder>;
let runDir: string;
let runner: AgentRunner;
let stopper: Stopper;
beforeEach(() => {
  folder = freshFolder();
  runDir = at('run');
  mkdirSync(runDir);
  const log = rememberingLog();
  const places = { ocfRoot: folder.path, lsbFolder: at('init.d'), log };
  runner = createAgentRunner({ node: NODE, stateDir: runDir, ...places });
  stopper = new Stopper({ node: NODE, runDir, ...places });
});
afterEach(() => {
  runner.close();
  folder.remove();
});

function at(name: string): string {
  return join(folder.path, name);
}

function orderOf({ id, type, params }: ResourceSpec, timeoutMs = 10_000): GuardedStop {
  return { resource: id, type, params, timeoutMs, membersBefore: 0 };
}

function stop(of: GuardedStop, rest: Partial<Parameters<Stopper['stop']>[1]> = {}) {
  return stopper.stop(of, { ...HOW, ...rest });
}

/** An agent that keeps its state in a file, and writes its environment down when it stops. */
const AGENT = (stopped: string): string => `#!/bin/bash
case $1 in
  start) touch ${stopped}.state;;
  stop) env -0 | sort -z | tr '\\0' '\\n' > ${stopped}; rm -f ${stopped}.state;;
  *) [ -e ${stopped}.state ] || exit $([ $1 = status ] && echo 3 || echo 7);;
esac
`;

/** What differs between two calls in any case: the time that is left, the mark of the call, and the shell's own. */
function environment(): readonly string[] {
  const lines = readFileSync(at('stopped'), 'utf8').trim().split('\n');
  return lines.filter((line) => !/^(OCF_RESKEY_CRM_meta_timeout|FAIRLEAD_CALL|_)=/.test(line));
}

describe('R13 the stop of a guard', () => {
  it.each([
    ['ocf:test:thing', { state: 'x', list: ['a', 'b'] }, 'resource.d/test/thing'],
    ['lsb:thing', {}, 'init.d/thing'],
    ['script', { environment: ['COLOUR=blue'], directory: '/tmp' }, 'own'],
  ] as const)('of %s gives its agent the same environment as the daemon', async (type, params, program) => {
    const script = writeScript(at(program), AGENT(at('stopped')));
    const own = { start: [script, 'start'], stop: [script, 'stop'], monitor: [script, 'monitor'] };
    const web = resource(type, type === 'script' ? { ...params, ...own } : { ...params });
    expect(await runner.run(operation('start', web))).toEqual({ kind: 'done' });
    expect(await runner.run({ ...operation('stop', web), node: NODE, epoch: EPOCH })).toEqual({ kind: 'done' });
    const daemons = environment();
    expect(await runner.run(operation('start', web))).toEqual({ kind: 'done' });

    expect(await stop(orderOf(web))).toEqual({ resource: 'web', why: null, wasThere: true });

    expect(existsSync(at('stopped.state'))).toBe(false);
    expect(environment()).toEqual(daemons);
    expect(daemons).toContain(`FAIRLEAD_EPOCH=${EPOCH}`);
  });

  it('that hangs is ended at its timeout, and proves nothing', async () => {
    writeScript(at('resource.d/test/thing'), '#!/bin/bash\nsleep 60\n');
    const end = await stop(orderOf(resource('ocf:test:thing'), 300));
    expect(end).toMatchObject({ resource: 'web', wasThere: true });
    expect(end.why).toContain('did not end in time');
  });

  it('that leaves it running proves nothing', async () => {
    writeScript(at('resource.d/test/thing'), '#!/bin/bash\nexit 0\n');
    expect((await stop(orderOf(resource('ocf:test:thing')))).why).toContain('still runs');
  });

  it('is ended when it is not wanted any more', async () => {
    writeScript(at('resource.d/test/thing'), `#!/bin/bash\ntouch ${at('began')}\nsleep 60\n`);
    const cancel = new AbortController();
    const end = stop(orderOf(resource('ocf:test:thing')), { signal: cancel.signal });
    await until('it has begun', () => existsSync(at('began')));
    cancel.abort();
    expect((await end).why).toContain('cancelled');
  });

  it('S3 is not begun when it is not wanted any more by the time at which it is written down', async () => {
    writeScript(at('resource.d/test/thing'), AGENT(at('stopped')));
    writeFileSync(at('stopped.state'), '');
    const isPermitted = (): boolean => readdirSync(at('run/calls')).length === 0;
    expect((await stop(orderOf(resource('ocf:test:thing')), { isPermitted })).why).toContain('cancelled');
    expect(existsSync(at('stopped.state'))).toBe(true);
    expect(readdirSync(at('run/calls'))).toEqual([]);
  });

  it('long after the deadline looks first, and leaves alone what is down', async () => {
    writeScript(at('resource.d/test/thing'), AGENT(at('stopped')));
    const end = await stop(orderOf(resource('ocf:test:thing')), { isLate: true });
    expect(end).toEqual({ resource: 'web', why: null, wasThere: false });
    expect(existsSync(at('stopped'))).toBe(false);
  });

  it.each([true, false])(
    'proves nothing while something may be left of a start that cannot be ended (late: %s)',
    async (isLate) => {
      writeScript(at('resource.d/test/thing'), AGENT(at('stopped')));
      // A member of a group that lost its leader, without the mark of the call: it may be a stranger.
      const child = spawn('bash', ['-c', `sleep 60 & echo $! > ${at('member')}; read`], {
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const member = await until(
        'it runs',
        () => existsSync(at('member')) && Number(readFileSync(at('member'), 'utf8')),
      );
      const row = await until('its leader', () => readProcess(child.pid ?? 0));
      // Not even its zombie is left then.
      const isReaped = once(child, 'exit');
      child.stdin?.end();
      await isReaped;
      const leader = { pid: row.pid, startTicks: row.startTicks };
      const record = { action: 'start', resource: 'web', mark: 'm', bootId: readBootId(), leader };
      writeFileSync(at('run/calls/m.json'), JSON.stringify(record));

      const why = `process ${member} may be what is left of its start and cannot be told apart from another; look and end it by hand`;
      expect(await stop(orderOf(resource('ocf:test:thing')), { isLate })).toEqual({
        resource: 'web',
        why,
        wasThere: true,
      });
      expect(existsSync(at('stopped'))).toBe(!isLate);
      sendSignal(member, 'SIGKILL');
      await until('it is gone', () => readProcess(member) === null);
      expect((await stop(orderOf(resource('ocf:test:thing')), { isLate })).why).toBeNull();
    },
  );

  it.each(['start', 'reload'] as const)(
    'comes after the end of a %s that the daemon left under way, and touches no other',
    async (action) => {
      const slow = (id: string): string => `#!/bin/bash
case $1 in
  meta-data) echo '<resource-agent><version>1.1</version><actions><action name="reload-agent"/></actions></resource-agent>';;
  start|reload-agent) touch ${at(id)}.begun; while [ ! -e ${at('go')} ]; do sleep 0.02; done; touch ${at(id)}.state;;
  stop) rm -f ${at(id)}.state;;
  monitor) [ -e ${at(id)}.state ] || exit 7;;
esac
`;
      writeScript(at('resource.d/test/web'), slow('web'));
      writeScript(at('resource.d/test/db'), slow('db'));
      const web = resource('ocf:test:web');
      const db = resource('ocf:test:db', {}, 'db');
      const begun = Promise.all([web, db].map((each) => runner.run(operation(action, each))));
      await until('both have begun', () => existsSync(at('web.begun')) && existsSync(at('db.begun')));

      expect((await stop(orderOf(web))).why).toBeNull();

      writeFileSync(at('go'), '');
      expect((await begun).map(({ kind }) => kind)).toEqual(['failed', 'done']);
      expect(existsSync(at('web.state'))).toBe(false);
      expect(existsSync(at('db.state'))).toBe(true);
    },
  );

  it('goes on when a daemon comes back meanwhile, which would be late with one of its own', async () => {
    writeScript(
      at('resource.d/test/thing'),
      `#!/bin/bash
case $1 in
  stop) touch ${at('began')}; while [ ! -e ${at('go')} ]; do sleep 0.02; done; rm ${at('state')};;
  monitor) [ -e ${at('state')} ] || exit 7;;
esac
`,
    );
    writeFileSync(at('state'), '');
    const web = resource('ocf:test:thing');
    const end = stop(orderOf(web));
    await until('it has begun', () => existsSync(at('began')));
    const log = rememberingLog();
    const next = createAgentRunner({ node: NODE, stateDir: runDir, ocfRoot: folder.path, log });
    expect(await next.run(operation('probe', web))).toEqual({ kind: 'running' });
    writeFileSync(at('go'), '');
    expect((await end).why).toBeNull();
    expect(log.sentences).toEqual([]);
    next.close();
  });

  it.each(['stop', 'probe'] as const)(
    'is over before a %s of the daemon beside it says that it is down',
    async (action) => {
      // The first of them waits, and then takes away what the next owner has by then.
      writeScript(
        at('resource.d/test/thing'),
        `#!/bin/bash
case $1 in
  stop) rm -f ${at('state')}; mkdir ${at('began')} 2>/dev/null && { while [ ! -e ${at('go')} ]; do sleep 0.02; done; touch ${at('detached')}; }; exit 0;;
  monitor) [ -e ${at('state')} ] || exit 7;;
esac
`,
      );
      const web = resource('ocf:test:thing');
      const end = stop(orderOf(web));
      await until('it waits', () => existsSync(at('began')));
      expect((await runner.run(operation(action, web))).kind).toBe(action === 'stop' ? 'done' : 'stopped');
      writeFileSync(at('go'), '');
      expect(await end).toEqual({ resource: 'web', why: null, wasThere: true });
      expect(existsSync(at('detached'))).toBe(false);
    },
  );

  it('is made where what a left start is written down in cannot be read, and proved when it can', async () => {
    writeScript(at('resource.d/test/thing'), AGENT(at('stopped')));
    writeFileSync(at('stopped.state'), '');
    const [other, calls] = [at('other'), at('other/calls')];
    mkdirSync(other);
    symlinkSync(calls, calls);
    const guard = new Stopper({ node: NODE, runDir: other, log: rememberingLog(), ocfRoot: folder.path });
    const end = () => guard.stop(orderOf(resource('ocf:test:thing')), HOW);
    expect(await end()).toEqual({ resource: 'web', why: expect.stringContaining('ELOOP'), wasThere: true });
    expect(existsSync(at('stopped.state'))).toBe(false);
    rmSync(calls);
    expect((await end()).why).toBeNull();
  });

  it('makes no run directory again that was removed', async () => {
    writeFileSync(at('stopped.state'), '');
    writeScript(at('resource.d/test/thing'), AGENT(at('stopped')));
    const other = new Stopper({ node: NODE, runDir: at('gone'), log: rememberingLog(), ocfRoot: folder.path });
    expect((await other.stop(orderOf(resource('ocf:test:thing')), HOW)).why).toBeNull();
    expect(existsSync(at('stopped.state'))).toBe(false);
    expect(existsSync(at('gone'))).toBe(false);
  });
});
