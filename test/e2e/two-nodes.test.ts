/** Two hosts and no third, each of which can take the other's power: one of them survives whatever happens between them, and it is the preferred one. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithLab } from './harness/describe-with-lab.js';
import { VIRTUAL_ADDRESS } from './harness/lab.js';
import { FENCE_AGENT, PowerSwitch } from './harness/power-switch.js';
import { sleep } from './harness/wait-until.js';
import { Cluster, leaseAndBudgetMs } from './stories/cluster.js';

const HOSTS = ['lb1', 'lb2'];

const board = (name: string): string =>
  `    board-${name}: { agent: ${FENCE_AGENT}, nodes: [${name}], timeout: 10s, params: { device: board-${name} } }\n`;

/** Whoever would fence lb1 waits so long that lb1 is through before. */
const FENCING = `fencing:
  prefer: [lb1]
  headStart: 8s
  devices:
${HOSTS.map(board).join('')}`;

describeWithLab('two hosts without a third', () => {
  let cluster: Cluster;
  let power: PowerSwitch;

  beforeAll(async () => {
    cluster = await Cluster.start({ form: 'builtin', hosts: HOSTS, change: (text) => `${text}${FENCING}` });
    power = PowerSwitch.start(cluster.lab);
  });

  beforeEach(() => {
    power.orders.length = 0;
  });

  afterAll(async () => {
    await power?.close();
    await cluster?.close();
  });

  it('one crashes: the other makes sure that it is off, and takes over', async () => {
    await ownedBy(cluster, 'lb2');
    const fromMs = cluster.probe.mark();
    const faultMs = Date.now();

    await cluster.lab.host('lb2').crash();

    await cluster.untilAnswered({ by: ['lb1'], sinceMs: fromMs });
    await cluster.tell('one of two crashed', fromMs);
    expect(power.orders).toMatchObject([{ by: 'lb1', device: 'board-lb2', action: 'off', host: 'lb2', isDone: true }]);
    const begun = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).filter(({ fromMs: beganMs }) => beganMs > faultMs);
    expect(begun.map(({ host }) => host)).toContain('lb1');
    expect(begun.filter(({ fromMs: beganMs }) => !(beganMs > (power.orders[0]?.atMs ?? Number.NaN)))).toEqual([]);
  });

  it('they lose sight of each other: the preferred one survives and takes over, never both', async () => {
    await ownedBy(cluster, 'lb2');
    const fromMs = cluster.probe.mark();

    await cluster.lab.host('lb1').cutFrom(cluster.lab.host('lb2'));

    await cluster.untilAnswered({ by: ['lb1'], sinceMs: fromMs });
    await cluster.tell('two lost sight of each other', fromMs);
    expect(cluster.lab.hosts.map(({ name, isUp }) => [name, isUp])).toEqual([
      ['lb1', true],
      ['lb2', false],
    ]);
    expect(power.orders).toMatchObject([{ by: 'lb1', device: 'board-lb2', action: 'off', isDone: true }]);
    expect(await cluster.watch.overlaps(VIRTUAL_ADDRESS), await cluster.watch.describe(VIRTUAL_ADDRESS)).toEqual([]);
  });

  it('both were off and one comes back: it takes nothing before it sees the other, or a person vouches for it', async () => {
    await cluster.rest();
    for (const host of cluster.lab.hosts) await host.crash();
    const fromMs = cluster.probe.mark();

    await cluster.lab.host('lb1').boot();
    await cluster.startDaemon('lb1');

    await cluster.untilStatus(
      'that it waits for the other',
      ({ conditions }) => conditions.some(({ sentence }) => sentence.includes('quorum.firstStart: see')),
      ['lb1'],
    );
    await sleep(leaseAndBudgetMs('builtin'));
    expect(await cluster.watch.holders(VIRTUAL_ADDRESS)).toEqual([]);
    expect(power.orders).toEqual([]);

    const confirmed = await cluster.fairlead('lb1', ['fence', 'confirm', 'lb2', '--i-checked-power']);
    expect([confirmed.stderr, confirmed.stdout]).toEqual(['', expect.stringContaining('lb2 counts as dead')]);

    await cluster.untilAnswered({ by: ['lb1'], sinceMs: fromMs });
    await cluster.tell('one of two started alone', fromMs);
  });
});

/** Brings everything up, and the address to a host. */
async function ownedBy(cluster: Cluster, name: string): Promise<void> {
  const owner = await cluster.rest();
  if (owner === name) return;
  cluster.writeSpec({ nodes: { [owner]: { state: 'standby' } } });
  await cluster.untilAnswered({ by: [name], sinceMs: cluster.probe.mark() });
  await cluster.rest();
  expect(await cluster.owner()).toBe(name);
}
