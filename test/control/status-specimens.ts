/** Statuses written by hand, one for each state that people should be able to read at a glance. */
import type { ObservedCluster } from '../../src/model/observation.js';
import type { GroupStatus, LeaseStatus, NodeStatus, Status } from '../../src/model/status.js';

const REVISION = { generation: 3, hash: '4f2a9c1d'.repeat(8), parent: 'b07e11aa'.repeat(8) };
const OLDER = { generation: 2, hash: 'b07e11aa'.repeat(8), parent: null };

/** Three nodes with two links each, one group of an address and a server on lb1, everything at rest. */
export function healthyStatus(): Status {
  return {
    cluster: 'edge-prod',
    node: 'lb1',
    role: 'member',
    verdict: '1 of 1 group runs, nothing is moving.',
    health: 'ok',
    at: '2026-03-01T14:02:11.250Z',
    uptimeMs: 11_580_000,
    software: 'fairlead 0.1.0',
    revision: REVISION,
    quorum: {
      quorate: true,
      votes: 3,
      majority: 2,
      acks: ['lb1', 'lb2', 'wit'],
      onLoss: 'stop',
      quarantineMs: 0,
      quarantined: [],
      majorityInMs: null,
    },
    nodes: [nodeStatus('lb1'), nodeStatus('lb2'), nodeStatus('wit')],
    groups: [groupStatus()],
    leases: [lease({ leftMs: 2410 })],
    pings: [
      { kind: 'ping', ping: 'gateway', node: 'lb1', reachable: 2, hosts: 2, need: 1, ok: true },
      { kind: 'ping', ping: 'gateway', node: 'lb2', reachable: 2, hosts: 2, need: 1, ok: true },
    ],
    failures: [],
    conditions: [],
    counters: { 'replayed heartbeats': 0 },
    observed: observed('lb1'),
    plan: {
      placements: [{ group: 'web', node: 'lb1', current: 'lb1', change: 'none', reasons: [], candidates: [] }],
      actions: [],
      waits: [],
    },
  };
}

/** lb1 was set to standby: web is on its way to lb2, its server is stopped, its address not yet. */
export function movingStatus(): Status {
  const base = healthyStatus();
  const place = { file: 'edge.yaml', line: 14, column: 5 };
  return {
    ...base,
    verdict: '0 of 1 group runs: web moves from lb1 to lb2, because lb1 is standby; waits until lb1 releases web.',
    health: 'moving',
    nodes: [{ ...nodeStatus('lb1'), state: 'standby' }, nodeStatus('lb2'), { ...nodeStatus('wit'), revision: OLDER }],
    groups: [
      {
        group: 'web',
        desired: 'started',
        node: 'lb1',
        state: 'moving',
        sentence: 'web moves from lb1 to lb2, because lb1 is standby; waits until lb1 releases web',
        members: [
          { resource: 'vip', node: 'lb1', state: 'running' },
          { resource: 'nginx', node: 'lb1', state: 'stopping' },
        ],
      },
    ],
    leases: [lease({ state: 'stop', leftMs: 2875 })],
    observed: {
      ...base.observed,
      resources: [
        resource({ resource: 'vip', node: 'lb1', state: 'running' }),
        resource({ resource: 'nginx', node: 'lb1', state: 'stopping', busy: true }),
        resource({ resource: 'vip', node: 'lb2', state: 'stopped' }),
        resource({ resource: 'nginx', node: 'lb2', state: 'stopped' }),
      ],
    },
    plan: {
      placements: [
        {
          group: 'web',
          node: 'lb2',
          current: 'lb1',
          change: 'move',
          reasons: [{ text: 'lb1 is standby', place }],
          candidates: [
            { node: 'lb2', score: 9, parts: [{ kind: 'prefer', score: 9, reason: { text: 'second choice', place } }] },
            {
              node: 'lb1',
              score: null,
              parts: [{ kind: 'node-state', score: null, reason: { text: 'lb1 is standby', place } }],
            },
          ],
        },
      ],
      actions: [
        {
          id: 'stop:vip@lb1',
          kind: 'stop',
          node: 'lb1',
          group: 'web',
          resource: 'vip',
          after: ['stop:nginx@lb1'],
          reason: { text: 'lb1 is standby', place },
        },
      ],
      waits: [{ group: 'web', node: 'lb2', kind: 'release', on: 'lb1', text: 'waits until lb1 releases web', place }],
    },
  };
}

/** web runs on lb2; the server failed on lb1, a link of lb2 is down, wit is silent, and the file is invalid. */
export function degradedStatus(): Status {
  const base = healthyStatus();
  const failure =
    'nginx on lb1: nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use) (exit code 1) (3 failures); it is not run there for 24.5m more, unless its parameters change in the spec or `fairlead retry nginx --on lb1` forgets it';
  return {
    ...base,
    verdict:
      '1 of 1 group runs, nothing is moving; wit silent: 2 of 3 voters answer, and no other may be lost; the file edge.yaml is not valid, revision 4f2a9c1 stays.',
    health: 'degraded',
    quorum: { ...base.quorum, acks: ['lb1', 'lb2'] },
    nodes: [
      nodeStatus('lb1'),
      { ...nodeStatus('lb2'), links: [true, false] },
      { ...nodeStatus('wit'), liveness: 'offline', quorate: true, heardAgoMs: 42_300, links: [false, false] },
    ],
    groups: [groupStatus({ node: 'lb2' })],
    leases: [lease({ node: 'lb2', epoch: 8, leftMs: null })],
    pings: [
      { kind: 'ping', ping: 'gateway', node: 'lb1', reachable: 0, hosts: 2, need: 1, ok: false },
      { kind: 'ping', ping: 'gateway', node: 'lb2', reachable: 1, hosts: 2, need: 1, ok: true },
      { kind: 'ping', ping: 'uplink', node: 'lb1', reachable: null, hosts: 1, need: 1, ok: null },
      { kind: 'ping', ping: 'uplink', node: 'lb2', reachable: 1, hosts: 1, need: 1, ok: true },
      {
        kind: 'check',
        ping: 'storage',
        node: 'lb1',
        reachable: 0,
        hosts: 1,
        need: 1,
        ok: false,
        reason: 'there is no /srv/.mounted',
      },
      { kind: 'check', ping: 'storage', node: 'lb2', reachable: null, hosts: 1, need: 1, ok: null },
      { kind: 'health', ping: 'health:disk', node: 'lb2', reachable: 1, hosts: 1, need: 1, ok: true },
    ],
    failures: [
      {
        resource: 'nginx',
        node: 'lb1',
        failures: 3,
        banned: true,
        blocked: false,
        forgottenInMs: 1_470_000,
        sentence: failure,
      },
    ],
    conditions: [
      {
        kind: 'spec-invalid',
        severity: 'error',
        sentence:
          'edge.yaml is not valid, so revision 4f2a9c1 stays in force: edge.yaml:31:15: ocf:heartbeat:IPaddr2 has no parameter "cidr_netmsk" [unknown-parameter]',
        ageMs: 734_000,
      },
      { kind: 'node-silent', severity: 'warning', sentence: 'wit was last heard 42.3s ago', ageMs: 42_300 },
      {
        kind: 'link-lost',
        severity: 'warning',
        sentence: 'lb2 is not heard over 10.9.1.12; the other link carries on',
        ageMs: 0,
      },
    ],
    observed: {
      ...observed('lb2'),
      resources: [
        ...observed('lb2').resources,
        resource({
          resource: 'nginx',
          node: 'lb1',
          state: 'stopped',
          failures: 3,
          banned: true,
          reason: 'exit code 1',
        }),
      ],
    },
  };
}

/** lb1 alone on its side of a split: it has no majority and stops what it held. */
export function partitionStatus(): Status {
  const base = healthyStatus();
  const silent = { liveness: 'offline', heardAgoMs: 6200, links: [false, false] } as const;
  return {
    ...base,
    verdict:
      'No majority of the voters answers this node (1 of 3, 2 needed): it starts nothing and what it held is stopped.',
    health: 'down',
    quorum: { ...base.quorum, quorate: false, acks: ['lb1'] },
    nodes: [
      { ...nodeStatus('lb1'), quorate: false, hears: [] },
      { ...nodeStatus('lb2'), ...silent },
      { ...nodeStatus('wit'), ...silent, hears: ['lb2'] },
    ],
    groups: [
      {
        ...groupStatus({ state: 'stopping' }),
        sentence: 'web is stopping on lb1, because no majority of the voters answers lb1',
        members: [
          { resource: 'vip', node: 'lb1', state: 'stopping' },
          { resource: 'nginx', node: null, state: 'stopped' },
        ],
      },
    ],
    leases: [lease({ state: 'lapsed', leftMs: -350 })],
    pings: [],
    conditions: [
      {
        kind: 'no-quorum',
        severity: 'error',
        sentence: 'no majority of the voters answers: 1 of 3, and 2 are needed',
        ageMs: 3200,
      },
      { kind: 'node-silent', severity: 'warning', sentence: 'lb2 was last heard 6.2s ago', ageMs: 6200 },
      { kind: 'node-silent', severity: 'warning', sentence: 'wit was last heard 6.2s ago', ageMs: 6200 },
    ],
    observed: {
      ...base.observed,
      resources: [resource({ resource: 'vip', node: 'lb1', state: 'stopping' })],
      attributes: [
        { node: null, name: 'db_REPL_INFO', value: 'lb1', isLasting: true },
        { node: 'lb1', name: 'pingd', value: '2000', isLasting: false },
      ],
    },
    plan: null,
  };
}

/** lb2 holds web and is silent: its board does not answer, and its power switch is asked. It was fenced once before, and wit was off. */
export function fencingStatus(): Status {
  const base = healthyStatus();
  const atWallMs = Date.parse(base.at);
  const sentence =
    'lb2 is to be fenced, because lb2 is silent and may still run web: lb1: ipmi-lb2: fence_ipmilan off exited with 1: no answer; pdu is asked to switch it off';
  return {
    ...base,
    verdict: '0 of 1 group runs: lb2 must be fenced first.',
    health: 'degraded',
    quorum: { ...base.quorum, acks: ['lb1', 'wit'] },
    nodes: [
      nodeStatus('lb1'),
      { ...nodeStatus('lb2'), liveness: 'offline', heardAgoMs: 9000, links: [false, false] },
      nodeStatus('wit'),
    ],
    leases: [],
    groups: [
      {
        ...groupStatus(),
        node: null,
        state: 'waiting',
        sentence: 'web waits until lb2 is fenced',
        members: ['vip', 'nginx'].map((resource) => ({ resource, node: null, state: 'stopped' as const })),
      },
    ],
    fencing: [
      {
        node: 'lb2',
        state: 'under-way',
        sentence,
        last: { node: 'lb2', incarnation: 'a1', by: 'lb1', how: 'ipmi-lb2', atWallMs: atWallMs - 86_400_000 },
      },
      {
        node: 'lb3',
        state: 'fenced',
        sentence: 'lb3 was certified to be dead by lb1 (confirmed by hand)',
        last: { node: 'lb3', incarnation: 'c7', by: 'lb1', how: 'confirmed by hand', atWallMs: atWallMs - 75_500 },
      },
      {
        node: 'wit',
        state: 'fenced',
        sentence: 'wit was certified to be dead by wit (its own reboot)',
        last: { node: 'wit', incarnation: 'b4', by: 'wit', how: 'its own reboot', atWallMs: atWallMs - 60_000 },
      },
    ],
  };
}

/** Every specimen by name. */
export const statusSpecimens: Readonly<Record<string, () => Status>> = {
  healthy: healthyStatus,
  moving: movingStatus,
  degraded: degradedStatus,
  partition: partitionStatus,
  fencing: fencingStatus,
  left: leftStatus,
  waiting: waitingStatus,
};

/** All daemons were started for the first time, ten seconds ago. */
export function waitingStatus(): Status {
  const base = healthyStatus();
  const quarantined = ['lb1', 'lb2', 'wit'].map((node, i) => ({ node, leftMs: 39_200 + 300 * i }));
  return {
    ...base,
    verdict:
      '0 of 1 group runs: lb1, lb2, wit began without a memory of what was promised and grant nothing for 39.5s more, until all of that has surely ended; this node goes on by itself then, and until then it starts nothing and what it held is stopped.',
    health: 'down',
    uptimeMs: 10_000,
    quorum: { ...base.quorum, quorate: false, acks: [], quarantineMs: 39_200, quarantined, majorityInMs: 39_500 },
    groups: [groupStatus({ node: null, state: 'waiting', sentence: 'web does not run' })],
    leases: [],
    observed: { ...base.observed, resources: [], leases: [] },
  };
}

/** lb2 was told to leave and went an hour ago. */
export function leftStatus(): Status {
  const base = healthyStatus();
  const sentence = 'lb2 left in order: it handed everything over and its daemon ended';
  const silent = { liveness: 'offline', leaving: true, left: true, heardAgoMs: 3_600_000 } as const;
  return {
    ...base,
    verdict: '1 of 1 group runs, nothing is moving; lb2 left in order: 2 of 3 voters answer, and no other may be lost.',
    health: 'degraded',
    quorum: { ...base.quorum, acks: ['lb1', 'wit'] },
    nodes: [
      nodeStatus('lb1'),
      { ...nodeStatus('lb2'), ...silent, links: [false, false] },
      { ...nodeStatus('wit'), hears: ['lb1'] },
    ],
    conditions: [{ kind: 'node-left', severity: 'info', sentence, ageMs: 3_600_000 }],
  };
}

/** A node that is well; `lb1` is the one that looks, `wit` a witness. */
export function nodeStatus(id: string): NodeStatus {
  const isSelf = id === 'lb1';
  return {
    node: id,
    role: id === 'wit' ? 'witness' : 'member',
    state: 'active',
    liveness: 'online',
    leaving: false,
    left: false,
    quorate: true,
    heardAgoMs: isSelf ? null : id === 'lb2' ? 120 : 480,
    links: isSelf ? [] : [true, true],
    hears: ['lb1', 'lb2', 'wit'].filter((other) => other !== id),
    revision: REVISION,
    incarnation: `0199c3f2a4b1${id}`,
  };
}

/** A group `web` that runs on lb1, but for the changes. */
export function groupStatus(change: Partial<GroupStatus> = {}): GroupStatus {
  const node = change.node === undefined ? 'lb1' : change.node;
  return {
    group: 'web',
    desired: 'started',
    node,
    state: 'running',
    sentence: `web runs on ${node}`,
    members: ['vip', 'nginx'].map((resource) => ({ resource, node, state: 'running' })),
    ...change,
  };
}

function lease(change: Partial<LeaseStatus>): LeaseStatus {
  return { group: 'web', node: 'lb1', epoch: 7, state: 'own', leftMs: null, ...change };
}

function resource(
  change: Partial<ObservedCluster['resources'][number]> &
    Pick<ObservedCluster['resources'][number], 'resource' | 'node'>,
): ObservedCluster['resources'][number] {
  return { state: 'unknown', busy: false, failures: 0, banned: false, blocked: false, ...change };
}

function observed(owner: string): ObservedCluster {
  return {
    self: 'lb1',
    nodes: ['lb1', 'lb2', 'wit'].map((id) => ({ node: id, liveness: 'online', leaving: false, quorate: true })),
    resources: ['lb1', 'lb2'].flatMap((id) =>
      ['vip', 'nginx'].map((name) =>
        resource({ resource: name, node: id, state: id === owner ? 'running' : 'stopped' }),
      ),
    ),
    leases: [{ group: 'web', node: owner, epoch: 7, state: 'own' }],
    pings: [],
  };
}
