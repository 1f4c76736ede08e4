/** The cluster's key is exchanged while everything runs, and then somebody who has only the old one, or a record of everything that was ever said, tries what can be done with it. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Status } from '../../src/model/status.js';
import { KEY_NAME } from './harness/cluster-spec.js';
import { describeWithLab } from './harness/describe-with-lab.js';
import { DISK } from './harness/host-set-up.js';
import type { HostedProcess } from './harness/hosted-process.js';
import { waitUntil } from './harness/wait-until.js';
import { Cluster, leaseAndBudgetMs } from './stories/cluster.js';
import { PATIENCE_MS } from './stories/daemons.js';
import { nothingHappens } from './stories/nothing-happens.js';

const NAMES = ['lb1', 'lb2', 'lb3'];
const STRANGER = 'stranger';

const OLD = `${DISK}/${KEY_NAME}`;
const NEW_NAME = 'new.key';
const NEW = `${DISK}/${NEW_NAME}`;

/** Made for this test and worth nothing. */
const NEW_KEY = '9c41d7e2aa5b30f1e6c88d5247019b3f6e2d15c4b7a80f93d1e4c26b5a7f8e09';

const TAP = fileURLToPath(new URL('harness/udp-tap.pl', import.meta.url));
const PORT = 7418;

/** Counters of the status. */
const FOREIGN = 'bad datagrams: unknown-key';
const REPLAYED = 'replayed heartbeats';

/** As fast as a node of this machine takes them without losing many. */
const REPLAYED_PER_SECOND = 1_000;

describeWithLab('the key is exchanged', () => {
  let cluster: Cluster;
  let owner: string;
  const taps = new Map<string, HostedProcess>();

  beforeAll(async () => {
    const change = (text: string): string => text.replace('lease: 1s', 'lease: 3s');
    cluster = await Cluster.start({ form: 'builtin', hosts: [...NAMES, STRANGER], change });
    for (const name of NAMES) {
      taps.set(name, await cluster.lab.host(name).spawn(['perl', TAP, 'keep', `${PORT}`]));
      cluster.lab.host(name).writeFile(NEW_NAME, `${NEW_KEY}\n`, 0o600);
    }
    cluster.writeSpec({ only: NAMES });
    await cluster.startDaemons(NAMES);
    await cluster.untilCalm('three nodes at rest', NAMES);
    owner = await cluster.owner();
    await cluster.untilAnswered({ by: [owner], sinceMs: cluster.probe.mark() });
  });

  afterAll(async () => {
    await cluster?.close();
  });

  it('in three changes, and nobody is out for a moment', async () => {
    const expectNothingHappened = await nothingHappens(cluster, owner);

    for (const [index, keys] of [[OLD, NEW], [NEW, OLD], [NEW]].entries()) {
      cluster.writeSpec({ only: NAMES, change: withKeys(keys) }, [cluster.lab.host('lb1')]);
      await cluster.untilStatus(
        `revision ${index + 2} on every node`,
        ({ revision, nodes }) =>
          revision?.generation === index + 2 && nodes.every((node) => node.revision?.hash === revision.hash),
        NAMES,
      );
    }
    cluster.writeSpec({ only: NAMES, change: withKeys([NEW]) });
    await lease(cluster, owner);

    await cluster.untilCalm('rest with another key', NAMES);
    await expectNothingHappened('key exchanged');
    for (const name of NAMES) {
      expect(cluster.daemon(name).output).toContain(`as the revision in force lists them: ${NEW};`);
      expect(await counterOf(cluster, name, FOREIGN)).toBe(0);
    }
  });

  it('and who has only the old key is heard by nobody', async () => {
    const expectNothingHappened = await nothingHappens(cluster, owner);
    const impersonated = NAMES.find((name) => name !== owner) ?? '';
    const others = NAMES.filter((name) => name !== impersonated);
    const host = cluster.lab.host(STRANGER);
    const addresses = [host.address(0), host.address(1)];
    host.writeFile('cluster.yaml', cluster.specText({ only: NAMES, nodes: { [impersonated]: { addresses } } }));

    const stranger = await cluster.startDaemon(STRANGER, { node: impersonated });

    const heartbeats = 20;
    await waitUntil(
      'what the stranger says to reach the others',
      async () => {
        const counts = await Promise.all(others.map((name) => counterOf(cluster, name, FOREIGN)));
        return counts.every((count) => count > heartbeats);
      },
      { timeoutMs: PATIENCE_MS, everyMs: 100 },
    );
    const alone = await cluster.status(STRANGER);
    stranger.kill('SIGKILL');
    await stranger.exited;
    expect(alone?.quorum).toMatchObject({ quorate: false, acks: [] });
    expect(alone?.groups.map(({ node }) => node)).toEqual([null]);
    await cluster.untilCalm('rest after the stranger', NAMES);
    await expectNothingHappened('somebody with the old key');
  });

  it('and everything that was ever said, said again, changes nothing', async () => {
    const expectNothingHappened = await nothingHappens(cluster, owner);
    const host = cluster.lab.host(STRANGER);
    const captures = [...taps].map(([name, tap]) => {
      const capture = `capture-of-${name}`;
      copyFileSync(tap.stdoutFile, join(cluster.lab.folder, STRANGER, 'disk', capture));
      return `${DISK}/${capture}`;
    });
    const before = await refusedBy(cluster);

    const replayed = await host.exec(['perl', TAP, 'replay', `${REPLAYED_PER_SECOND}`, ...captures], {
      timeoutMs: PATIENCE_MS,
    });

    expect(replayed, replayed.stderr).toMatchObject({ code: 0, timedOut: false });
    const counts = replayed.stdout.trim().split('\n').map(Number);
    await lease(cluster, owner);
    const after = await refusedBy(cluster);
    for (const [index, name] of NAMES.entries()) {
      const [foreign = 0, again = 0] = (after[index] ?? []).map(
        (count, which) => count - (before[index]?.[which] ?? 0),
      );
      console.log(
        `${counts[index]} datagrams again to ${name}: ${foreign} under the old key, ${again} heartbeats said before`,
      );
      // What the cluster said in some seconds, before the exchange and after it.
      expect(counts[index]).toBeGreaterThan(250);
      // Some are lost on the way, as datagrams are.
      expect(foreign).toBeGreaterThan(100);
      expect(again).toBeGreaterThan(10);
    }
    await cluster.untilCalm('rest after the replay', NAMES);
    await expectNothingHappened('everything replayed');
  });
});

/** Has the spec list these key files. */
function withKeys(paths: readonly string[]): (text: string) => string {
  const keys = paths.map((path) => `{ file: ${path} }`).join(', ');
  return (text) => text.replace(/^ {2}key: .*$/m, `  keys: [${keys}]`);
}

/** Waits until what would have ended a lease a moment ago has ended it. */
async function lease(cluster: Cluster, owner: string): Promise<void> {
  const untilMs = cluster.probe.mark() + leaseAndBudgetMs('builtin') + 2_000;
  await cluster.untilAnswered({ by: [owner], sinceMs: untilMs });
}

async function counterOf(cluster: Cluster, name: string, counter: string): Promise<number> {
  return (await mustSay(cluster, name)).counters[counter] ?? 0;
}

/** How many datagrams each node refused for their key, and how many heartbeats because they were said before. */
async function refusedBy(cluster: Cluster): Promise<readonly (readonly number[])[]> {
  return Promise.all(
    NAMES.map((name) => Promise.all([FOREIGN, REPLAYED].map((counter) => counterOf(cluster, name, counter)))),
  );
}

async function mustSay(cluster: Cluster, name: string): Promise<Status> {
  const status = await cluster.status(name);
  if (status === null) throw new Error(`the daemon of "${name}" does not answer`);
  return status;
}
