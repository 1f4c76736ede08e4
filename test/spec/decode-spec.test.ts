import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import { agentTypesOf, decodeSpec, readSpecTexts } from '../../src/spec/decode-spec.js';
import { completeText, decodeText } from './expect-problems.js';

/** The spec of a text that must be valid. */
function specOf(text: string): ClusterSpec {
  const result = decodeText(text);
  if (result.kind === 'invalid') throw new Error(result.problems.map((problem) => problem.message).join('\n'));
  return result.spec;
}

const place = (line: number, column: number) => ({ file: 'test.yaml', line, column });

describe('a decoded spec', () => {
  it('has every default of what is not written', () => {
    const spec = specOf('resources:\n  vip: { type: builtin:noop }\n');
    expect(spec.quorum).toEqual({ onLoss: 'stop', firstStart: 'see', place: place(1, 1) });
    expect(spec.heartbeat).toEqual({
      port: 7418,
      everyMs: 500,
      leaseMs: 3000,
      clockDrift: 0.09,
      warnAfterMs: 2000,
      keys: [{ kind: 'file', path: '/etc/fairlead/gossip.key', place: place(1, 1) }],
      place: place(1, 1),
    });
    expect(spec.fencing).toEqual({ devices: [], levels: [], prefer: [], headStartMs: 15_000, watchdog: null });
    expect(spec.startsPerNodeMax).toBe(4);
    expect(spec.resources).toEqual([
      {
        id: 'vip',
        group: 'vip',
        type: 'builtin:noop',
        params: {},
        checks: [],
        monitors: [{ everyMs: 10_000, timeoutMs: 20_000, depth: 0 }],
        timeouts: { startMs: 20_000, stopMs: 20_000, monitorMs: 20_000 },
        onFail: { monitor: 'restart', start: 'restart', stop: 'block' },
        exclusive: 'lease',
        place: place(2, 3),
      },
    ]);
  });

  it('makes a group of one of a resource in no group, with its placement', () => {
    const [group] = specOf(`resources:
  db: { type: builtin:noop, prefer: [lb2, { zone: a }], after: [vip], stopBudget: 2s, failback: auto }
  vip: { type: builtin:noop }
`).groups;
    expect(group).toEqual({
      id: 'db',
      members: ['db'],
      desired: 'started',
      prefer: [
        { kind: 'node', node: 'lb2', place: place(2, 38) },
        { kind: 'label', label: 'zone', value: 'a', place: place(2, 43) },
      ],
      require: [],
      avoid: [],
      requires: [],
      after: [{ id: 'vip', place: place(2, 65) }],
      with: [],
      apart: [],
      failback: 'auto',
      failurePolicy: expect.objectContaining({ restarts: 3, withinMs: 600_000, forgetAfterMs: 1_800_000 }),
      stopBudgetMs: 2000,
      exclusive: 'lease',
      place: place(2, 3),
    });
  });

  it('takes a default of the spec key by key before the built-in one', () => {
    const spec = specOf(`defaults:
  failback: auto
  failurePolicy: { restarts: 1, within: 5m }
  timeouts: { start: 60s, monitor: 7s }
  monitor: [{ every: 30s }]
resources:
  a: { type: builtin:noop }
  b: { type: builtin:noop, failback: never, failurePolicy: { within: 1m }, timeouts: { start: 5s }, monitor: [{ every: 9s, timeout: 3s, depth: 10 }] }
`);
    const [a, b] = spec.groups;
    expect([a?.failback, b?.failback]).toEqual(['auto', 'never']);
    expect([a?.failurePolicy.withinMs, b?.failurePolicy.withinMs]).toEqual([300_000, 60_000]);
    expect([a?.failurePolicy.restarts, b?.failurePolicy.restarts]).toEqual([1, 1]);
    expect(spec.resources.map((resource) => resource.timeouts)).toEqual([
      { startMs: 60_000, stopMs: 20_000, monitorMs: 7000 },
      { startMs: 5000, stopMs: 20_000, monitorMs: 7000 },
    ]);
    expect(spec.resources.map((resource) => resource.monitors)).toEqual([
      [{ everyMs: 30_000, timeoutMs: 7000, depth: 0 }],
      [{ everyMs: 9000, timeoutMs: 3000, depth: 10 }],
    ]);
  });

  it('has the sum of the stop timeouts for a budget, and is as strict as its strictest member', () => {
    const [group] = specOf(`groups:
  web: { members: [eip, cache, app] }
resources:
  eip: { type: builtin:aws-eip, params: { publicIp: 203.0.113.7 }, timeouts: { stop: 5s } }
  cache: { type: builtin:noop, exclusive: none }
  app: { type: "systemd:app", timeouts: { stop: 1m } }
`).groups;
    expect(group?.stopBudgetMs).toBe(85_000);
    expect(group?.exclusive).toBe('lease');
    const [alone] = specOf('resources:\n  eip: { type: builtin:aws-eip, params: { publicIp: 203.0.113.7 } }\n').groups;
    expect(alone?.exclusive).toBe('provider');
  });

  it('hands parameters over as they are written', () => {
    const [resource] = specOf(`resources:
  a: { type: "ocf:heartbeat:Dummy", params: { mode: 0755, version: 1.10, flag: yes, on: true, "list": [8080, a b, 0x1F], big: 12345678901234567890 } }
`).resources;
    expect(resource?.params).toEqual({
      mode: '0755',
      version: '1.10',
      flag: 'yes',
      on: 'true',
      list: ['8080', 'a b', '0x1F'],
      big: '12345678901234567890',
    });
  });

  it('counts any as one host and all as every host', () => {
    const spec = specOf(`pings:
  a: { hosts: [10.9.9.1, 10.9.9.2], need: all }
  b: { hosts: [10.9.9.1, 10.9.9.2] }
  c: { hosts: [10.9.9.1, 10.9.9.2], need: 2, mode: absolute }
resources:
  x: { type: builtin:noop, requires: [a, b, c] }
`);
    expect(spec.pings.map((ping) => ping.need)).toEqual([2, 1, 2]);
    expect(spec.pings[0]).toEqual({
      id: 'a',
      hosts: ['10.9.9.1', '10.9.9.2'].map((host) => ({ kind: 'icmp', text: host, host })),
      everyMs: 2000,
      timeoutMs: 1000,
      attempts: 3,
      need: 2,
      failAfterMs: 5000,
      recoverAfterMs: 10_000,
      mode: 'relative',
      onAllLost: 'keep',
      place: place(2, 3),
    });
  });

  it('lets members and witnesses vote, and workers not', () => {
    const spec = specOf(`nodes:
  m: { addresses: [10.0.0.1] }
  k: { addresses: [10.0.0.2], role: worker, state: standby }
  w: { addresses: [10.0.0.3], role: witness }
  n: { addresses: [10.0.0.4] }
`);
    expect(spec.nodes.map(({ id, votes }) => [id, votes])).toEqual([
      ['k', false],
      ['m', true],
      ['n', true],
      ['w', true],
    ]);
    expect(spec.nodes[0]?.statePlace).toEqual(place(3, 52));
    expect(spec.nodes[1]?.statePlace).toEqual(place(2, 3));
  });

  it('keeps keys in the order in which they sign, and secrets as references', () => {
    const spec = specOf(`heartbeat: { keys: [{ env: NEW_KEY }, { file: /etc/old.key }] }
fencing:
  devices:
    d: { agent: fence_x, nodes: [lb1], params: { port: 23, password: { env: PASSWORD } } }
`);
    expect(spec.heartbeat.keys).toEqual([
      { kind: 'environment', name: 'NEW_KEY', place: place(1, 21) },
      { kind: 'file', path: '/etc/old.key', place: place(1, 39) },
    ]);
    expect(spec.fencing.devices[0]?.params).toEqual({
      port: '23',
      password: { kind: 'environment', name: 'PASSWORD', place: place(4, 70) },
    });
  });

  it('fills in what a fence device does not say, and makes a level of each in the order of the file', () => {
    const { fencing } = specOf(`fencing:
  devices:
    pdu: { agent: fence_apc, nodes: [lb1, lb2], plugs: { lb1: 3, lb2: "04" }, timeout: 20s, retries: 0 }
    ipmi: { agent: fence_ipmilan, nodes: [lb2], action: reboot, delay: { base: 5s, random: 2s } }
  prefer: [lb2]
resources:
  a: { type: builtin:noop, exclusive: fencing }
`);
    expect(fencing.devices).toEqual([
      {
        id: 'ipmi',
        agent: 'fence_ipmilan',
        nodes: ['lb2'],
        plugs: {},
        action: 'reboot',
        timeoutMs: 60_000,
        retries: 1,
        delayBaseMs: 5000,
        delayRandomMs: 2000,
        params: {},
        place: place(4, 5),
      },
      {
        id: 'pdu',
        agent: 'fence_apc',
        nodes: ['lb1', 'lb2'],
        plugs: { lb1: '3', lb2: '04' },
        action: 'off',
        timeoutMs: 20_000,
        retries: 0,
        delayBaseMs: 0,
        delayRandomMs: 0,
        params: {},
        place: place(3, 5),
      },
    ]);
    expect(fencing.levels).toEqual([
      { node: 'lb1', levels: [['pdu']], place: place(2, 3) },
      { node: 'lb2', levels: [['pdu'], ['ipmi']], place: place(2, 3) },
    ]);
    expect([fencing.prefer, fencing.headStartMs]).toEqual([[{ id: 'lb2', place: place(5, 12) }], 15_000]);
  });

  it('takes levels as they are written, for the nodes for which they are', () => {
    const { fencing } = specOf(`fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }
    pdu: { agent: fence_apc, nodes: [lb1, lb2] }
  levels: { lb1: [[pdu, ipmi]] }
resources:
  a: { type: builtin:noop, exclusive: fencing }
`);
    expect(fencing.levels).toEqual([
      { node: 'lb1', levels: [['pdu', 'ipmi']], place: place(5, 13) },
      { node: 'lb2', levels: [['ipmi'], ['pdu']], place: place(2, 3) },
    ]);
  });

  it('lists everything in order of id, whatever the order of the text', () => {
    const one = specOf(
      'resources:\n  b: { type: builtin:noop }\n  a: { type: builtin:noop }\n  B: { type: script, params: { run: [x] } }\n',
    );
    expect(one.resources.map((resource) => resource.id)).toEqual(['B', 'a', 'b']);
    expect(one.groups.map((group) => group.id)).toEqual(['B', 'a', 'b']);
  });

  it('is plain data that crosses threads as it is', () => {
    const spec = specOf('resources:\n  a: { type: builtin:noop }\n');
    expect(structuredClone(spec)).toEqual(spec);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });

  it('has names such as constructor without harm', () => {
    const spec = specOf(
      'resources:\n  constructor: { type: builtin:noop, after: [toString] }\n  toString: { type: builtin:noop }\n',
    );
    expect(spec.groups.map((group) => group.id)).toEqual(['constructor', 'toString']);
  });
});

describe('a spec that is read first and checked later', () => {
  it('tells the types of its agents in between', () => {
    const text = completeText(
      'resources:\n  b: { type: script }\n  a: { type: builtin:noop }\n  c: { type: script }\n',
    );
    const read = readSpecTexts([{ file: 'test.yaml', text }]);
    expect(agentTypesOf(read)).toEqual(['builtin:noop', 'script']);
  });

  it('has no types when it cannot be read', () => {
    expect(agentTypesOf(readSpecTexts([{ file: 'test.yaml', text: '[' }]))).toEqual([]);
  });
});

describe('the facts of a spec', () => {
  it('say what is survived and how long a take-over takes, once for groups that are alike', () => {
    const result = decodeText(`heartbeat: { every: 200ms, lease: 1s }
resources:
  a: { type: builtin:noop, stopBudget: 500ms }
  b: { type: builtin:noop, stopBudget: 500ms }
  c: { type: builtin:noop }
`);
    expect(result.kind === 'ok' ? result.facts : []).toEqual([
      '3 votes, majority 2: the loss of 1 is survived',
      'lease 1s, a heartbeat every 200ms: 5 fit into a lease; clocks may differ by 9% from real time',
      'after a crash a and b can start elsewhere within 1.8s (lease 1.2s + stop budget 599ms), plus one round trip',
      'after a crash c can start elsewhere within 25.2s (lease 1.2s + stop budget 24s), plus one round trip',
    ]);
  });

  it('say that of two voters each can do without the other when it can fence it', () => {
    const nodes = 'nodes: { a: { addresses: [10.0.0.1] }, b: { addresses: [10.0.0.2] } }\n';
    const devices = 'fencing: { prefer: [a], devices: { ipmi: { agent: fence_ipmilan, nodes: [a, b] } } }\n';
    const result = decodeText(`${nodes}${devices}`);
    expect(result.kind === 'ok' ? result.facts[0] : '').toBe(
      '2 votes, majority 2: each goes on without the other once it has fenced it',
    );
  });

  it('say what waits for fencing, by what each node is fenced, and what a provider keeps apart', () => {
    const result = decodeText(`heartbeat: { every: 200ms, lease: 1s }
resources:
  a: { type: builtin:noop, exclusive: fencing }
  b: { type: builtin:noop, exclusive: provider }
fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }
    pdu: { agent: fence_apc, nodes: [lb2] }
    pdu2: { agent: fence_apc, nodes: [lb2] }
  levels: { lb2: [[pdu, pdu2], [ipmi]] }
`);
    expect(result.kind === 'ok' ? result.facts.slice(2) : []).toEqual([
      'after a crash b can start elsewhere within 1.2s (lease 1.2s + stop budget 0ms), plus one round trip',
      'after a crash a can start elsewhere when the node was fenced, and never without',
      'lb1 is fenced by ipmi',
      'lb2 is fenced by pdu and pdu2, then ipmi',
    ]);
  });
});

describe('a decoding', () => {
  it('S9 gives equal results for equal texts', () => {
    const text = completeText('resources:\n  a: { type: builtin:noop, prefer: [lb9], after: [b] }\n  b: { type: x }\n');
    const decode = () => decodeSpec([{ file: 'test.yaml', text }]);
    expect(JSON.stringify(decode())).toBe(JSON.stringify(decode()));
  });
});
