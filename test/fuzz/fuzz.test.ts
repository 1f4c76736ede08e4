import { expect, it } from 'vitest';
import { feed } from './feed.js';

it('changed and replayed datagrams and requests make nothing throw, and without the key change nothing', async () => {
  const { findings } = await feed({ inputs: 6000, seed: 7 });
  expect(findings.violations).toEqual([]);
  expect(findings.inputs).toBeGreaterThanOrEqual(6000);
  const kinds = new Set(findings.fed.entries().map(([kind]) => kind.split(',')[0]));
  for (const kind of ['bytes', 'API', 'replay', 'values changed', 'genuine body']) expect(kinds).toContain(kind);
  expect(findings.answers.of('values changed, signed with the key: read as a message')).toBeGreaterThan(20);
});
