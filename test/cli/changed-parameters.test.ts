import { describe, expect, it, test } from 'vitest';
import { withChangedParameters } from '../../src/cli/changed-parameters.js';
import { showPlan } from '../../src/cli/show-plan.js';
import type { PlanPorts } from '../../src/cli/show-plan.js';
import type { AgentCatalogue, AgentMetadata } from '../../src/model/agent-catalogue.js';
import type { ObservedCluster } from '../../src/model/observation.js';
import { healthyStatus } from '../control/status-specimens.js';
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
  web: { members: [app, proxy], prefer: [lb1, lb2] }
resources:
  app: { type: "ocf:test:app", params: { level: "1", port: "80" } }
  proxy: { type: systemd:proxy }
`;
const RELOADED = SPEC.replace('level: "1"', 'level: "2"');
const RESTARTED = RELOADED.replace('port: "80"', 'port: "81"');

const APP: AgentMetadata = {
  type: 'ocf:test:app',
  declared: true,
  ocfVersion: '1.1',
  description: '',
  parameters: ['level', 'port'].map((name) => ({
    name,
    required: false,
    unique: false,
    ...(name === 'level' ? { reloadable: true } : {}),
    type: 'string',
    default: null,
    deprecated: false,
    description: '',
  })),
  actions: ['start', 'stop', 'monitor', 'reload-agent'].map((name) => ({
    name,
    timeoutMs: 20_000,
    intervalMs: null,
    depth: 0,
  })),
};
const CATALOGUE: AgentCatalogue = { agents: { 'ocf:test:app': APP }, source: 'a folder' };

/** lb1 runs the group; `app` says how it runs the app. */
function seen(app = 'running'): ObservedCluster {
  return buildObserved(readSpec('edge.yaml', SPEC), {
    self: 'lb1',
    nodes: { lb1: 'online quorate', lb2: 'online quorate', wit: 'online quorate' },
    rest: 'stopped',
    leases: { web: 'lb1 own 7' },
    resources: { app: { lb1: app }, proxy: { lb1: 'running' } },
  });
}

/** What a dry run of a spec says, and what it says beside it. */
async function show(
  spec: string,
  catalogue: AgentCatalogue | null,
): Promise<{ readonly out: string; readonly err: string }> {
  const said = { out: '', err: '' };
  const status = { ...healthyStatus(), cluster: 'edge', node: 'lb1', groups: [], observed: seen() };
  const ports: PlanPorts = {
    readSpec: async (file) => ({ files: [{ file, text: spec }], hash: 'b'.repeat(64) }),
    readText: () => Promise.reject(new Error('nobody asked for a file')),
    fetchStatus: async () => status,
    fetchSpec: async () => ({ files: [{ file: 'edge.yaml', text: SPEC }], hash: 'a'.repeat(64) }),
    readCatalogue: async () => catalogue,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  };
  const plain = {
    isOffline: false,
    isDetailed: false,
    isStrict: false,
    isVerbose: false,
    color: false,
    talkColor: false,
  };
  await showPlan({ path: 'edge.yaml', output: 'text', observedFile: null, ...plain }, ports);
  return said;
}

const RELOAD = '~ web  reloads on lb1, because the parameters of app change';
const RESTART = '~ web  recovers on lb1, because app runs on lb1 with parameters that the spec no longer has';

describe('a dry run of a spec with other parameters', () => {
  test('shows a reload where the metadata says that the agent can', async () => {
    const { out, err } = await show(RELOADED, CATALOGUE);
    expect(out).toContain('Summary: 1 to reload, 0 in place. Expected interruption: none.');
    expect(out).toContain(RELOAD);
    expect(out).toContain('1 reload  app on lb1');
    expect(err).toBe('');
  });

  test('shows a restart where the metadata says that it cannot', async () => {
    const { out, err } = await show(RESTARTED, CATALOGUE);
    expect(out).toContain(RESTART);
    expect(err).toBe('');
  });

  test('shows a restart without metadata, and says that it may be none', async () => {
    const { out, err } = await show(RELOADED, null);
    expect(out).toContain(RESTART);
    expect(err).toBe(
      'fairlead: whether app can take its changed parameters over without a stop is known to its agent only, which a dry run does not ask, so a restart is shown; --metadata DIR tells\n',
    );
  });

  test('says nothing of agents that have no reload', async () => {
    const { err } = await show(SPEC.replace('systemd:proxy', 'systemd:other'), null);
    expect(err).toBe('');
  });
});

describe('what is observed once another spec is in force', () => {
  const change = (spec: string, app: string) => {
    const options = { inForce: readSpec('edge.yaml', SPEC), next: readSpec('edge.yaml', spec), catalogue: CATALOGUE };
    const { observed } = withChangedParameters(seen(app), options);
    const { outdated, reloadable } =
      observed.resources.find((each) => each.resource === 'app' && each.node === 'lb1') ?? {};
    return { outdated, reloadable };
  };

  it.each<[string, string, string, ReturnType<typeof change>]>([
    ['is reloaded', RELOADED, 'running', { outdated: true, reloadable: true }],
    [
      'is restarted where a restart is owed already',
      RELOADED,
      'running outdated',
      { outdated: true, reloadable: undefined },
    ],
    [
      'is reloaded where a reload is owed already',
      RELOADED,
      'running outdated reloadable',
      { outdated: true, reloadable: true },
    ],
    [
      'is restarted where a reload that is owed is not enough',
      RESTARTED,
      'running outdated reloadable',
      { outdated: true, reloadable: undefined },
    ],
    ['is only started where it does not run', RELOADED, 'stopped', { outdated: undefined, reloadable: undefined }],
  ])('%s', (_, spec, app, expected) => {
    expect(change(spec, app)).toEqual(expected);
  });
});
