import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/cli/status-report.js';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { FencedCluster } from './fenced-cluster.js';

const statusOf = (cluster: FencedCluster, node: string) => describeMind(cluster.mind(node), cluster.time, '');
const quorumLine = (cluster: FencedCluster, node: string) =>
  renderStatus(statusOf(cluster, node), { color: false, width: 200 })
    .split('\n')
    .find((line) => line.startsWith('Quorum'));

/** n1 has everything, and n2 is gone. */
function alone(failures = 0): FencedCluster {
  const cluster = FencedCluster.start({ nodes: ['n1', 'n2'] });
  cluster.runs('db', 'n1');
  cluster.runs('web', 'n1');
  cluster.fail('pdu off n2', failures);
  cluster.powerOff('n2');
  return cluster;
}

describe('one of two voters that fence each other', () => {
  it('R14 is not down while the other one is to be fenced: what it has runs on, and it says so', () => {
    const cluster = alone(1000);
    cluster.run(10_000);
    const runsOn = 'runs on, because the other one is granted nothing without';
    const { health, verdict, conditions } = statusOf(cluster, 'n1');
    expect({ health, verdict }).toEqual({
      health: 'degraded',
      verdict: `2 of 2 groups run, but no majority of the voters answers this node (1 of 2, 2 needed): it starts nothing and what it holds ${runsOn} its voter.`,
    });
    expect(conditions.find(({ kind }) => kind === 'no-quorum')?.sentence).toContain(runsOn);
    expect(quorumLine(cluster, 'n1')).toBe('Quorum      NO: 1 of 2 voters answer (2 needed): n1');
  });

  it('R14 says what that waits on, where the other one had something', () => {
    const cluster = FencedCluster.start({ nodes: ['n1', 'n2'] });
    cluster.runs('db', 'n1');
    cluster.fail('pdu off n1', 1000);
    cluster.powerOff('n1');
    cluster.run(10_000);
    const until =
      'n2 does not reach a majority of the voters until n1 is fenced: n2 is at it, pdu: no answer; every level failed';
    expect(cluster.waits('n2').find((each) => each.startsWith('db'))).toContain(`db: quorum on n2: ${until}`);
    const { groups } = statusOf(cluster, 'n2');
    expect(groups[0]?.sentence).toContain(`whether db runs is not known from here, since n1 is not heard; ${until}`);
    expect(groups[0]?.sentence).toContain('fairlead fence confirm n1');
  });

  it('R14 says that the other one counts as dead, and while its next life grants nothing yet, that all runs on', () => {
    const cluster = alone();
    cluster.until('n2 counts as dead', () => cluster.mind('n1').holder.isRivalDead);
    cluster.run(1000);
    expect(quorumLine(cluster, 'n1')).toBe(
      'Quorum      1 of 2 voters answer (2 needed): n1; n2 counts as dead, so its vote is not missed',
    );
    cluster.start('n2');
    cluster.run(1400);
    const { health, verdict, quorum } = statusOf(cluster, 'n1');
    expect(quorum).toMatchObject({ quorate: false, quarantined: [{ node: 'n2' }] });
    expect({ health, verdict }).toEqual({
      health: 'degraded',
      verdict: expect.stringMatching(
        /^2 of 2 groups run: n2 began without .*, and until then it starts nothing and what it holds runs on, because the other one is granted nothing without its voter\.$/,
      ),
    });
    cluster.run(5000);
    expect(cluster.host('n1').calls.filter((call) => call.startsWith('stop'))).toEqual([]);
    expect(statusOf(cluster, 'n1').health).toBe('ok');
  });

  it('R14 says that the other one counts as having left', () => {
    const cluster = FencedCluster.start({ nodes: ['n1', 'n2'] });
    cluster.runs('db', 'n1');
    cluster.put('n2', { kind: 'leave' });
    cluster.until('n2 has left', () => cluster.host('n2').hasLeft);
    cluster.host('n2').kill();
    cluster.run(5000);
    expect(quorumLine(cluster, 'n1')).toBe(
      'Quorum      1 of 2 voters answer (2 needed): n1; n2 counts as having left, so its vote is not missed',
    );
  });

  it('R14 does not say that anything runs on where its own voter does not answer', () => {
    const cluster = alone();
    cluster.run(10_000);
    cluster.host('n1').reset();
    cluster.start('n1');
    cluster.run(1400);
    const { health, verdict } = statusOf(cluster, 'n1');
    expect(health).toBe('down');
    expect(verdict).toContain('what it held is stopped');
  });
});
