import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Host } from './harness/host.js';
import { GATEWAY_ADDRESS, Lab } from './harness/lab.js';
import { describeWithLab } from './harness/describe-with-lab.js';
import { waitUntil } from './harness/wait-until.js';

/** Whether one host gets an answer from another; one lost packet is tried again. */
async function reaches(from: Host, address: string): Promise<boolean> {
  const { code } = await from.exec(['ping', '-c', '2', '-i', '0.2', '-W', '1', address]);
  return code === 0;
}

/** Whether one host comes to reach another within a few seconds: the kernel may still be giving up on what it looked for during a cut, and an error ends a ping. */
async function comesThrough(from: Host, address: string): Promise<boolean> {
  for (let tries = 0; tries < 10; tries += 1) if (await reaches(from, address)) return true;
  return false;
}

/** Which of the datagrams sent from one host to another arrive. */
async function datagramArrives(from: Host, to: Host): Promise<boolean> {
  const listen = `require('dgram').createSocket('udp4').on('message', (m) => console.log('got ' + m)).bind(9000, () => console.log('listening'))`;
  const send = `const s = require('dgram').createSocket('udp4'); s.send('hello', 9000, '${to.address()}', () => s.close())`;
  const receiver = await to.spawn([process.execPath, '-e', listen]);
  await receiver.waitForOutput(/listening/, { timeoutMs: 10_000 });
  await from.exec([process.execPath, '-e', send]);
  let hasArrived = true;
  try {
    await receiver.waitForOutput(/got hello/, { timeoutMs: 2_000 });
  } catch {
    hasArrived = false;
  }
  await receiver.stop();
  return hasArrived;
}

describeWithLab('hosts of a lab', () => {
  let lab: Lab;
  let lb1: Host;
  let lb2: Host;

  beforeAll(async () => {
    lab = await Lab.start({ hosts: ['lb1', 'lb2'], links: 2 });
    lb1 = lab.host('lb1');
    lb2 = lab.host('lb2');
  });

  afterAll(async () => {
    await lab?.close();
  });

  it('reach each other on both links, and the gateway and the client on the first', async () => {
    for (const address of [lb2.address(0), lb2.address(1), GATEWAY_ADDRESS, lab.client.address()]) {
      expect(await reaches(lb1, address), address).toBe(true);
    }
  });

  it('have a name, processes and a memory of their own', async () => {
    const sleeper = await lb1.spawn(['sleep', '1001']);
    await lb1.exec(['sh', '-c', 'echo mine >/run/mine; echo mine >/tmp/mine']);
    expect((await lb1.exec(['hostname'])).stdout).toBe('lb1\n');
    expect(await lb1.processes()).toEqual([{ pid: sleeper.pid, command: 'sleep 1001' }]);
    expect(await lb2.processes()).toEqual([]);
    expect((await lb2.exec(['cat', '/run/mine', '/tmp/mine'])).code).toBe(1);
    expect(existsSync('/run/mine') || existsSync('/tmp/mine')).toBe(false);
    await sleeper.stop();
  });

  it('cannot write to the disk of the machine', async () => {
    const outcome = await lb1.exec(['touch', '/etc/fairlead-harness-was-here']);
    expect(outcome.stderr).toContain('Read-only file system');
  });

  it('end a command that overruns its deadline, with its children', async () => {
    const outcome = await lb1.exec(['sh', '-c', 'sleep 1002 & sleep 1003'], { timeoutMs: 300 });
    expect(outcome).toMatchObject({ code: null, timedOut: true });
    await waitUntil('the end of its children', async () => (await lb1.processes()).length === 0, { timeoutMs: 5_000 });
  });

  it('leave no zombie of an orphan behind', async () => {
    await lb1.exec(['sh', '-c', 'sleep 0.05 & exit 0']);
    await waitUntil('the end of the orphan', async () => (await lb1.processes()).length === 0, { timeoutMs: 5_000 });
    expect((await lb1.exec(['ps', '-eo', 'stat='])).stdout).not.toContain('Z');
  });

  it('stop, pause and signal only what they are told to', async () => {
    const counter = await lb1.spawn(['sh', '-c', 'trap "echo told" USR1; while :; do echo x; sleep 0.02; done']);
    const bystander = await lb1.spawn(['sleep', '1004']);
    await counter.pause();
    const before = counter.output;
    await waitUntil('a while', async () => (await lb1.exec(['sleep', '0.2'])).code === 0, { timeoutMs: 5_000 });
    expect(counter.output).toBe(before);
    counter.resume();
    await waitUntil('more output', () => counter.output.length > before.length, { timeoutMs: 5_000 });
    counter.kill('SIGUSR1');
    await counter.waitForOutput(/told/, { timeoutMs: 5_000 });
    await counter.pause();
    counter.kill('SIGKILL');
    expect(await counter.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await lb1.signalProcesses(/^sleep 1004$/, 'KILL')).toEqual([{ pid: bystander.pid, command: 'sleep 1004' }]);
    expect(await bystander.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('say so when a program does not exist', async () => {
    const missing = await lb1.spawn(['/no/such/program']);
    expect(await missing.exited).toEqual({ code: 127, signal: null });
    expect(missing.output).toContain('/no/such/program');
  });

  it('lose everything in memory by a crash, and come back on the same links with their disk', async () => {
    lb1.writeFile('kept.txt', 'kept');
    await lb1.exec(['sh', '-c', 'echo gone >/run/gone']);
    const bootId = (await lb1.exec(['cat', '/proc/sys/kernel/random/boot_id'])).stdout;
    const link = (await lb1.exec(['cat', '/sys/class/net/eth0/address'])).stdout;
    const sleeper = await lb1.spawn(['sleep', '1005']);

    await lb1.crash();

    expect(await sleeper.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(lb1.isUp).toBe(false);
    await expect(lb1.exec(['true'])).rejects.toThrow('"lb1" is down; boot it first');
    expect(await reaches(lb2, lb1.address())).toBe(false);

    await lb1.boot();

    expect(await comesThrough(lb2, lb1.address())).toBe(true);
    expect(await comesThrough(lb2, lb1.address(1))).toBe(true);
    expect((await lb1.exec(['cat', '/run/disk/kept.txt'])).stdout).toBe('kept');
    expect((await lb1.exec(['cat', '/run/gone'])).code).toBe(1);
    expect((await lb1.exec(['cat', '/proc/sys/kernel/random/boot_id'])).stdout).not.toBe(bootId);
    expect((await lb1.exec(['cat', '/sys/class/net/eth0/address'])).stdout).toBe(link);
    expect(await lb1.processes()).toEqual([]);
  });

  it('are up since their boot, whatever the machine is', async () => {
    const uptime = async (): Promise<number> =>
      Number((await lb1.exec([process.execPath, '-p', 'os.uptime()'])).stdout.trim());
    await lb1.crash();
    const beforeBootMs = performance.now();
    await lb1.boot();
    expect(await uptime()).toBeLessThan((performance.now() - beforeBootMs) / 1000 + 1);
  });

  it('hear and say nothing while they are cut off, until healed', async () => {
    await lb1.cut();
    expect(await reaches(lb1, lb2.address())).toBe(false);
    expect(await reaches(lb2, lb1.address(1))).toBe(false);
    expect(await comesThrough(lb2, GATEWAY_ADDRESS)).toBe(true);
    await lb1.heal();
    expect(await comesThrough(lb1, lb2.address())).toBe(true);
    expect(await comesThrough(lb2, lb1.address(1))).toBe(true);
  });

  it('stay cut off over a crash: the fault is in the network', async () => {
    await lb1.cut();
    await lb1.crash();
    await lb1.boot();
    expect(await reaches(lb1, lb2.address())).toBe(false);
    await lab.heal();
    expect(await comesThrough(lb1, lb2.address())).toBe(true);
  });

  it('send but do not hear, or hear but do not send, by a one-way cut', async () => {
    await lb1.cut({ direction: 'in' });
    expect(await datagramArrives(lb1, lb2)).toBe(true);
    expect(await datagramArrives(lb2, lb1)).toBe(false);
    await lb1.heal();
    await lb1.cut({ direction: 'out' });
    expect(await datagramArrives(lb1, lb2)).toBe(false);
    expect(await datagramArrives(lb2, lb1)).toBe(true);
    await lb1.heal();
  });

  it('lose one link and keep the other', async () => {
    await lb1.cut({ link: 1 });
    expect(await reaches(lb1, lb2.address(1))).toBe(false);
    expect(await comesThrough(lb1, lb2.address(0))).toBe(true);
    await lb1.heal();
  });

  it('lose the gateway alone, one of them or all', async () => {
    await lb1.cutFrom(lab.gateway);
    expect(await reaches(lb1, GATEWAY_ADDRESS)).toBe(false);
    expect(await comesThrough(lb2, GATEWAY_ADDRESS)).toBe(true);
    expect(await comesThrough(lb1, lb2.address())).toBe(true);
    await lab.gateway.cut();
    expect(await reaches(lb2, GATEWAY_ADDRESS)).toBe(false);
    await lab.heal();
    expect(await comesThrough(lb1, GATEWAY_ADDRESS)).toBe(true);
  });

  it('see the carrier go when a cable is pulled', async () => {
    await lb1.pullCable(1);
    const shown = async (): Promise<string> => (await lb1.exec(['ip', 'link', 'show', 'eth1'])).stdout;
    await waitUntil('the loss', async () => (await shown()).includes('NO-CARRIER'), { timeoutMs: 5_000 });
    await lb1.plugBack(1);
    await waitUntil('the link', () => reaches(lb1, lb2.address(1)), { timeoutMs: 5_000 });
  });
});

describeWithLab('a closed lab', () => {
  it('leaves no namespace, interface, mount, process or file behind', async () => {
    const machine = (): string[] => [
      execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }),
      execFileSync('ip', ['-oneline', 'link', 'show'], { encoding: 'utf8' }).replaceAll(/ qlen \d+/g, ''),
      execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }),
      readFileSync('/proc/self/mountinfo', 'utf8'),
    ];
    const before = machine();
    const lab = await Lab.start({ hosts: ['lb1', 'lb2'] });
    const inside = namespacesOf(await lab.host('lb1').exec(['readlink', '/proc/self/ns/net', '/proc/self/ns/mnt']));
    await lab.host('lb1').spawn(['sleep', '1006']);
    await lab.host('lb2').cut();
    expect(processesIn(inside)).not.toEqual([]);
    expect(machine()).toEqual(before);

    await lab.close();
    await lab.close();

    expect(machine()).toEqual(before);
    expect(processesIn(inside)).toEqual([]);
    expect(existsSync(lab.folder)).toBe(false);
  });
});

function namespacesOf(outcome: { readonly stdout: string }): readonly string[] {
  return outcome.stdout.trim().split('\n');
}

/** The machine's processes that live in one of these namespaces. */
function processesIn(namespaces: readonly string[]): string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return (
        /^\d+$/.test(entry) &&
        ['net', 'mnt'].some((kind) => namespaces.includes(readlinkSync(`/proc/${entry}/ns/${kind}`)))
      );
    } catch {
      return false; // It ended while we looked.
    }
  });
}
