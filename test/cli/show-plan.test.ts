import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fastJsonPatch from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { clusterDocument } from '../../src/cli/plan-document.js';
import { showPlan } from '../../src/cli/show-plan.js';
import type { PlanPorts, PlanWish } from '../../src/cli/show-plan.js';
import type { ObservedCluster } from '../../src/model/observation.js';
import type { Status } from '../../src/model/status.js';
import { applyPlan } from '../../src/planner/apply.js';
import { plan } from '../../src/planner/plan.js';
import { groupStatus, healthyStatus } from '../control/status-specimens.js';
import { buildObserved } from '../planner/build-spec.js';
import { readSpec } from '../planner/read-spec.js';

const SPEC = `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: edge }
heartbeat: { lease: 3s, key: { file: /etc/fairlead/gossip.key } }
nodes:
  lb1: { addresses: [10.0.1.11] }
  lb2: { addresses: [10.0.1.12] }
  wit: { addresses: [10.0.3.9], role: witness }
groups:
  web: { members: [vip, nginx], prefer: [lb1, lb2] }
resources:
  vip: { type: builtin:vip, params: { address: 10.0.1.50/24, interface: eth0 } }
  nginx: { type: systemd:nginx }
`;
const STANDBY = SPEC.replace('lb1: { addresses: [10.0.1.11] }', 'lb1: { addresses: [10.0.1.11], state: standby }');
const HASH = 'a'.repeat(64);

const atRest = buildObserved(readSpec('edge.yaml', SPEC), {
  self: 'lb1',
  nodes: { lb1: 'online quorate', lb2: 'online quorate', wit: 'online quorate' },
  rest: 'stopped',
  leases: { web: 'lb1 own 7' },
  resources: { vip: { lb1: 'running' }, nginx: { lb1: 'running' } },
});

function statusOf(observed: ObservedCluster): Status {
  return { ...healthyStatus(), cluster: 'edge', node: 'lb1', at: '2026-03-04T14:02:11.000Z', groups: [], observed };
}

interface Shown {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function show(
  options: { readonly spec?: string; readonly wish?: Partial<PlanWish>; readonly ports?: Partial<PlanPorts> } = {},
): Promise<Shown> {
  let out = '';
  let err = '';
  const wish: PlanWish = {
    path: 'edge.yaml',
    output: 'text',
    observedFile: null,
    isOffline: false,
    isDetailed: false,
    isStrict: false,
    isVerbose: false,
    color: false,
    talkColor: false,
    ...options.wish,
  };
  const ports: PlanPorts = {
    readSpec: async (path) => ({ files: [{ file: path, text: options.spec ?? SPEC }], hash: HASH }),
    readText: () => Promise.reject(new Error('nobody asked for a file')),
    fetchStatus: async () => statusOf(atRest),
    fetchSpec: async () => ({ files: [{ file: 'edge.yaml', text: SPEC }], hash: HASH }),
    readCatalogue: async () => null,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ...options.ports,
  };
  const code = await showPlan(wish, ports);
  return { code, out, err };
}

describe('what a dry run says', () => {
  test('nothing to do, when the cluster is as the spec wants it', async () => {
    const { code, out } = await show({ wish: { isDetailed: true } });
    expect(code).toBe(EXIT.ok);
    expect(out).toContain('Summary: nothing to do, 1 in place. Expected interruption: none.');
    expect(out).toContain('Plan for edge   revision aaaaaaa   observed 14:02:11 by lb1');
  });

  test('what moves, why, in which steps, and what the cluster could bear to lose afterwards', async () => {
    const { code, out } = await show({ spec: STANDBY });
    expect(code).toBe(EXIT.ok);
    expect(out).toMatchInlineSnapshot(`
      "Plan for edge   revision aaaaaaa   observed 14:02:11 by lb1

      Summary: 1 to move, 0 in place. Expected interruption: web at most 81 s by its timeouts.
               Quorum 3 of 3 votes. After apply: loss of lb1 ok, LOSS OF lb2 FATAL (no node may run web: lb1 is standby, lb2 is offline and wit is a witness: it votes and runs nothing), of wit ok.

      Changes
        > web  lb1 -> lb2, because lb1 is standby   edge.yaml:6   interrupted at most 81 s by its timeouts
            1 stop    nginx, vip on lb1
            2 release web on lb1, claim web on lb2
            3 start   vip, nginx on lb2

      Waiting on
        web  release: lb1 must stop and release web first   edge.yaml:10
      "
    `);
  });

  test('what is restarted, and what with it, because its parameters are not those of the spec in force', async () => {
    const spec = SPEC.replace('10.0.1.50/24', '10.0.1.51/24');
    const ports: Partial<PlanPorts> = {
      readSpec: async (file) => ({ files: [{ file, text: spec }], hash: 'b'.repeat(64) }),
    };
    const { out } = await show({ ports });
    expect(out).toContain(
      '~ web  recovers on lb1, because vip runs on lb1 with parameters that the spec no longer has',
    );
    expect(out).toContain('1 stop    nginx, vip on lb1\n      2 start   vip, nginx on lb1');
    const json = await show({ ports, wish: { output: 'json', isDetailed: true } });
    expect(json.code).toBe(EXIT.changes);
    expect(JSON.parse(json.out).plan.actions.map(({ id }: { readonly id: string }) => id)).toContain('stop:vip@lb1');
    const unknown = await show({ ports: { ...ports, fetchSpec: async () => null } });
    expect(unknown.out).toContain('nothing to do');
  });

  test('that failures of other parameters are forgotten, but not a failed stop', async () => {
    const spec = SPEC.replace('10.0.1.50/24', '10.0.1.51/24');
    const readSpec: PlanPorts['readSpec'] = async (file) => ({ files: [{ file, text: spec }], hash: 'b'.repeat(64) });
    const down = (vip: Partial<ObservedCluster['resources'][number]>): Status => {
      const resources = atRest.resources.map((seen) => {
        const isVip = seen.resource === 'vip' && seen.node === 'lb1';
        return {
          ...seen,
          state: 'stopped' as const,
          ...(isVip ? { failures: 1, reason: 'start failed', ...vip } : {}),
        };
      });
      return statusOf({ ...atRest, resources, leases: [] });
    };
    const fetchStatus = async (): Promise<Status> => down({ banned: true });
    expect((await show({ ports: { readSpec, fetchStatus } })).out).toContain('+ web  starts on lb1');
    expect((await show({ ports: { fetchStatus } })).out).toContain('+ web  starts on lb2');
    const stuck = async (): Promise<Status> => down({ state: 'failed', blocked: true });
    expect((await show({ ports: { readSpec, fetchStatus: stuck } })).out).toContain('blocked');
  });

  test('how long a group is down, by what was measured', async () => {
    const took: Record<string, object> = {
      vip: { startTookMs: 300, stopTookMs: 60 },
      nginx: { startTookMs: 2100, stopTookMs: 900 },
    };
    const resources = atRest.resources.map((seen) => ({
      ...seen,
      ...(seen.node === 'lb1' ? took[seen.resource] : {}),
    }));
    const observed = JSON.stringify({ ...atRest, resources });
    const { out } = await show({
      spec: STANDBY,
      wish: { observedFile: 'seen.json' },
      ports: { readText: async () => observed },
    });
    expect(out).toContain('Expected interruption: web about 3.9 s.');
    expect(out).toContain('because lb1 is standby   edge.yaml:6   interrupted about 3.9 s');
  });

  test('where everything would go, without a daemon', async () => {
    const { out } = await show({
      wish: { isOffline: true },
      ports: { fetchStatus: () => Promise.reject(new Error('a daemon was asked')) },
    });
    expect(out).toContain('starts on lb1');
    expect(out).toContain('every node taken for up');
  });

  test('without a daemon what a group requires is taken for met, so that the plan of a new cluster says where it goes', async () => {
    const spec = `${SPEC.replace('prefer:', 'requires: [gateway, mounted], prefer:')}
pings: { gateway: { hosts: [10.0.1.1], mode: absolute } }
checks: { mounted: { file: /srv/.mounted } }
`;
    const { out } = await show({ spec, wish: { isOffline: true } });
    expect(out).toContain('every ping and check for met');
    expect(out).not.toContain('has no place');
  });

  test('the problems of an invalid spec, and nothing of a plan', async () => {
    const { code, out, err } = await show({ spec: SPEC.replace('prefer: [lb1, lb2]', 'prefer: [lb7]') });
    expect(code).toBe(EXIT.failed);
    expect(out).toBe('');
    expect(err).toContain('error[unknown-node]');
    expect(err).toContain('edge.yaml:10:');
  });

  test('a group that the spec does not have any more is stopped by a line of the plan', async () => {
    const observed: ObservedCluster = {
      ...atRest,
      leases: [...atRest.leases, { group: 'old', node: 'lb2', epoch: 3, state: 'own' }],
      resources: [
        ...atRest.resources,
        { resource: 'cache', node: 'lb2', state: 'running', busy: false, failures: 0, banned: false, blocked: false },
      ],
    };
    const status = {
      ...statusOf(observed),
      groups: [
        groupStatus({ group: 'old', node: 'lb2', members: [{ resource: 'cache', node: 'lb2', state: 'running' }] }),
      ],
    };
    const { out } = await show({ ports: { fetchStatus: async () => status } });
    expect(out).toContain('- old  stops on lb2, because old is not in the spec any more');
    expect(out).toContain('1 stop    cache on lb2');
    expect(out).toContain('2 release old on lb2');
  });

  test('how every node stands, when more is wanted', async () => {
    const { out } = await show({ spec: STANDBY, wish: { isVerbose: true } });
    expect(out).toContain(' on lb2  web prefers lb2, choice 2 of 2');
    expect(out).toContain('not lb1  lb1 is standby');
    expect(out).toContain('not wit  wit is a witness: it votes and runs nothing');
  });

  test('colours only when they are wanted', async () => {
    const plain = await show({ spec: STANDBY });
    const coloured = await show({ spec: STANDBY, wish: { color: true } });
    expect(plain.out).not.toContain('\u001b');
    expect(coloured.out).toContain('\u001b[33m>\u001b[0m web');
  });
});

describe('exit codes', () => {
  test('2 when changes are pending and the caller wants to know', async () => {
    expect((await show({ spec: STANDBY, wish: { isDetailed: true } })).code).toBe(EXIT.changes);
  });

  test('3 when the spec has warnings and the caller is strict', async () => {
    const even = SPEC.replace(
      /\n {2}wit: .*/,
      '\n  wit: { addresses: [10.0.3.9], role: witness }\n  lb3: { addresses: [10.0.1.13] }',
    );
    const { code, err } = await show({ spec: even, wish: { isOffline: true, isStrict: true } });
    expect(err).toContain('warning[even-votes]');
    expect(code).toBe(EXIT.warnings);
  });

  test('69 when no daemon answers, with a word on how to do without', async () => {
    const unreachable = Object.assign(new Error('nobody listens'), { name: 'UnreachableError', help: 'start it' });
    await expect(show({ ports: { fetchStatus: () => Promise.reject(unreachable) } })).rejects.toMatchObject({
      code: EXIT.unreachable,
      help: expect.stringContaining('--offline'),
    });
  });

  test('1 when the daemon is of another cluster', async () => {
    const status = { ...statusOf(atRest), cluster: 'other' };
    await expect(show({ ports: { fetchStatus: async () => status } })).rejects.toMatchObject({ code: EXIT.failed });
  });
});

describe('--observed FILE', () => {
  const readText = (value: unknown) => async () => JSON.stringify(value);

  test.each([
    ['a status', statusOf(atRest), 'observed 14:02:11 by lb1'],
    ['an observation', atRest, 'observed by lb1'],
  ])('takes %s', async (_, value, words) => {
    const { out } = await show({ wish: { observedFile: 'seen.json' }, ports: { readText: readText(value) } });
    expect(out).toContain('nothing to do');
    expect(out).toContain(words);
  });

  test('1 when the file is of another cluster', async () => {
    const value = { ...statusOf(atRest), cluster: 'other' };
    const shown = show({ wish: { observedFile: 'seen.json' }, ports: { readText: readText(value) } });
    await expect(shown).rejects.toMatchObject({
      code: EXIT.failed,
      message: '"edge.yaml" is about cluster "edge", and "seen.json" is of "other"',
    });
  });

  test.each([
    [{}, '"nodes" must be a list'],
    [
      { ...atRest, leases: [{ group: 'web', node: 'lb1', epoch: 1, state: 'held' }] },
      '"leases[0].state" must be one of',
    ],
    [
      { observed: { ...atRest, pings: [{ ping: 'p', node: 'lb1', reachable: 'yes' }] } },
      '"observed.pings[0].reachable" must be a number',
    ],
  ])('names the first thing that is wrong: %#', async (value, words) => {
    const shown = show({ wish: { observedFile: 'seen.json' }, ports: { readText: readText(value) } });
    await expect(shown).rejects.toThrow(words);
  });
});

describe('for programs', () => {
  const schema: object = JSON.parse(readFileSync('schemas/plan.schema.json', 'utf8'));
  const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
  const isValid = ajv.compile(schema);

  const failing = buildObserved(readSpec('edge.yaml', SPEC), {
    nodes: { lb1: 'online', lb2: 'offline', wit: 'unknown' },
    leases: { web: ['lb2 own 7', 'lb1 claim 8'] },
    resources: { nginx: { lb1: 'stopped banned failures=4 because=exit code 1' } },
  });

  const drifted = buildObserved(readSpec('edge.yaml', SPEC), {
    nodes: { lb1: 'online', lb2: 'online', wit: 'online' },
    rest: 'stopped',
    leases: { web: 'lb1 own 7' },
    resources: { vip: { lb1: 'running' }, nginx: { lb1: 'running', lb2: 'stopped drift=enabled at boot' } },
  });
  const drift = [{ resource: 'nginx', node: 'lb2', text: 'enabled at boot' }];

  test('what was changed outside the spec is told apart from what the plan changes', async () => {
    const ports = { readText: async () => JSON.stringify(drifted) };
    const wish = { observedFile: 'seen.json' } as const;
    const { out, code } = await show({ wish: { ...wish, isDetailed: true }, ports });
    expect(out).toContain('\nDrift (changed outside the spec)\n  ! nginx  enabled at boot on lb2\n\nIn place\n');
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse((await show({ wish: { ...wish, output: 'json' }, ports })).out)).toMatchObject({ drift });
  });

  test.each([
    ['at rest', SPEC, atRest],
    ['in motion', STANDBY, atRest],
    ['in trouble', SPEC, failing],
    ['with drift', SPEC, drifted],
  ])('-o json is as the schema says: %s', async (_, spec, observed) => {
    const { out } = await show({
      spec,
      wish: { output: 'json' },
      ports: { fetchStatus: async () => statusOf(observed) },
    });
    const document: unknown = JSON.parse(out);
    expect(isValid(document) ? [] : isValid.errors).toEqual([]);
    expect(document).toMatchObject({ cluster: 'edge', revision: HASH, observed: { by: 'lb1' }, lint: [] });
  });

  test('the schema refuses what is no plan', () => {
    expect(isValid({ cluster: 'edge' })).toBe(false);
  });

  test('every field of the schema is described', () => {
    expect(undescribed(schema, '#')).toEqual([]);
  });

  test('-o patch leads from what is observed to what is desired', async () => {
    const { out } = await show({ spec: STANDBY, wish: { output: 'patch' } });
    const spec = readSpec('edge.yaml', STANDBY);
    const desired = applyPlan({ observed: atRest, plan: plan({ spec, observed: atRest }) });
    const patched = fastJsonPatch.applyPatch(fastJsonPatch.deepClone(clusterDocument(spec, atRest)), JSON.parse(out));
    expect(patched.newDocument).toEqual(clusterDocument(spec, desired));
    expect(clusterDocument(spec, desired).groups.web).toEqual({
      holder: 'lb2',
      members: { vip: { lb2: 'running' }, nginx: { lb2: 'running' } },
    });
  });

  test('-o markdown is the same text, for a comment', async () => {
    const { out } = await show({ spec: STANDBY, wish: { output: 'markdown', color: true } });
    expect(out).toMatch(/^### Plan for edge\n\n```text\nPlan for edge[\s\S]*```\n$/);
    expect(out).not.toContain('\u001b');
  });
});

function undescribed(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const found: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' || key === 'definitions') {
      for (const [name, member] of Object.entries(value)) {
        const isTold = typeof member === 'object' && member !== null && ('description' in member || '$ref' in member);
        if (!isTold) found.push(`${path}/${key}/${name}`);
        found.push(...undescribed(member, `${path}/${key}/${name}`));
      }
    } else if (key === 'items') {
      found.push(...undescribed(value, `${path}/items`));
    }
  }
  return found;
}
