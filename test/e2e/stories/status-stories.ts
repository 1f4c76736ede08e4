import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import type { Cluster } from './cluster.js';

/** Stories of what the daemons say. */
export function tellStatusStories(clusterOf: () => Cluster): void {
  it('the status as JSON keeps to its schema, and as text says where the service runs', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const schema: unknown = JSON.parse(readFileSync('schemas/status.schema.json', 'utf8'));
    const ajv = new Ajv({ allErrors: true, strict: false });
    const isStatus = ajv.compile(isObject(schema) ? schema : false);

    for (const { name } of cluster.lab.hosts) {
      const outcome = await cluster.fairlead(name, ['status', '-o', 'json']);
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      isStatus(JSON.parse(outcome.stdout));
      expect(isStatus.errors ?? [], name).toEqual([]);
    }
    const text = await cluster.fairlead(owner, ['status']);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(new RegExp(`web.*${owner}`));
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
