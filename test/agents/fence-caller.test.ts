import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { readProcess } from '../../src/agents/process-table.js';
import type { SecretReference } from '../../src/model/cluster-spec.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { fenceDevice, fenceRequest, writeFenceAgent } from './harness/fence-device.js';
import { freshFolder } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';
import { describeWith, FENCE_AGENTS } from './harness/requirements.js';
import { until } from './harness/until.js';

const PASSWORD = 'g\'h "ei\\m+/ä';
const SECRET: SecretReference = { kind: 'environment', name: 'IPMI', place: { file: 'a', line: 1, column: 1 } };

let folder: ReturnType<typeof freshFolder>;
let log: ReturnType<typeof rememberingLog>;
let runner: AgentRunner;
let secret: string;
beforeEach(() => {
  folder = freshFolder();
  log = rememberingLog();
  secret = `${PASSWORD}\n`;
  runner = newRunner();
});
afterEach(() => {
  runner.close();
  folder.remove();
});

function newRunner(): AgentRunner {
  return createAgentRunner({
    node: 'lb1',
    stateDir: join(folder.path, 'run'),
    log,
    readSecret: ({ kind, ...rest }) =>
      'name' in rest && rest.name === 'IPMI'
        ? { kind: 'secret', bytes: Buffer.from(secret) }
        : { kind: 'unreadable', why: `no ${kind} here` },
  });
}

/** Shell text that the agent of the test does at an action, before the usual. */
function at(action: string, text: string): void {
  writeFileSync(join(folder.path, action), `${text}\n`);
}

function calls(): string[] {
  const path = join(folder.path, 'calls');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n\n') : [];
}

function actions(): string[] {
  return calls().map((call) => /^action=(.*)$/m.exec(call)?.[1] ?? '');
}

describeWith("an agent of Debian's", { files: [FENCE_AGENTS] }, () => {
  it('switches off, and is asked whether it is off', async () => {
    const status = join(folder.path, 'status-file');
    writeFileSync(status, 'on');
    const device = fenceDevice('fence_dummy', { params: { type: 'file', status_file: status } });
    expect(await runner.fence(fenceRequest(device, 'monitor'))).toEqual({ kind: 'succeeded' });
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({ kind: 'succeeded' });
    expect(readFileSync(status, 'utf8')).toBe('off');
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({ kind: 'succeeded' });
    expect(await runner.fence(fenceRequest(device, 'on'))).toEqual({ kind: 'succeeded' });
    expect(readFileSync(status, 'utf8')).toBe('on');
  });

  it('fails with its own words', async () => {
    const device = fenceDevice('fence_ipmilan', { params: { username: 'ops', password: SECRET } });
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({
      kind: 'failed',
      reason: 'fence_ipmilan off exited with 1: Failed: You have to enter fence address',
    });
  });

  it('that prints what it does not know tells no secret of it', async () => {
    // It logs whole lines that it cannot use, and fails on a file that it cannot write.
    const params = { type: 'file', status_file: '/nowhere/at/all', password: SECRET };
    const outcome = await runner.fence(fenceRequest(fenceDevice('fence_dummy', { params }), 'on'));
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^fence_dummy on exited with 1: /) });
    expect(JSON.stringify([outcome, log.sentences])).not.toContain("g'h");
  });
});

describe('a call', () => {
  it('S12 takes no power where the right to it ended while the agent was asked what it can do', async () => {
    const device = fenceDevice(writeFenceAgent(folder.path));
    let isPermitted = true;
    const outcome = runner.fence(fenceRequest(device, 'off'), () => isPermitted);
    isPermitted = false;
    expect(await outcome).toEqual({
      kind: 'failed',
      reason: `the right to fence lb2 ended before ${device.id} was called`,
    });
    expect(calls()).toEqual([]);
    // What gives power back needs no right.
    expect(await runner.fence(fenceRequest(device, 'on'), () => false)).toEqual({ kind: 'succeeded' });
    expect(actions()).toEqual(['on']);
  });

  it('S12 takes no power where that came while the call was written down', async () => {
    const device = fenceDevice(writeFenceAgent(folder.path));
    const isWritten = (): boolean => readdirSync(join(folder.path, 'run/calls')).length > 0;
    expect(await runner.fence(fenceRequest(device, 'off'), () => !isWritten())).toMatchObject({ kind: 'failed' });
    expect(isWritten()).toBe(false);
    expect(calls()).toEqual([]);
  });

  it('says on standard input what to do to which plug, and nothing elsewhere', async () => {
    const agent = writeFenceAgent(folder.path);
    const params = { ip: '10.9.1.21', password: SECRET, action: 'on' };
    const device = fenceDevice(agent, { plugs: { lb2: '3' }, params });
    at('off', `tr '\\0' '\\n' < /proc/self/environ >> ${folder.path}/environment`);
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({ kind: 'succeeded' });
    expect(calls()).toEqual([
      `arguments: \nip=10.9.1.21\npassword=${PASSWORD}\naction=off\nplug=3`,
      `arguments: \nip=10.9.1.21\npassword=${PASSWORD}\naction=status\nplug=3`,
    ]);
    expect(readFileSync(join(folder.path, 'environment'), 'utf8')).not.toContain("g'h");
  });

  it.each([
    ['port', { plugs: {}, params: {} }, 'port=lb2'],
    ['nodename', { plugs: {}, params: {} }, 'nodename=lb2'],
    ['other', { plugs: {}, params: {} }, 'nodename=lb2'],
    ['plug', { plugs: { lb1: '1' }, params: {} }, 'plug=lb2'],
    ['plug', { plugs: {}, params: { plug: '7' } }, 'plug=7'],
    ['plug', { plugs: {}, params: { port: '7' } }, 'port=7'],
  ])('of an agent that knows nodes by "%s", for a device with %j, has %s', async (plug, rest, line) => {
    const agent = writeFenceAgent(folder.path, { plug });
    await runner.fence(fenceRequest(fenceDevice(agent, rest), 'on'));
    expect(
      calls()[0]
        ?.split('\n')
        .filter((each) => /^(plug|port|nodename)=/.test(each)),
    ).toEqual([line]);
  });

  it('gives a node named constructor its own name', async () => {
    await runner.fence(fenceRequest(fenceDevice(writeFenceAgent(folder.path)), 'on', 'constructor'));
    expect(calls()[0]).toContain('plug=constructor');
  });

  it('reads a secret anew each time, and says when it cannot', async () => {
    const device = fenceDevice(writeFenceAgent(folder.path), { params: { password: SECRET } });
    await runner.fence(fenceRequest(device, 'on'));
    secret = 'changed';
    await runner.fence(fenceRequest(device, 'on'));
    expect(calls().map((call) => call.split('\n')[1])).toEqual([`password=${PASSWORD}`, 'password=changed']);
    secret = 'two\nlines';
    expect(await runner.fence(fenceRequest(device, 'on'))).toEqual({
      kind: 'failed',
      reason: 'fence device "device": password has more than one line',
    });
    const lost = fenceDevice('fence_dummy', { params: { password: { ...SECRET, name: 'OTHER' } } });
    expect(await runner.fence(fenceRequest(lost, 'on'))).toEqual({
      kind: 'failed',
      reason: 'fence device "device": password cannot be read: no environment here',
    });
    expect(calls()).toHaveLength(2);
  });

  it("that fails tells the agent's last words without the secret, in whatever form it prints it", async () => {
    const device = fenceDevice(writeFenceAgent(folder.path), { params: { password: SECRET } });
    at(
      'off',
      [
        'printf "2026-11-28 23:00:00,123 ERROR: refused %s " "$password" >&2',
        'printf %s "$password" | base64 >&2',
        'echo "2026-11-28 23:00:00,123 ERROR: Please use \'-h\' for usage" >&2',
        'exit 1',
      ].join('\n'),
    );
    const outcome = await runner.fence(fenceRequest(device, 'off'));
    expect(outcome).toEqual({
      kind: 'failed',
      reason: `${device.agent} off exited with 1: refused [secret] [secret]`,
    });
    expect(JSON.stringify(log.sentences)).not.toContain("g'h");
  });

  it('tells no secret either that stands in the spec itself', async () => {
    const device = fenceDevice(writeFenceAgent(folder.path), { params: { password: 'in the open', user: 'ops' } });
    at('off', 'echo "ERROR: ops with $password is refused" >&2; exit 1');
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({
      kind: 'failed',
      reason: `${device.agent} off exited with 1: ops with [secret] is refused`,
    });
  });

  it('of a program that is not there says so', async () => {
    expect(await runner.fence(fenceRequest(fenceDevice('fence_nothing'), 'off'))).toEqual({
      kind: 'failed',
      reason: '"fence_nothing" is not installed on this node; fence-agents has those of Debian',
    });
  });

  it('of a program that says nothing of itself fails before it is asked for anything', async () => {
    const agent = writeFenceAgent(folder.path, { actions: [] });
    expect(await runner.fence(fenceRequest(fenceDevice(agent), 'off'))).toEqual({
      kind: 'failed',
      reason: `"${agent}" does not say what it can do (action "metadata")`,
    });
    expect(calls()).toEqual([]);
  });
});

describe('switching off', () => {
  it('fails as long as the device says that there is power', async () => {
    at('off', 'exit 0');
    const device = fenceDevice(writeFenceAgent(folder.path), { timeoutMs: 3000 });
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({
      kind: 'failed',
      reason: `${device.agent} says that "off" succeeded, and that lb2 still has power`,
    });
    expect(actions().slice(0, 2)).toEqual(['off', 'status']);
  });

  it('waits for a power that goes late', async () => {
    at('off', 'exit 0');
    at('status', `[ -e ${folder.path}/asked ] && echo off > "$power"; touch ${folder.path}/asked`);
    const device = fenceDevice(writeFenceAgent(folder.path));
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({ kind: 'succeeded' });
    expect(actions()).toEqual(['off', 'status', 'status']);
  });

  it('is not confirmed where the device does not answer afterwards', async () => {
    at('status', 'echo "no answer" >&2; exit 1');
    const device = fenceDevice(writeFenceAgent(folder.path));
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({
      kind: 'failed',
      reason: `${device.agent} status exited with 1: no answer`,
    });
  });

  it('takes the word of an agent that cannot be asked', async () => {
    const agent = writeFenceAgent(folder.path, { actions: ['off', 'monitor'] });
    expect(await runner.fence(fenceRequest(fenceDevice(agent), 'off'))).toEqual({ kind: 'succeeded' });
    expect(actions()).toEqual(['off']);
  });

  it('is a reboot for an agent that can do nothing else', async () => {
    const agent = writeFenceAgent(folder.path, { actions: ['reboot', 'status'] });
    expect(await runner.fence(fenceRequest(fenceDevice(agent), 'off'))).toEqual({ kind: 'succeeded' });
    expect(actions()).toEqual(['reboot']);
  });
});

describe('a reboot', () => {
  it('succeeds when the power is gone, and gives it back without being waited for', async () => {
    at('on', `touch ${folder.path}/began; while [ ! -e ${folder.path}/go ]; do sleep 0.02; done`);
    const device = fenceDevice(writeFenceAgent(folder.path));
    expect(await runner.fence(fenceRequest(device, 'reboot'))).toEqual({ kind: 'succeeded' });
    expect(existsSync(join(folder.path, 'power-lb2'))).toBe(true);
    await until('the power is asked for', () => existsSync(join(folder.path, 'began')));
    writeFileSync(join(folder.path, 'go'), '');
    await until('the power is back', () => !existsSync(join(folder.path, 'power-lb2')));
    expect(actions()).toEqual(['off', 'status', 'on']);
  });

  it('that cannot give the power back has done its work all the same, and says it in the log', async () => {
    at('on', 'echo "the fuse is gone" >&2; exit 1');
    const device = fenceDevice(writeFenceAgent(folder.path));
    expect(await runner.fence(fenceRequest(device, 'reboot'))).toEqual({ kind: 'succeeded' });
    const warning = `lb2 was fenced and device could not switch it on again: ${device.agent} on exited with 1: the fuse is gone`;
    await until('it is said', () => log.sentences.some(({ sentence }) => sentence === warning));
    expect(log.sentences.map(({ level }) => level)).toContain('warn');
  });

  it('that cannot take the power does not give it', async () => {
    at('off', 'exit 1');
    const device = fenceDevice(writeFenceAgent(folder.path));
    expect(await runner.fence(fenceRequest(device, 'reboot'))).toMatchObject({ kind: 'failed' });
    expect(actions()).toEqual(['off']);
  });
});

describe('an agent that hangs', () => {
  it('is ended with all that it started, and counts as late', async () => {
    at('off', `trap '' TERM; sleep 1000 & echo $! > ${folder.path}/child; echo "connecting" >&2; wait; sleep 1000`);
    const device = fenceDevice(writeFenceAgent(folder.path), { timeoutMs: 4000 });
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({
      kind: 'timeout',
      reason: `${device.agent} off did not end in time and was killed: connecting`,
    });
    expect(readProcess(Number(readFileSync(join(folder.path, 'child'), 'utf8')))).toBeNull();
  });

  it.each([
    ['its call is cancelled', (id: string) => runner.cancel(id)],
    ['the daemon closes', () => runner.close()],
  ])('is ended when %s', async (_, end) => {
    at('off', `echo $$ > ${folder.path}/agent; while :; do sleep 0.05; done`);
    const device = fenceDevice(writeFenceAgent(folder.path), { timeoutMs: 60_000 });
    const request = fenceRequest(device, 'off');
    const outcome = runner.fence(request);
    const path = join(folder.path, 'agent');
    const pid = await until('it is under way', () => existsSync(path) && Number(readFileSync(path, 'utf8')));
    end(request.id);
    expect(await outcome).toEqual({ kind: 'failed', reason: 'the call was broken off' });
    expect(readProcess(pid)).toBeNull();
  });

  it('and was left by a daemon that was killed, is ended before anything is done', async () => {
    at('off', `echo $$ > ${folder.path}/agent; while :; do sleep 0.05; done`);
    const device = fenceDevice(writeFenceAgent(folder.path), { timeoutMs: 60_000 });
    const left = runner.fence(fenceRequest(device, 'off'));
    const path = join(folder.path, 'agent');
    const pid = await until('it is under way', () => existsSync(path) && Number(readFileSync(path, 'utf8')));
    const next = newRunner();
    await next.run(operation('probe', resource('builtin:noop')));
    expect(readProcess(pid)).toBeNull();
    expect(await left).toMatchObject({ kind: 'failed' });
    next.close();
    expect(log.sentences.map(({ sentence }) => sentence)).toContain(
      'fence of fence device "device", which an earlier daemon or the guard began, was still under way and has been ended',
    );
  });
});

describe('a look at a device', () => {
  it('asks for the state of the node, so that a wrong plug is noticed', async () => {
    const device = fenceDevice(writeFenceAgent(folder.path));
    expect(await runner.fence(fenceRequest(device, 'monitor'))).toEqual({ kind: 'succeeded' });
    expect(await runner.fence(fenceRequest(device, 'off'))).toEqual({ kind: 'succeeded' });
    expect(await runner.fence(fenceRequest(device, 'monitor'))).toEqual({ kind: 'succeeded', power: 'off' });
    at('status', 'echo "no plug $plug" >&2; exit 1');
    expect(await runner.fence(fenceRequest(device, 'monitor'))).toEqual({
      kind: 'failed',
      reason: `${device.agent} status exited with 1: no plug lb2`,
    });
    expect(actions()).toEqual(['status', 'off', 'status', 'status', 'status']);
  });

  it('asks the device itself where it knows no state', async () => {
    const agent = writeFenceAgent(folder.path, { actions: ['off', 'monitor'] });
    expect(await runner.fence(fenceRequest(fenceDevice(agent), 'monitor'))).toEqual({ kind: 'succeeded' });
    expect(actions()).toEqual(['monitor']);
  });
});
