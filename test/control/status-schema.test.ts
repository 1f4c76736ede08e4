import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { decodeStatus } from '../../src/control/decode-answer.js';
import type { Status } from '../../src/model/status.js';
import { describe } from '../../src/reconciler/describe.js';
import { Cluster } from '../reconciler/cluster.js';
import type { SpecWish } from '../reconciler/specs.js';
import { healthyStatus, statusSpecimens } from './status-specimens.js';

function readSchema(name: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8'));
}

const schema = readSchema('status');
const isStatus = new Ajv({
  strict: true,
  strictTypes: false,
  allowUnionTypes: true,
  formats: { 'date-time': true },
}).compile(schema);

/** What is wrong with a status once it is JSON; empty when nothing is. */
function wrongWith(status: unknown): readonly unknown[] {
  return isStatus(JSON.parse(JSON.stringify(status))) ? [] : (isStatus.errors ?? []);
}

/** Every node's status at many moments of a story. */
function story(): Status[] {
  const wish: SpecWish = {
    nodes: { n1: {}, n2: {}, n3: { role: 'witness' } },
    groups: { web: { members: ['vip', 'nginx'], prefer: ['n1'], requires: ['gateway'], restarts: 0 }, db: {} },
    pings: { gateway: { hosts: [{ kind: 'icmp', text: '10.0.0.254', host: '10.0.0.254' }] } },
  };
  const cluster = Cluster.begin(wish);
  const statuses: Status[] = [];
  const look = (times: number): void => {
    for (let time = 0; time < times; time += 1) {
      for (const host of cluster.hosts.values()) {
        if (host.mind !== null) statuses.push(describe(host.mind, cluster.time, new Date(0).toISOString()));
      }
      cluster.run(90);
    }
  };
  look(20);
  cluster
    .host('n1')
    .behaviours.set('monitor:nginx', { outcome: { kind: 'failed', reason: 'exit code 1', class: 'soft', code: 1 } });
  look(40);
  cluster.isolate('n2');
  look(30);
  cluster.edit('n1', 'no spec at all');
  look(5);
  cluster.edit('n3', { ...wish, groups: { web: { desired: 'stopped' } } });
  look(20);
  return statuses;
}

test('statuses of real minds, in calm and in trouble, are as the schema says', () => {
  const statuses = story();
  expect(statuses.flatMap(wrongWith)).toEqual([]);
  // The story would prove little if it showed little.
  expect(new Set(statuses.map(({ health }) => health)).size).toBeGreaterThanOrEqual(3);
  expect(statuses.some(({ failures }) => failures.length > 0)).toBe(true);
  expect(statuses.some(({ pings }) => pings.length > 0)).toBe(true);
  expect(statuses.some(({ quorum }) => !quorum.quorate)).toBe(true);
  expect(statuses.some(({ leases }) => leases.some(({ leftMs }) => leftMs !== null))).toBe(true);
  expect(statuses.some(({ conditions }) => conditions.some(({ kind }) => kind === 'spec-invalid'))).toBe(true);
});

test.each(Object.entries(statusSpecimens))('the specimen %s is as the schema says', (_, specimen) => {
  expect(wrongWith(specimen())).toEqual([]);
});

test('the schema refuses what is no status', () => {
  const { quorum: _, ...withoutQuorum } = healthyStatus();
  for (const wrong of [
    withoutQuorum,
    { ...healthyStatus(), health: 'fine' },
    { ...healthyStatus(), extra: 1 },
    {},
    null,
  ]) {
    expect(wrongWith(wrong)).not.toEqual([]);
  }
});

test('every member that the schema has is described', () => {
  const missing: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [key, member] of Object.entries(value)) {
      if (key === 'properties' || key === 'definitions') {
        for (const [name, each] of Object.entries<object>(member)) {
          if (!('description' in each) && !('$ref' in each)) missing.push(`${path}/${key}/${name}`);
        }
      }
      visit(member, `${path}/${key}`);
    }
  };
  visit(schema, '#');
  expect(missing).toEqual([]);
});

test('a plan is described as in the schema of plans', () => {
  const [here, there] = [schema.definitions, readSchema('plan').definitions].map(namesToSchemas);
  for (const name of ['place', 'reason', 'part', 'candidate', 'placement', 'action', 'wait', 'plan']) {
    expect(here?.get(name)).toBeDefined();
    expect(here?.get(name)).toEqual(there?.get(name));
  }
});

test('what the client takes for a status is a status', () => {
  for (const specimen of Object.values(statusSpecimens))
    expect(decodeStatus(JSON.parse(JSON.stringify(specimen())))).not.toBeNull();
  expect(decodeStatus({ cluster: 'x' })).toBeNull();
  expect(decodeStatus(null)).toBeNull();
});

function namesToSchemas(definitions: unknown): Map<string, unknown> {
  return new Map(typeof definitions === 'object' && definitions !== null ? Object.entries(definitions) : []);
}
