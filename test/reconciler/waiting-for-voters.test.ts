import { describe, expect, it } from 'vitest';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { Cluster } from './cluster.js';

const WISH = { groups: { web: { prefer: ['n1'] } } };
/** P(lease) + P(stop budget), by a voter's clock. */
const QUARANTINE_MS = 1797;

/** A cluster in which some machines were reset and have begun again without a memory. */
function resetting(...names: readonly string[]): Cluster {
  const cluster = Cluster.begin(WISH);
  cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
  for (const name of names) cluster.host(name).reset();
  for (const name of names) cluster.start(name);
  return cluster;
}

const statusOf = (cluster: Cluster, node: string) => describeMind(cluster.mind(node), cluster.time, '');

describe('voters that begin without a memory', () => {
  it('are what status says it waits for, and how long, until a majority grants', () => {
    const cluster = resetting('n1', 'n2', 'n3');
    cluster.run(1200);
    const { health, verdict, quorum, conditions } = statusOf(cluster, 'n1');
    const [first] = quorum.quarantined;
    expect(quorum.quarantined.map(({ node }) => node)).toEqual(['n1', 'n2', 'n3']);
    expect(first?.leftMs).toBe(QUARANTINE_MS - 1200);
    expect(quorum.majorityInMs).toBeGreaterThanOrEqual(QUARANTINE_MS - 1200);
    expect({ health, verdict }).toEqual({
      health: 'down',
      verdict: expect.stringMatching(
        /^0 of 1 group runs: n1, n2, n3 began without a memory of what was promised and grant nothing for \d{3}ms more, until all of that has surely ended; this node goes on by itself then, and until then it starts nothing and what it held is stopped\.$/,
      ),
    });
    expect(conditions).toMatchObject([
      {
        kind: 'no-quorum',
        severity: 'warning',
        sentence:
          'a majority of the voters began without a memory of what was promised before, as at a first start, and grants nothing until all of that has surely ended, 1.8s (lease 1.2s + stop budget 599ms) by this spec: it goes on by itself, and sooner at the next time with shorter stop timeouts',
      },
    ]);
    cluster.until('web runs again', () => cluster.whereRuns('web').length > 0);
    const { said } = cluster.host('n1');
    expect(said.filter((each) => each.startsWith('warn'))).toEqual([]);
    expect(statusOf(cluster, 'n1').quorum).toMatchObject({ quorate: true, majorityInMs: null });
  });

  it('are told of by a node that has its memory, too', () => {
    const cluster = resetting('n2', 'n3');
    cluster.run(1200);
    const { quorum } = statusOf(cluster, 'n1');
    expect(quorum).toMatchObject({ quorate: false, acks: ['n1'], quarantineMs: 0 });
    expect(quorum.quarantined.map(({ node }) => node)).toEqual(['n2', 'n3']);
    expect(quorum.majorityInMs).toBe(Math.min(...quorum.quarantined.map(({ leftMs }) => leftMs)));
  });

  it('are no excuse where too few are there', () => {
    const cluster = resetting('n1');
    cluster.isolate('n1');
    cluster.run(1500);
    const { quorum, verdict, conditions } = statusOf(cluster, 'n1');
    expect(quorum).toMatchObject({ quorate: false, majorityInMs: null, quarantined: [{ node: 'n1' }] });
    expect(verdict).toContain('No majority of the voters answers this node (0 of 3, 2 needed');
    expect(conditions.find(({ kind }) => kind === 'no-quorum')?.severity).toBe('error');
  });
});
