import { expect, it } from 'vitest';
import { VIRTUAL_ADDRESS } from '../harness/lab.js';
import type { Cluster } from './cluster.js';

/** Stories of a spec that is edited while everything runs. */
export function tellSpecStories(clusterOf: () => Cluster): void {
  it("the owner is set to standby in one host's file: the change is applied by itself, everywhere", async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const [editor] = cluster.hostsExcept(owner);
    const others = cluster.hostsExcept(owner).map(({ name }) => name);
    const fromMs = cluster.probe.mark();

    cluster.writeSpec({ nodes: { [owner]: { state: 'standby' } } }, editor === undefined ? [] : [editor]);

    const next = await cluster.untilAnswered({ by: others, sinceMs: fromMs });
    await cluster.tell('standby in the file', fromMs);
    await cluster.untilStatus(
      'a moved group and the new state',
      ({ groups, nodes }) =>
        groups[0]?.node === next &&
        groups[0].state === 'running' &&
        nodes.some(({ node, state }) => node === owner && state === 'standby'),
    );
    const [given, taken] = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).slice(-2);
    expect(given).toMatchObject({ host: owner, ended: 'removed' });
    expect(taken).toMatchObject({ host: next, untilMs: null });
    expect(await cluster.nginx(owner)).toEqual([]);

    cluster.writeSpec({});

    await cluster.untilStatus('an active node', ({ nodes }) => nodes.every(({ state }) => state === 'active'));
    await cluster.untilCalm('rest after the node is active again');
    expect(await cluster.owner()).toBe(next);
  });

  it('a member is added to the running group, and taken out again: the others run on', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const { nginx } = await cluster.standing(owner);
    const holdings = await cluster.watch.holdings(VIRTUAL_ADDRESS);
    const fromMs = cluster.probe.mark();

    cluster.writeSpec({
      change: (text) => `${text.replace('members: [vip, nginx]', 'members: [vip, nginx, note]')}${NOTE[cluster.form]}`,
    });

    await cluster.untilStatus('three running members', ({ groups }) => {
      const members = groups[0]?.members.map(({ resource, node, state }) => `${resource} ${state} ${node}`);
      return members?.join() === `vip running ${owner},nginx running ${owner},note running ${owner}`;
    });
    await cluster.untilCalm('rest with the new member');

    cluster.writeSpec({});

    await cluster.untilStatus('two members', ({ groups }) => groups[0]?.members.length === 2);
    await cluster.untilCalm('rest without the new member');
    const report = await cluster.tell('a member added and taken out', fromMs);
    // The lease's list was amended under new epochs; the lease itself never ended.
    expect((await cluster.standing(owner)).nginx).toEqual(nginx);
    expect(await cluster.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
    expect(report.outages).toEqual([]);
  });
}

/** Stories of a spec that is not applied, so that no agent is called. */
export function tellStoriesOfOtherSpecs(clusterOf: () => Cluster): void {
  it('an invalid edit: nothing happens, and the status says why', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const before = await cluster.standing(owner);
    const revisions = await revisionsOf(cluster);
    const fromMs = cluster.probe.mark();

    cluster.writeSpec({ change: (text) => text.replace('members: [vip, nginx]', 'members: [vip, nginks]') });

    const isInvalid = ({ kind }: { readonly kind: string }): boolean => kind === 'spec-invalid';
    const statuses = await cluster.untilStatus('an invalid file', ({ conditions }) => conditions.some(isInvalid));
    for (const { conditions } of statuses) {
      expect(conditions.find(isInvalid)?.sentence).toContain('nginks');
    }
    const report = await cluster.tell('invalid edit', fromMs);
    expect(await revisionsOf(cluster)).toEqual(revisions);
    expect(await cluster.standing(owner)).toEqual(before);
    expect(report.outages).toEqual([]);

    cluster.writeSpec({});

    await cluster.untilStatus('a valid file', ({ conditions }) => !conditions.some(isInvalid));
    expect(await revisionsOf(cluster)).toEqual(revisions);
  });

  it('a dry run against the running daemon shows the move and makes none', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const before = await cluster.standing(owner);
    const fromMs = cluster.probe.mark();
    const [editor] = cluster.hostsExcept(owner);
    const proposed = cluster.specText({ nodes: { [owner]: { state: 'standby' } } });
    const path = editor?.writeFile('proposed.yaml', proposed) ?? '';

    const outcome = await cluster.fairlead(editor?.name ?? '', ['reconcile', '--dry-run', '--detailed-exitcode', path]);

    expect(outcome, outcome.stderr).toMatchObject({ code: 2 });
    expect(outcome.stdout).toMatch(new RegExp(`> web\\s+${owner} -> lb\\d`));
    const same = await cluster.fairlead(editor?.name ?? '', ['reconcile', '--dry-run', '--detailed-exitcode', SAME]);
    expect(same, same.stdout).toMatchObject({ code: 0 });
    await cluster.untilCalm('rest after the dry run');
    const report = await cluster.tell('dry run', fromMs);
    expect(await cluster.standing(owner)).toEqual(before);
    expect(report.outages).toEqual([]);
  });
}

/** A third member that comes after the others. */
const NOTE = {
  builtin: '  note: { type: builtin:noop }\n',
  ocf: '  note: { type: "ocf:heartbeat:Dummy", timeouts: { start: 10s, stop: 1s } }\n',
} as const;

/** The file that is in force, as a host sees it. */
const SAME = '/run/disk/cluster.yaml';

async function revisionsOf(cluster: Cluster): Promise<readonly (string | undefined)[]> {
  const statuses = await cluster.untilStatus('a revision', ({ revision }) => revision !== null);
  return statuses.map(({ revision }) => revision?.hash);
}
