import { describe, it } from 'vitest';
import { expectProblemsOf } from './expect-problems.js';

const HEAD = `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: test }
nodes: { a: { addresses: [10.0.0.1] } }
`;

describe('what is said of a value of the wrong form', () => {
  it('says of a number that is no whole one how it could be a duration, and of a negative one what a duration is', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { lease: 1.5, every: -2, warnAfter: "0.0001" }
`,
      },
      [
        'a.yaml:5:21 error duration-without-unit "1.5": "lease" of heartbeat is 1.5 without a unit | write 1.5s or 1.5m',
        'a.yaml:5:33 error duration-without-unit "-2": "every" of heartbeat is -2 without a unit | a duration is a number with its unit: ms, s, m, h or d',
        'a.yaml:5:48 error duration-without-unit ""0.0001"": "warnAfter" of heartbeat is 0.0001 without a unit | write 0.0001m',
      ],
    );
  });

  it('finds percentages without their sign, quoted or not', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { clockDrift: 9 }
health: { disk: { free: 5 }, memory: { available: "5.5", pressure: 500 } }
`,
      },
      [
        'a.yaml:5:26 error bad-format "9": "clockDrift" of heartbeat is 9 without a percent sign | write 9%',
        'a.yaml:6:25 error bad-format "5": "free" of "disk" of health is 5 without a percent sign | write 5%',
        'a.yaml:6:51 error bad-format ""5.5"": "available" of "memory" of health is 5.5 without a percent sign | write 5.5%',
        'a.yaml:6:68 error bad-format "500": "pressure" of "memory" of health is 500 without a percent sign | it is a percentage up to 100%',
      ],
    );
  });

  it('tells a word that is not allowed once, whatever its type, and one that is missing as empty', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}quorum: { onLoss: 1 }
resources: { x: { type: builtin:noop, failback: true, desired: } }
`,
      },
      [
        'a.yaml:5:19 error not-allowed "1": "onLoss" of quorum cannot be "1" | write stop, freeze or ignore',
        'a.yaml:6:49 error not-allowed "true": "failback" of resource "x" cannot be "true" | write never or auto',
        'a.yaml:6:55 error wrong-type "desired": "desired" of resource "x" is empty | = give it a value, or leave the key out',
      ],
    );
  });

  it('says what a map may hold where another thing is written in its place', () => {
    expectProblemsOf(
      {
        'a.yaml': `
apiVersion: fairlead/v1
kind: Cluster
cluster: test
nodes: { a: 10.0.0.1 }
resources: { x: { type: builtin:noop, onFail: restart } }
heartbeat: [3s]
`,
      },
      [
        'a.yaml:3:10 error wrong-type "test": "cluster" must be a map, and is the text "test" | write { name: test }',
        'a.yaml:4:13 error wrong-type "10.0.0.1": node "a" must be a map, and is the text "10.0.0.1" | write { addresses: [10.0.0.1] }',
        'a.yaml:5:47 error wrong-type "restart": "onFail" of resource "x" must be a map, and is the text "restart" | = its keys are monitor, start, stop',
        'a.yaml:6:12 error wrong-type "[3s]": "heartbeat" must be a map, and is a list | = its keys are port, every, lease, clockDrift, warnAfter, key, keys',
      ],
    );
  });

  it('says how to write a number that is quoted, and a duration of several units', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { port: "7418", lease: 1m30s }
concurrency: { startsPerNode: "four" }
pings: { p: { hosts: [10.0.0.9], every: 1h0.5x, timeout: 1s1s } }
resources: { x: { type: builtin:noop, requires: [p] } }
`,
      },
      [
        'a.yaml:5:20 error wrong-type ""7418"": "port" of heartbeat must be a whole number, and is the text "7418" | write it without quotes: 7418',
        'a.yaml:5:35 error bad-format "1m30s": "lease" of heartbeat cannot be "1m30s" | a duration is a number with its unit: ms, s, m, h or d | = write 1.5m',
        'a.yaml:6:31 error wrong-type ""four"": "startsPerNode" of concurrency must be a whole number, and is the text "four"',
        'a.yaml:7:41 error bad-format "1h0.5x": "every" of ping "p" cannot be "1h0.5x" | a duration is a number with its unit: ms, s, m, h or d',
        'a.yaml:7:58 error bad-format "1s1s": "timeout" of ping "p" cannot be "1s1s" | a duration is a number with its unit: ms, s, m, h or d | = write 2s',
      ],
    );
  });

  it('says of a file of another kind that it is no spec, and not what is wrong with each of its keys', () => {
    const help = 'begin with `apiVersion: fairlead/v1` and `kind: Cluster`';
    expectProblemsOf({ 'package.json': '{ "name": "web", "version": "1.0.0" }\n' }, [
      `package.json:1:3 error unknown-key ""name"": this is no spec: none of its keys is one that a spec has | = ${help}`,
    ]);
    expectProblemsOf({ 'a.yaml': 'Kind: Cluster\nname: test\n' }, [
      'a.yaml:1:1 error missing-key "Kind": "apiVersion" of the spec is missing | = add `apiVersion:`',
      'a.yaml:1:1 error missing-key "Kind": "cluster" of the spec is missing | = add `cluster:`',
      'a.yaml:1:1 error missing-key "Kind": "nodes" of the spec is missing | = add `nodes:`',
      'a.yaml:1:1 error unknown-key "Kind": the spec has no key "Kind" | did you mean "kind"?',
      'a.yaml:2:1 error unknown-key "name": the spec has no key "name" | = its keys are apiVersion, kind, cluster, quorum, heartbeat, concurrency, nodes, pings, checks, health, defaults, groups, resources, fencing, alerts',
    ]);
  });

  it('offers quotes only where they are all that is missing', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { key: { file: 5 } }
pings: { p: { hosts: [5] } }
`,
      },
      [
        'a.yaml:5:27 error wrong-type "5": "file" of "key" of heartbeat must be text, and is 5 | the file of a secret is an absolute path, for it is read wherever the daemon was started',
        'a.yaml:6:23 error wrong-type "5": entry 1 of "hosts" of ping "p" must be text, and is 5 | write it in quotes: "5"',
      ],
    );
  });

  it('says what is wrong inside a secret that may be written in place of a text', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}fencing:
  devices:
    d:
      agent: fence_ipmilan
      nodes: [a]
      params:
        b: { file: secret.txt }
        c: { file: /a, env: B }
        d: { env: a-b }
        e: { fiel: /a }
        f: {}
        g: { file: 5 }
        h: []
alerts: { r: { webhook: { file: url.txt }, headers: { X-Token: { env: 5 } } } }
`,
      },
      [
        'a.yaml:11:20 error bad-format "secret.txt": "file" of "b" of "params" of fence device "d" cannot be "secret.txt" | the file of a secret is an absolute path, for it is read wherever the daemon was started',
        'a.yaml:12:12 error wrong-count "{ file: /a, env: B }": "c" of "params" of fence device "d" must have at most 1 key, and has 2',
        'a.yaml:13:19 error bad-format "a-b": "env" of "d" of "params" of fence device "d" cannot be "a-b" | an environment variable is letters, digits and "_"',
        'a.yaml:14:14 error unknown-key "fiel": "e" of "params" of fence device "d" has no key "fiel" | did you mean "file"?',
        'a.yaml:15:12 error wrong-count "{}": "f" of "params" of fence device "d" must have at least 1 key, and has 0',
        'a.yaml:16:20 error wrong-type "5": "file" of "g" of "params" of fence device "d" must be text, and is 5 | the file of a secret is an absolute path, for it is read wherever the daemon was started',
        'a.yaml:17:12 error wrong-type "[]": "h" of "params" of fence device "d" is a list | a parameter of a fence agent is text, a number, true, false, `{ file: PATH }` or `{ env: NAME }`',
        'a.yaml:18:33 error bad-format "url.txt": "file" of "webhook" of "r" of alerts cannot be "url.txt" | the file of a secret is an absolute path, for it is read wherever the daemon was started',
        'a.yaml:18:71 error wrong-type "5": "env" of "X-Token" of "headers" of "r" of alerts must be text, and is 5 | an environment variable is letters, digits and "_"',
      ],
    );
  });
});
