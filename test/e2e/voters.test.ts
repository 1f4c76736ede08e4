/** Other voters while everything runs: from three to five, and from five to three others, with the file edited on one host after the other. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GroupStatus } from '../../src/model/status.js';
import { describeWithLab } from './harness/describe-with-lab.js';
import { VIRTUAL_ADDRESS } from './harness/lab.js';
import { sleep, waitUntil } from './harness/wait-until.js';
import type { SpecVariation } from './stories/cluster.js';
import { Cluster, leaseAndBudgetMs } from './stories/cluster.js';
import { PATIENCE_MS } from './stories/daemons.js';

const FIRST = ['lb1', 'lb2', 'lb3'];
const FIVE = [...FIRST, 'lb4', 'lb5'];
const OTHERS = ['lb4', 'lb5', 'lb6'];
const ALL = [...FIVE, 'lb6'];

/** Two groups beside that of the client's page, so that not one node owns all. */
const GROUPS = `  note: { prefer: [lb2], members: [noted], stopBudget: 500ms }
  flag: { prefer: [lb3], members: [flagged], stopBudget: 500ms }
`;
const RESOURCES = `  noted: { type: builtin:noop }
  flagged: { type: builtin:noop }
`;

/** Between the edits of two hosts: a heartbeat and a half. */
const BETWEEN_EDITS_MS = 300;

/** How long each state of the cluster is looked at by everybody. */
const LOOK_EVERY_MS = 150;

/** A group that a daemon did not see running, and what it said of it. */
interface Waiting {
  readonly by: string;
  readonly group: Pick<GroupStatus, 'group' | 'state' | 'sentence'>;
}

describeWithLab('the voters change from three to five to three others', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    const change = (text: string): string =>
      `${text.replace('groups:\n', `groups:\n${GROUPS}`)}${RESOURCES}`.replace('lease: 1s', 'lease: 3s');
    cluster = await Cluster.start({ form: 'builtin', hosts: ALL, change });
  });

  afterAll(async () => {
    await cluster?.close();
  });

  it('and every group keeps its owner, for whoever asks', async () => {
    cluster.writeSpec({ only: FIRST });
    await cluster.startDaemons(FIRST);
    await cluster.untilCalm('three voters at rest', FIRST);
    await untilVoters(cluster, FIRST, FIRST);
    const owner = await cluster.owner();
    await cluster.untilAnswered({ by: [owner], sinceMs: cluster.probe.mark() });
    const before = await cluster.standing(owner);
    const holdings = await cluster.watch.holdings(VIRTUAL_ADDRESS);
    const owners = await ownersSaidBy(cluster, owner);
    const looks = new Looks(cluster, new Set(owners.values()));
    looks.begin(FIRST);
    const fromMs = cluster.probe.mark();

    await editEverywhere(cluster, { only: FIVE }, { on: FIVE, start: ['lb4', 'lb5'] });
    await untilVoters(cluster, FIVE, FIVE);
    await cluster.untilCalm('five voters at rest', FIVE);
    looks.begin(FIVE);

    const workers = Object.fromEntries(FIRST.map((name) => [name, { role: 'worker' as const }]));
    await editEverywhere(cluster, { only: ALL, nodes: workers }, { on: [...ALL].reverse(), start: ['lb6'] });
    await untilVoters(cluster, OTHERS, ALL);
    await cluster.untilCalm('three other voters at rest', ALL);

    const unexplained = await looks.end();
    const report = await cluster.tell('voters from three to five to three others', fromMs);
    expect(unexplained).toEqual([]);
    expect(await ownersSaidBy(cluster, owner)).toEqual(owners);
    expect(await cluster.standing(owner)).toEqual(before);
    expect(await cluster.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
    expect(report.outages).toEqual([]);
  });

  it('and the former voters are none: their loss costs nobody a lease', async () => {
    const owner = await cluster.owner();
    const before = await cluster.standing(owner);
    const fromMs = cluster.probe.mark();

    const lost = FIRST.filter((name) => name !== owner);
    for (const name of lost) await cluster.lab.host(name).crash();

    const left = ALL.filter((name) => !lost.includes(name));
    const longEnoughMs = leaseAndBudgetMs('builtin') + 2_000;
    await cluster.untilStatus(
      'the silence of two former voters',
      ({ nodes }) =>
        lost.every((name) =>
          nodes.some(({ node, heardAgoMs }) => node === name && heardAgoMs !== null && heardAgoMs > longEnoughMs),
        ),
      left,
    );
    const [status] = await cluster.untilStatus('a quorate owner', ({ quorum }) => quorum.quorate, [owner]);
    const report = await cluster.tell('two former voters crashed', fromMs);
    expect([...(status?.quorum.acks ?? [])].sort()).toEqual(OTHERS);
    expect(await cluster.standing(owner)).toEqual(before);
    expect(report.outages).toEqual([]);
  });
});

/** Writes the spec on one host after the other, and starts the daemons of new nodes on the way. */
async function editEverywhere(
  cluster: Cluster,
  variation: SpecVariation,
  options: { readonly on: readonly string[]; readonly start: readonly string[] },
): Promise<void> {
  for (const name of options.on) {
    cluster.writeSpec(variation, [cluster.lab.host(name)]);
    if (options.start.includes(name)) await cluster.startDaemon(name);
    await sleep(BETWEEN_EDITS_MS);
  }
}

/** Waits until these vote and nobody else, by the word of each daemon. */
async function untilVoters(cluster: Cluster, voters: readonly string[], by: readonly string[]): Promise<void> {
  await cluster.untilStatus(
    `${voters.join(', ')} as voters, at the end of the change`,
    ({ quorum, conditions }) =>
      quorum.quorate &&
      quorum.votes === voters.length &&
      quorum.acks.every((name) => voters.includes(name)) &&
      !conditions.some(({ kind }) => kind === 'voters-changed'),
    by,
  );
}

/** Where each group runs, as a daemon says. */
async function ownersSaidBy(cluster: Cluster, name: string): Promise<ReadonlyMap<string, string | null>> {
  const status = await cluster.status(name);
  return new Map(status?.groups.map(({ group, node }) => [group, node]));
}

/** Asks every daemon again and again, and keeps what it does not see running. */
class Looks {
  readonly #waiting: Waiting[] = [];
  #names: readonly string[] = [];
  #count = 0;
  #isOver = false;
  readonly #looking: Promise<void>;

  constructor(
    private readonly cluster: Cluster,
    private readonly owners: ReadonlySet<string | null>,
  ) {
    this.#looking = this.#look();
  }

  /** Asks these from now on. */
  begin(names: readonly string[]): void {
    this.#names = names;
  }

  /** What was said without an explanation, and whatever an owner did not see running. */
  async end(): Promise<readonly Waiting[]> {
    this.#isOver = true;
    await this.#looking;
    const told = new Set(
      this.#waiting.map(({ by, group }) => `${by}: ${group.group} ${group.state}: ${group.sentence}`),
    );
    console.log(`${this.#count} looks; ${told.size === 0 ? 'every group ran in each' : [...told].join('\n')}`);
    await waitUntil('enough looks', () => this.#count > 20, { timeoutMs: PATIENCE_MS });
    return this.#waiting.filter(({ by, group }) => this.owners.has(by) || group.sentence === '');
  }

  async #look(): Promise<void> {
    while (!this.#isOver) {
      for (const by of this.#names) {
        const status = await this.cluster.status(by);
        if (status === null) continue;
        this.#count += 1;
        for (const { group, state, sentence } of status.groups) {
          if (state !== 'running') this.#waiting.push({ by, group: { group, state, sentence } });
        }
      }
      await sleep(LOOK_EVERY_MS);
    }
  }
}
