/** Three hosts whose power can be taken: what is exclusive by fencing is taken over when the last owner is off, and never before. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithLab } from './harness/describe-with-lab.js';
import { VIRTUAL_ADDRESS } from './harness/lab.js';
import { FENCE_AGENT, PowerSwitch } from './harness/power-switch.js';
import { sleep, waitUntil } from './harness/wait-until.js';
import { Cluster, leaseAndBudgetMs } from './stories/cluster.js';
import { PATIENCE_MS } from './stories/daemons.js';

const HOSTS = ['lb1', 'lb2', 'lb3'];

const board = (name: string): string =>
  `    board-${name}: { agent: ${FENCE_AGENT}, nodes: [${name}], timeout: 10s, retries: 1, params: { device: board-${name} } }\n`;

/** A board for each host, and a power switch for all as the second level. */
const FENCING = `fencing:
  devices:
${HOSTS.map(board).join('')}    outlets: { agent: ${FENCE_AGENT}, nodes: [${HOSTS.join(', ')}], timeout: 10s, retries: 0, params: { device: outlets } }
`;

/** A service whose stop hangs where the file /run/hang is. */
const STUCK = `  stuck:
    type: script
    params:
      start: [touch, /run/stuck]
      stop: [sh, -c, "[ -e /run/hang ] && exec sleep 1000; rm -f /run/stuck"]
      monitor: [sh, -c, "[ -e /run/stuck ] || exit 7"]
    monitor: [{ every: 1s, timeout: 1s }]
    timeouts: { start: 5s, stop: 1s }
    onFail: { stop: fence }
`;

describeWithLab('fencing of three hosts', () => {
  let cluster: Cluster;
  let power: PowerSwitch;

  beforeAll(async () => {
    const change = (text: string): string =>
      `${text.replace('type: builtin:vip\n', 'type: builtin:vip\n    exclusive: fencing\n')}${STUCK}${FENCING}`;
    cluster = await Cluster.start({ form: 'builtin', change });
    power = PowerSwitch.start(cluster.lab);
  });

  beforeEach(() => {
    power.orders.length = 0;
  });

  afterAll(async () => {
    await power?.close();
    await cluster?.close();
  });

  it('the owner is isolated: it is fenced, and then its address is taken over', async () => {
    const owner = await cluster.rest();
    const fromMs = cluster.probe.mark();
    const faultMs = Date.now();

    await cluster.lab.host(owner).cut();

    const next = await takenOver(cluster, { owner, fromMs });
    await cluster.tell('isolation with fencing', fromMs);
    expect(power.orders).toMatchObject([{ device: `board-${owner}`, action: 'off', host: owner, isDone: true }]);
    await expectTakenAfter(cluster, power, faultMs);
    const status = await cluster.status(next);
    expect(status?.fencing).toMatchObject([{ node: owner, state: 'fenced', last: { how: `board-${owner}` } }]);
  });

  it('the board fails twice: the second level is tried, and the history has it all', async () => {
    const owner = await cluster.rest();
    power.fail(`board-${owner}`, 2);
    const fromMs = cluster.probe.mark();
    const faultMs = Date.now();

    await cluster.lab.host(owner).cut();

    await takenOver(cluster, { owner, fromMs });
    await cluster.tell('the second level of fencing', fromMs);
    expect(power.orders).toMatchObject([
      { device: `board-${owner}`, action: 'off', isDone: false },
      { device: `board-${owner}`, action: 'off', isDone: false },
      { device: 'outlets', action: 'off', host: owner, isDone: true },
    ]);
    await expectTakenAfter(cluster, power, faultMs);
    const [fencer = ''] = power.orders.map(({ by }) => by);
    const { stdout } = await cluster.fairlead(fencer, ['fence', 'history']);
    expect(stdout).toMatch(new RegExp(`board-${owner} for "off" of ${owner}: failed .*the device does not answer`));
    expect(stdout).toMatch(new RegExp(`outlets for "off" of ${owner}: succeeded`));
    expect(stdout).toMatch(new RegExp(`${owner} counts as dead, by word of ${fencer}: outlets`));
  });

  it('no device answers: nobody takes over before a person says that the host is off', async () => {
    const owner = await cluster.rest();
    power.fail(`board-${owner}`, Number.POSITIVE_INFINITY);
    power.fail('outlets', Number.POSITIVE_INFINITY);
    const [asked] = cluster.hostsExcept(owner).map(({ name }) => name);
    if (asked === undefined) throw new Error('the lab has one host only');
    const refused = await cluster.fairlead(asked, ['fence', 'confirm', owner, '--i-checked-power']);
    expect(refused.stderr).toContain(`"${owner}" is heard, so it has power`);
    const fromMs = cluster.probe.mark();

    await cluster.lab.host(owner).crash();

    const others = cluster.hostsExcept(owner).map(({ name }) => name);
    await cluster.untilStatus(
      'a fence that failed',
      ({ conditions }) => conditions.some(({ kind, sentence }) => kind === 'fencing' && sentence.includes(owner)),
      others,
    );
    await waitUntil('every level to have failed', () => power.orders.some(({ device }) => device === 'outlets'), {
      timeoutMs: PATIENCE_MS,
    });
    await sleep(leaseAndBudgetMs('builtin'));
    expect(await cluster.watch.holders(VIRTUAL_ADDRESS)).toEqual([]);
    const isHelpTold = async (): Promise<boolean> =>
      (await cluster.fairlead(asked, ['why', 'web'])).stdout.includes(`fairlead fence confirm ${owner}`);
    await waitUntil('what a person can do, said by `why`', isHelpTold, { timeoutMs: PATIENCE_MS });
    expect(await cluster.watch.holders(VIRTUAL_ADDRESS)).toEqual([]);

    const confirmed = await cluster.fairlead(asked, ['fence', 'confirm', owner, '--i-checked-power']);
    expect([confirmed.stderr, confirmed.stdout]).toEqual(['', expect.stringContaining(`${owner} counts as dead`)]);

    const next = await takenOver(cluster, { owner, fromMs });
    await cluster.tell('a death that a person confirmed', fromMs);
    expect(await cluster.watch.overlaps(VIRTUAL_ADDRESS), await cluster.watch.describe(VIRTUAL_ADDRESS)).toEqual([]);
    const { stdout } = await cluster.fairlead(next, ['fence', 'history']);
    expect(stdout).toContain(`${owner} counts as dead, by word of ${asked}: confirmed by hand`);
    power.fail(`board-${owner}`, 0);
    power.fail('outlets', 0);
  });

  it('a stop hangs: the host is fenced, alive as it is, and the service starts elsewhere', async () => {
    await cluster.rest();
    const [before] = await cluster.untilStatus('the service', ({ groups }) => nodeOf(groups, 'stuck') !== null);
    const stuckOn = nodeOf(before?.groups ?? [], 'stuck') ?? '';
    await cluster.lab.host(stuckOn).exec(['touch', '/run/hang']);

    cluster.writeSpec({ nodes: { [stuckOn]: { state: 'standby' } } });

    const others = cluster.hostsExcept(stuckOn).map(({ name }) => name);
    await cluster.untilStatus(
      'the service on another host',
      ({ groups }) => {
        const node = nodeOf(groups, 'stuck');
        return node !== null && node !== stuckOn;
      },
      others,
    );
    expect(power.orders).toMatchObject([{ device: `board-${stuckOn}`, action: 'off', host: stuckOn, isDone: true }]);
    expect(power.orders.map(({ by }) => by)).not.toContain(stuckOn);
    expect(await cluster.watch.overlaps(VIRTUAL_ADDRESS), await cluster.watch.describe(VIRTUAL_ADDRESS)).toEqual([]);
  });
});

/** Where a group runs, as a daemon says; null where it does not. */
function nodeOf(
  groups: readonly { readonly group: string; readonly node: string | null; readonly state: string }[],
  group: string,
): string | null {
  const found = groups.find((each) => each.group === group && each.state === 'running');
  return found?.node ?? null;
}

/** Waits until another host answers, and says which. */
async function takenOver(
  cluster: Cluster,
  options: { readonly owner: string; readonly fromMs: number },
): Promise<string> {
  const others = cluster.hostsExcept(options.owner).map(({ name }) => name);
  return cluster.untilAnswered({ by: others, sinceMs: options.fromMs });
}

/** The address never was on two hosts, and nobody took it between the fault and the loss of the power. Shape: `faultMs` is wall time. */
async function expectTakenAfter(cluster: Cluster, power: PowerSwitch, faultMs: number): Promise<void> {
  expect(await cluster.watch.overlaps(VIRTUAL_ADDRESS), await cluster.watch.describe(VIRTUAL_ADDRESS)).toEqual([]);
  const offMs = power.orders.at(-1)?.atMs ?? Number.NaN;
  const begun = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).map(({ fromMs }) => fromMs);
  expect(begun.filter((fromMs) => fromMs > faultMs && !(fromMs > offMs))).toEqual([]);
  expect(begun.some((fromMs) => fromMs > offMs)).toBe(true);
}
