import { describe, expect, it } from 'vitest';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { Cluster } from './cluster.js';
import type { GroupWish } from './specs.js';

const FAILS = { outcome: { kind: 'failed', reason: 'no port', class: 'soft', code: 1 } } as const;

/** A cluster in which web's one start on n1 failed a minute ago. */
function failed(web: GroupWish = {}, onFail = 'restart' as 'restart' | 'stop'): Cluster {
  const resources = { web: { onFail: { monitor: 'restart', start: onFail, stop: 'block' } } } as const;
  const cluster = Cluster.begin({ groups: { web: { prefer: ['n1'], restarts: 0, ...web } }, resources });
  cluster.host('n1').behaviours.set('start:web', FAILS);
  cluster.until('it has failed', () => (cluster.mind('n1').lives.get('web')?.failures.length ?? 0) > 0);
  cluster.run(60_000);
  return cluster;
}

function failuresOn(cluster: Cluster, node: string) {
  return describeMind(cluster.mind(node), cluster.time, '').failures;
}

describe('what status says of a failure', () => {
  const UNLESS = 'unless its parameters change in the spec or `fairlead retry web --on n1` forgets it';

  it('is how long a ban lasts, on the node that knows when it failed', () => {
    const [failure, ...more] = failuresOn(failed(), 'n1');
    expect(more).toEqual([]);
    expect(failure).toMatchObject({
      banned: true,
      sentence: `web on n1: start failed: no port (1 failure); it is not run there for 29m more, ${UNLESS}`,
    });
    expect(failure?.forgottenInMs).toBe(1_740_000);
  });

  it('is when a ban ends, on every other node', () => {
    expect(failuresOn(failed(), 'n2')).toMatchObject([
      {
        banned: true,
        forgottenInMs: null,
        sentence: `web on n1: start failed: no port (1 failure); it is not run there until 30m after its last failure, ${UNLESS}`,
      },
    ]);
  });

  it('is the same of what is stopped everywhere, which is forgotten like the rest', () => {
    const cluster = failed({}, 'stop');
    const sentence = `web on n1: start failed: no port (1 failure); it is stopped everywhere for 29m more, ${UNLESS}`;
    expect(failuresOn(cluster, 'n1')).toMatchObject([{ sentence, forgottenInMs: 1_740_000 }]);
    const { plan } = describeMind(cluster.mind('n2'), cluster.time, '');
    expect(plan?.waits.map(({ text }) => text)).toEqual([
      'web failed on n1 (start failed: no port) and stays down everywhere until 30m after its last failure, unless its parameters change in the spec or `fairlead retry web` forgets it',
    ]);
    cluster.host('n1').behaviours.clear();
    cluster.run(1_740_000);
    cluster.until('it is tried again', () => cluster.whereRuns('web').length > 0);
    expect(failuresOn(cluster, 'n1')).toEqual([]);
  });

  it('is who has to act where it is blocked, and no time', () => {
    const cluster = Cluster.begin({ groups: { web: { prefer: ['n1'] } } });
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
    cluster.host('n1').behaviours.set('stop:web', FAILS);
    cluster.edit('n1', { groups: { web: { prefer: ['n1'], desired: 'stopped' } } });
    cluster.run(3000);
    expect(failuresOn(cluster, 'n1')).toMatchObject([
      {
        blocked: true,
        forgottenInMs: null,
        sentence:
          'web on n1: stop failed: no port (1 failure); it is blocked there and nobody takes it: stop it by hand, then run `fairlead retry web --on n1`',
      },
    ]);
  });
});
