import { expect, it } from 'vitest';
import { Cluster } from './cluster.js';

it('the loss of a ping counts with the round that begins failAfter after the first that missed it, whichever took longer', () => {
  const pings = { gateway: { everyMs: 500, failAfterMs: 1000 } };
  const cluster = Cluster.begin({ groups: { web: { requires: ['gateway'] } }, pings });
  cluster.run(3000);
  const host = cluster.host('n1');
  host.pingAnswers = 0;
  const watch = () => cluster.mind('n1').pings.get('gateway');
  host.pingTakesMs = 9;
  cluster.until('a round misses it', () => watch()?.differs === 'less');
  host.pingTakesMs = 3;
  expect(cluster.until('its loss counts', () => watch()?.reachable === 0)).toBeLessThan(1000);
});
