/** fairlead as a service of systemd, by the unit file of the package, with a systemd unit in its care. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { missingForMachines } from '../house/prerequisites.mjs';
import { describeWithLab } from './harness/describe-with-lab.js';
import { waitUntil } from './harness/wait-until.js';
import type { Machine } from './machines/machine.js';
import { ServiceCluster, SPEC } from './machines/service-cluster.js';
import { PATIENCE_MS } from './stories/daemons.js';

const define = (): void => {
  let cluster: ServiceCluster;

  beforeAll(async () => {
    cluster = await ServiceCluster.start();
  });

  afterAll(async () => {
    await cluster?.close();
  });

  it('start cold: one of them answers, and no other runs nginx', async () => {
    const fromMs = Date.now();
    await Promise.all(
      cluster.machines.map((machine) =>
        machine.ask(['systemctl', 'enable', '--now', 'fairlead'], { timeoutMs: 30_000 }),
      ),
    );
    const owner = await cluster.untilCalm('rest after the cold start');
    console.log(`e2e cold start (systemd): ${Date.now() - fromMs} ms`);
    for (const machine of cluster.machines) {
      expect(await machine.show('nginx', 'ActiveState')).toBe(machine.name === owner ? 'active' : 'inactive');
    }
  });

  it('leave a killed nginx to fairlead, which starts it where it was, although its own files say that systemd does', async () => {
    const owner = cluster.machine(await cluster.untilCalm('rest'));
    expect(await owner.show('nginx', 'Restart')).toBe('no');
    expect(await owner.show('nginx', 'Before')).toContain('fairlead.service');
    const fromMs = cluster.probe.mark();
    await replaced(owner, ['systemctl', 'kill', '--kill-whom=all', '--signal=SIGKILL', 'nginx']);
    await cluster.untilAnswered({ by: [owner.name], sinceMs: Date.now() });
    expect(await owner.show('nginx', 'NRestarts')).toBe('0');
    const status = await cluster.status(owner);
    expect(status?.failures).toMatchObject([{ resource: 'rs-systemd-nginx', node: owner.name, failures: 1 }]);
    await cluster.tell('nginx killed', fromMs);
  });

  it('start an nginx again that somebody stopped', async () => {
    const owner = cluster.machine(await cluster.untilCalm('rest'));
    const fromMs = cluster.probe.mark();
    await replaced(owner, ['systemctl', 'stop', 'nginx']);
    await cluster.untilAnswered({ by: [owner.name], sinceMs: Date.now() });
    await cluster.tell('nginx stopped by hand', fromMs);
  });

  it('hand over before they reboot, and take part again afterwards', async () => {
    const owner = cluster.machine(await cluster.untilCalm('rest'));
    const fromMs = cluster.probe.mark();
    await owner.run(['systemctl', 'reboot']);
    await cluster.untilAnswered({ by: others(owner), sinceMs: fromMs });
    await cluster.tell('reboot of the owner', fromMs);
    expect(await owner.untilDown()).toEqual({ isReboot: true });
    await expectHandOver(owner);
    await owner.powerOn();
    await cluster.untilBooted(owner);
    expect(await cluster.untilCalm('rest after the reboot')).not.toBe(owner.name);
    expect(await owner.show('nginx', 'ActiveState')).toBe('inactive');
  });

  it('have a daemon that hangs ended by the watchdog of systemd, and another one take its place', async () => {
    const owner = cluster.machine(await cluster.untilCalm('rest'));
    const other = cluster.machine(others(owner)[0] ?? '');
    const before = await other.show('fairlead', 'NRestarts');
    await other.ask(['systemctl', 'kill', '--kill-whom=main', '--signal=SIGSTOP', 'fairlead']);
    const look = async (): Promise<boolean> => (await other.show('fairlead', 'NRestarts')) !== before;
    await waitUntil('another daemon', look, { timeoutMs: PATIENCE_MS, everyMs: 100, onTimeout: () => cluster.story() });
    expect(await cluster.untilCalm('rest with another daemon')).toBe(owner.name);
  });

  it("run Debian's haproxy by its own unit, through an agent that is called by hand", async () => {
    const machine = cluster.machine(await cluster.untilCalm('rest'));
    const act = async (action: string): Promise<number | null> =>
      (await machine.run(['fairlead', 'agent', 'run', 'systemd:haproxy', action])).code;
    const request = 'exec 3<> /dev/tcp/127.0.0.1/8080; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; head -n 1 <&3';
    const answer = async (): Promise<string> => (await machine.run(['bash', '-c', request])).stdout.trim();
    expect(await act('probe')).toBe(1);
    expect(await act('start')).toBe(0);
    expect(await answer()).toMatch(/ 200 OK$/);
    expect(await act('monitor')).toBe(0);
    expect(await act('stop')).toBe(0);
    expect(await machine.show('haproxy', 'ActiveState')).toBe('inactive');
    expect(await answer()).toBe('');
  });

  it('tell of a unit that is enabled at boot', async () => {
    const owner = cluster.machine(await cluster.untilCalm('rest'));
    const other = cluster.machine(others(owner)[0] ?? '');
    await other.ask(['systemctl', 'enable', 'nginx']);
    const { stdout } = await other.run(['fairlead', 'validate', SPEC]);
    expect(stdout).toContain('warning[unit-enabled-at-boot] systemd:nginx is started by multi-user.target at boot');
    // It looks every half a minute, and when it begins.
    await other.ask(['systemctl', 'restart', 'fairlead'], { timeoutMs: 30_000 });
    const isTold = async (): Promise<boolean> =>
      (await cluster.status(other))?.conditions.some(({ kind }) => kind === 'enabled-at-boot') === true;
    await waitUntil('the condition', isTold, { timeoutMs: PATIENCE_MS, onTimeout: () => cluster.story() });
    const plan = await other.ask(['fairlead', 'reconcile', '--dry-run', SPEC]);
    expect(plan).toContain(`started at boot by multi-user.target on ${other.name}`);
    await cluster.untilAnswered({ by: [owner.name], sinceMs: cluster.probe.mark() });
  });

  it('hand over before they are switched off', async () => {
    const owner = cluster.machine(await cluster.untilAnswered({ sinceMs: cluster.probe.mark() }));
    const fromMs = cluster.probe.mark();
    await owner.run(['systemctl', 'poweroff']);
    await cluster.untilAnswered({ by: others(owner), sinceMs: fromMs });
    await cluster.tell('power-off of the owner', fromMs);
    expect(await owner.untilDown()).toEqual({ isReboot: false });
    await expectHandOver(owner);
  });

  function others(machine: Machine): string[] {
    return cluster.machines.map(({ name }) => name).filter((name) => name !== machine.name);
  }

  /** The last that a machine wrote. Lines of the daemon and lines of systemd may stand in either order, so each are looked at by themselves. */
  async function expectHandOver(machine: Machine): Promise<void> {
    const told = await machine.journal('fairlead', 'nginx');
    const lines = told.slice(told.lastIndexOf('Stopping fairlead.service')).split('\n');
    const inOrder = (steps: readonly RegExp[]): void => {
      const found = lines.filter((line) => steps.some((step) => step.test(line)));
      expect(found, told).toMatchObject(steps.map((step) => expect.stringMatching(step)));
    };
    inOrder([
      /handing everything over/,
      /"stopping rs-systemd-nginx/,
      /"rs-systemd-nginx stopped/,
      /"rg01 is released/,
    ]);
    inOrder([/^Stopping fairlead\./, /^Stopping nginx\./, /^Stopped nginx\./, /^Stopped fairlead\./]);
  }

  /** Does something to nginx, and waits until another nginx runs there. */
  async function replaced(machine: Machine, argv: readonly string[]): Promise<void> {
    const before = await machine.show('nginx', 'InvocationID');
    await machine.ask(argv);
    const look = async (): Promise<boolean> =>
      (await machine.show('nginx', 'ActiveState')) === 'active' &&
      (await machine.show('nginx', 'InvocationID')) !== before;
    await waitUntil('another nginx', look, { timeoutMs: PATIENCE_MS, everyMs: 50, onTimeout: () => cluster.story() });
  }
};

describeWithLab('machines with systemd', define, missingForMachines());
