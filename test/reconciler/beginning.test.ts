import { expect, it } from 'vitest';
import { Cluster } from './cluster.js';
import { Host } from './host.js';

/** P(1000) + P(500) of the specs of these tests. */
const SILENCE_MS = 1797;

const time = { nowMs: 50_000, wallMs: 1_700_000_050_000 };

function silentUntilMs(startedAtMs?: number, exclusive: 'lease' | 'provider' = 'lease'): number {
  const first = new Cluster().write({ groups: { web: { exclusive } } });
  const host = new Host('n1');
  const mind = host.start({
    ...first,
    time,
    past: { kind: 'lost' },
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
  });
  return mind.voter.quarantineUntilMs;
}

it('a voter without memory is silent from when no earlier daemon can have promised anything, which may be before its beginning', () => {
  expect(silentUntilMs(49_200)).toBeCloseTo(49_200 + SILENCE_MS, -1);
  expect(silentUntilMs()).toBeCloseTo(50_000 + SILENCE_MS, -1);
});

it('a start that was noted later than the beginning does not count', () => {
  expect(silentUntilMs(50_300)).toBe(silentUntilMs());
});

it('it does not wait for a stop budget that no promise covers, where a provider sees to one owner', () => {
  expect(silentUntilMs(undefined, 'provider')).toBeCloseTo(50_000 + 1198, -1);
});

it('R7 a voter that lost its memory with the boot, and whose daemon is restarted in its silence, waits out the rest of it', () => {
  const cluster = Cluster.begin({ groups: { web: { prefer: ['n1'] } } });
  cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
  const host = cluster.host('n3');
  host.reset();
  cluster.start('n3');
  const silentUntilMs = cluster.mind('n3').voter.quarantineUntilMs;
  expect(silentUntilMs - cluster.nowMs).toBeCloseTo(SILENCE_MS, -1);
  cluster.run(300);
  host.kill();
  cluster.run(300);
  cluster.start('n3');
  expect(cluster.mind('n3').voter.quarantineUntilMs).toBe(silentUntilMs);
  cluster.run(SILENCE_MS);
  host.kill();
  cluster.start('n3');
  expect(cluster.mind('n3').voter.quarantineUntilMs).toBeLessThan(cluster.nowMs);
});
