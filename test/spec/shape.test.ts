import { describe, it } from 'vitest';
import { expectProblemsOf } from './expect-problems.js';

const HEAD = `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: test }
nodes: { a: { addresses: [10.0.0.1] } }
`;

describe('the shape of a spec', () => {
  it('finds unknown keys at every level, and says which was meant', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}groop: {}
heartbeat: { evry: 1s }
resources:
  x: { type: builtin:noop, monitor: [{ evry: 1s }], colour: red }
`,
      },
      [
        'a.yaml:5:1 error unknown-key "groop": the spec has no key "groop" | = its keys are apiVersion, kind, cluster, quorum, heartbeat, concurrency, nodes, pings, checks, health, defaults, groups, resources, fencing, alerts',
        'a.yaml:6:14 error unknown-key "evry": "heartbeat" has no key "evry" | did you mean "every"?',
        'a.yaml:8:40 error unknown-key "evry": entry 1 of "monitor" of resource "x" has no key "evry" | did you mean "every"?',
        'a.yaml:8:53 error unknown-key "colour": resource "x" has no key "colour" | = its keys are type, params, monitor, checks, timeouts, onFail, exclusive, acknowledge, desired, prefer, require, avoid, requires, after, with, apart, failback, failurePolicy, stopBudget',
      ],
    );
  });

  it('tells a misspelt key once, though the right one is now missing', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}groups:
  web: { membres: [x] }
resources:
  x: { type: builtin:noop }
`,
      },
      ['a.yaml:6:10 error unknown-key "membres": group "web" has no key "membres" | did you mean "members"?'],
    );
  });

  it('finds what is missing', () => {
    expectProblemsOf(
      {
        'a.yaml': `kind: Cluster
nodes:
  a: { role: member }
resources:
  x: {}
`,
      },
      [
        'a.yaml:1:1 error missing-key "kind": "apiVersion" of the spec is missing | = add `apiVersion:`',
        'a.yaml:1:1 error missing-key "kind": "cluster" of the spec is missing | = add `cluster:`',
        'a.yaml:3:3 error missing-key "a": "addresses" of node "a" is missing | = add `addresses:`',
        'a.yaml:5:3 error missing-key "x": "type" of resource "x" is missing | = add `type:`',
      ],
    );
  });

  it('finds durations without a unit, quoted or not', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { lease: 3, every: "500" }
`,
      },
      [
        'a.yaml:5:21 error duration-without-unit "3": "lease" of heartbeat is 3 without a unit | write 3ms, 3s or 3m',
        'a.yaml:5:31 error duration-without-unit ""500"": "every" of heartbeat is 500 without a unit | write 500ms, 500s or 500m',
      ],
    );
  });

  it('finds durations that are none', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { lease: 3 seconds, every: half, warnAfter: -1s }
`,
      },
      [
        'a.yaml:5:21 error bad-format "3 seconds": "lease" of heartbeat cannot be "3 seconds" | a duration is a number with its unit: ms, s, m, h or d | = write 3s',
        'a.yaml:5:39 error bad-format "half": "every" of heartbeat cannot be "half" | a duration is a number with its unit: ms, s, m, h or d',
        'a.yaml:5:56 error bad-format "-1s": "warnAfter" of heartbeat cannot be "-1s" | a duration is a number with its unit: ms, s, m, h or d',
      ],
    );
  });

  it('finds words that are not among those allowed', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}quorum: { onLoss: freze }
resources:
  x: { type: builtin:noop, desired: running, onFail: { stop: restart } }
`,
      },
      [
        'a.yaml:5:19 error not-allowed "freze": "onLoss" of quorum cannot be "freze" | did you mean "freeze"? | = it can be stop, freeze or ignore',
        'a.yaml:7:37 error not-allowed "running": "desired" of resource "x" cannot be "running" | write started or stopped',
        'a.yaml:7:62 error not-allowed "restart": "stop" of "onFail" of resource "x" cannot be "restart" | write block or fence',
      ],
    );
  });

  it('finds values of the wrong type', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: []
resources:
  x: { type: 5, prefer: a, require: [5], after: { b: c }, params: [x] }
  y: { type: true }
  z: { type: systemd:z, monitor: { every: 10s } }
`,
      },
      [
        'a.yaml:5:12 error wrong-type "[]": "heartbeat" must be a map, and is a list | = its keys are port, every, lease, clockDrift, warnAfter, key, keys',
        'a.yaml:7:14 error wrong-type "5": "type" of resource "x" must be text, and is 5 | write it in quotes: "5"',
        'a.yaml:7:25 error wrong-type "a": "prefer" of resource "x" must be a list, and is the text "a" | write [a]',
        'a.yaml:7:38 error wrong-type "5": entry 1 of "require" of resource "x" must be text or a map, and is 5 | write it in quotes: "5"',
        'a.yaml:7:49 error wrong-type "{ b: c }": "after" of resource "x" must be a list, and is a map',
        'a.yaml:7:67 error wrong-type "[x]": "params" of resource "x" must be a map, and is a list',
        'a.yaml:8:14 error wrong-type "true": "type" of resource "y" must be text, and is true | write it in quotes: "true"',
        'a.yaml:9:34 error wrong-type "{ every: 10s }": "monitor" of resource "z" must be a list, and is a map | write it as one entry of a list: [{ ... }]',
      ],
    );
  });

  it('writes what was meant: a list of what a text says, and a number as it stands there', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}groups:
  web: { members: x y, prefer: "a, b" }
resources:
  x: { type: systemd:x, monitor: 10s }
  y: { type: 1.10, checks: { c: { run: sh -c "a b" } } }
`,
      },
      [
        'a.yaml:6:19 error wrong-type "x y": "members" of group "web" must be a list, and is the text "x y" | write [x, y]',
        'a.yaml:6:32 error wrong-type ""a, b"": "prefer" of group "web" must be a list, and is the text "a, b" | write [a, b]',
        'a.yaml:8:34 error wrong-type "10s": "monitor" of resource "x" must be a list, and is the text "10s" | write [{ every: 10s }]',
        'a.yaml:9:14 error wrong-type "1.10": "type" of resource "y" must be text, and is 1.1 | write it in quotes: "1.10"',
        'a.yaml:9:40 error wrong-type "sh -c "a b"": "run" of "c" of "checks" of resource "y" must be a list, and is the text "sh -c "a b"" | write each word as an entry: [a, b]',
      ],
    );
  });

  it('sees lines that are not indented enough', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x:
  type: builtin:noop
  desired: stopped
  y: { type: builtin:noop }
`,
      },
      [
        'a.yaml:6:3 error wrong-type "x": resource "x" is empty | = indent "type" and "desired" below it, if that belongs to "x"',
      ],
    );
  });

  it('knows the words of other cluster managers', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}stonith-enabled: false
groups:
  web: { members: [x], order: [y], stickiness: 100, toString: 1 }
resources:
  x: { type: systemd:x, monitor: [{ interval: 10s }] }
`,
      },
      [
        'a.yaml:5:1 error unknown-key "stonith-enabled": the spec has no key "stonith-enabled" | = that is `fencing.devices`',
        'a.yaml:7:24 error unknown-key "order": group "web" has no key "order" | = `after:` names the groups that must be up first; members of a group start in their order',
        'a.yaml:7:36 error unknown-key "stickiness": group "web" has no key "stickiness" | = that is `failback: never`, the default',
        'a.yaml:7:53 error unknown-key "toString": group "web" has no key "toString" | = its keys are members, desired, prefer, require, avoid, requires, after, with, apart, failback, failurePolicy, stopBudget',
        'a.yaml:9:37 error unknown-key "interval": entry 1 of "monitor" of resource "x" has no key "interval" | = that is `every:`',
      ],
    );
  });

  it('finds keys without a value', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}groups:
resources:
  x: { type: builtin:noop, params: }
`,
      },
      [
        'a.yaml:5:1 error wrong-type "groups": "groups" is empty | = give it a value, or leave the key out',
        'a.yaml:7:28 error wrong-type "params": "params" of resource "x" is empty | = give it a value, or leave the key out',
      ],
    );
  });

  it('finds names that are none', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  "a b": { type: builtin:noop }
  _x: { type: builtin:noop }
  __proto__: { type: builtin:noop }
  x: { type: builtin:noop, params: { "a b": 1 } }
`,
      },
      [
        'a.yaml:6:3 error bad-name ""a b"": "a b" cannot be the name of a resource | a name is 1 to 63 letters, digits, ".", "_" or "-", and begins with a letter or digit',
        'a.yaml:7:3 error bad-name "_x": "_x" cannot be the name of a resource | a name is 1 to 63 letters, digits, ".", "_" or "-", and begins with a letter or digit',
        'a.yaml:8:3 error bad-name "__proto__": "__proto__" cannot be the name of a resource | a name is 1 to 63 letters, digits, ".", "_" or "-", and begins with a letter or digit',
        'a.yaml:9:38 error bad-name ""a b"": "a b" cannot be the name of a parameter | a parameter\'s name is letters, digits, "_" or "-", and begins with a letter or "_"',
      ],
    );
  });

  it('finds numbers out of range', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { port: 70000 }
concurrency: { startsPerNode: 0 }
pings:
  p: { hosts: [10.0.0.9], attempts: 1.5 }
`,
      },
      [
        'a.yaml:5:20 error out-of-range "70000": "port" of heartbeat is 70000, and must be at most 65535',
        'a.yaml:6:31 error out-of-range "0": "startsPerNode" of concurrency is 0, and must be at least 1',
        'a.yaml:8:3 warning unused-ping "p": no group requires ping "p" | it moves nothing | = write `requires: [p]` on a group, or take it out',
        'a.yaml:8:37 error wrong-type "1.5": "attempts" of ping "p" must be a whole number, and is 1.5',
      ],
    );
  });

  it('finds too many and too few', () => {
    expectProblemsOf(
      {
        'a.yaml': `
apiVersion: fairlead/v1
kind: Cluster
cluster: { name: test }
nodes: { a: { addresses: [] } }
heartbeat: { key: { file: /a, env: B }, keys: [] }
resources:
  x: { type: builtin:noop, prefer: [{ a: b, c: d }, {}] }
`,
      },
      [
        'a.yaml:4:26 error wrong-count "[]": "addresses" of node "a" must have at least 1 entry, and has 0',
        'a.yaml:5:19 error wrong-count "{ file: /a, env: B }": "key" of heartbeat must have at most 1 key, and has 2',
        'a.yaml:5:47 error wrong-count "[]": "keys" of heartbeat must have at least 1 entry, and has 0',
        'a.yaml:7:37 error wrong-count "{ a: b, c: d }": entry 1 of "prefer" of resource "x" must have at most 1 key, and has 2',
        'a.yaml:7:53 error wrong-count "{}": entry 2 of "prefer" of resource "x" must have at least 1 key, and has 0',
      ],
    );
  });

  it('finds a need that is neither a word nor a number', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}pings:
  p: { hosts: [10.0.0.9], need: most }
  q: { hosts: [10.0.0.9], need: 0 }
resources:
  x: { type: builtin:noop, requires: [p, q] }
`,
      },
      [
        'a.yaml:6:33 error wrong-type "most": "need" of ping "p" is the text "most" | `need` is any, all or a number of hosts',
        'a.yaml:7:33 error wrong-type "0": "need" of ping "q" is 0 | `need` is any, all or a number of hosts',
      ],
    );
  });

  it('says that secrets are not read into parameters', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x: { type: "ocf:heartbeat:Dummy", params: { password: { file: /etc/secret } } }
`,
      },
      [
        'a.yaml:6:57 error wrong-type "{ file: /etc/secret }": "password" of "params" of resource "x" is a map | a parameter is text, a number, true, false, or a list of texts | = this version reads no secrets into parameters of resources; give the agent a file of its own',
      ],
    );
  });

  it('finds a secret whose file depends on where the daemon was started', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { key: { file: ./gossip.key } }
`,
      },
      [
        'a.yaml:5:27 error bad-format "./gossip.key": "file" of "key" of heartbeat cannot be "./gossip.key" | the file of a secret is an absolute path, for it is read wherever the daemon was started',
      ],
    );
  });

  it('finds an unquoted IPv6 address that YAML took for a map', () => {
    expectProblemsOf(
      {
        'a.yaml': `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: test }
nodes:
  a:
    addresses:
      - fd00::
`,
      },
      [
        'a.yaml:7:9 error wrong-type "fd00::": entry 1 of "addresses" of node "a" must be text, and is a map | an IPv6 address that ends in "::" must be in quotes',
      ],
    );
  });

  it('goes on to judge what is right', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { lease: 3 }
resources:
  x: { type: builtin:noop, prefer: [b] }
  y: { typ: builtin:noop }
  z: { type: builtin:noop, after: [y, w] }
`,
      },
      [
        'a.yaml:5:21 error duration-without-unit "3": "lease" of heartbeat is 3 without a unit | write 3ms, 3s or 3m',
        'a.yaml:7:37 error unknown-node "b": resource "x" names node "b", which is not in the spec | = add it under `nodes:`',
        'a.yaml:8:8 error unknown-key "typ": resource "y" has no key "typ" | did you mean "type"?',
        'a.yaml:9:39 error unknown-group "w": resource "z" names "w" in `after`, which is no group and no resource of the spec',
      ],
    );
  });

  it('refuses a spec that is no map', () => {
    expectProblemsOf(
      {
        'a.yaml': `- a
- b
`,
      },
      [
        'a.yaml:1:1 error wrong-type "- a": a spec is a map of keys, and this is a list | = begin with `apiVersion: fairlead/v1` and `kind: Cluster`',
      ],
    );
  });

  it('refuses another version and kind', () => {
    expectProblemsOf(
      {
        'a.yaml': `apiVersion: fairlead/v2
kind: Deployment
cluster: { name: test }
nodes: { a: { addresses: [10.0.0.1] } }
`,
      },
      [
        'a.yaml:1:13 error not-allowed "fairlead/v2": "apiVersion" cannot be "fairlead/v2" | did you mean "fairlead/v1"?',
        'a.yaml:2:7 error not-allowed "Deployment": "kind" cannot be "Deployment" | write Cluster',
      ],
    );
  });
});
