import { describe, it } from 'vitest';
import { expectProblemsOf } from './expect-problems.js';

const HEAD = `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: test }
nodes: { a: { addresses: [10.0.0.1] } }
`;

const PART = `apiVersion: fairlead/v1
kind: Cluster
`;

describe('a spec in parts', () => {
  it('merges files by key', () => {
    expectProblemsOf(
      {
        'a.yaml': `${HEAD}resources:
  x: { type: builtin:noop, after: [y] }
`,
        'b.yaml': `${PART}resources:
  y: { type: builtin:noop }
`,
      },
      [],
    );
  });

  it('merges documents of one file', () => {
    expectProblemsOf(
      {
        'a.yaml': `${HEAD}---
apiVersion: fairlead/v1
kind: Cluster
resources:
  y: { type: builtin:noop }
`,
      },
      [],
    );
  });

  it('names both places of a key that stands in two files', () => {
    expectProblemsOf(
      {
        'a.yaml': `${HEAD}resources:
  x: { type: builtin:noop }
`,
        'b.yaml': `${PART}cluster: { name: other }
resources:
  x: { type: builtin:noop }
`,
      },
      [
        'b.yaml:3:12 error duplicate-key "name": "cluster.name" stands in two parts of the spec | = keep one of them | = note 3: "cluster.name" stands here first',
        'b.yaml:5:3 error duplicate-key "x": "resources.x" stands in two parts of the spec | = keep one of them | = note 6: "resources.x" stands here first',
      ],
    );
  });

  it('merges fence devices, and finds one that stands twice', () => {
    expectProblemsOf(
      {
        'a.yaml': `${HEAD}fencing:
  devices:
    d: { agent: fence_x, nodes: [a] }
`,
        'b.yaml': `${PART}fencing:
  devices:
    d: { agent: fence_x, nodes: [a] }
    e: { agent: fence_x, nodes: [b] }
`,
      },
      [
        'a.yaml:6:3 warning fence-devices-unused "devices": nothing in the spec asks for fencing, so no node is ever fenced | = write `exclusive: fencing` on what must never run twice, or `onFail: { stop: fence }`',
        'a.yaml:7:5 error fence-device-on-target "d": fence device "d" could only be used by "a", the node that it fences | a node does not fence itself, and there is no other one | = add a node, or take the device out',
        'b.yaml:5:5 error duplicate-key "d": "fencing.devices.d" stands in two parts of the spec | = keep one of them | = note 7: "fencing.devices.d" stands here first',
        'b.yaml:6:34 error unknown-node "b": fence device "e" names node "b", which is not in the spec | = add it under `nodes:`',
      ],
    );
  });

  it('finds a part that does not say what it is', () => {
    expectProblemsOf(
      {
        'a.yaml': `${HEAD}`,
        'b.yaml': `kind: ConfigMap
data: {}
`,
      },
      [
        'b.yaml:1:7 error not-allowed "ConfigMap": this document is no part of a cluster spec | = write `kind: Cluster`, or keep it elsewhere',
      ],
    );
  });

  it('finds a part that is no map', () => {
    expectProblemsOf(
      {
        'a.yaml': `${HEAD}`,
        'b.yaml': `- a
`,
      },
      [
        'b.yaml:1:1 error wrong-type "- a": a spec is a map of keys, and this is a list | = begin with `apiVersion: fairlead/v1` and `kind: Cluster`',
      ],
    );
  });

  it('places what is found in the second file there', () => {
    expectProblemsOf(
      {
        'a.yaml': `${HEAD}`,
        'b.yaml': `${PART}resources:
  x: { type: builtin:noop, prefer: [b] }
`,
      },
      [
        'b.yaml:4:37 error unknown-node "b": resource "x" names node "b", which is not in the spec | = add it under `nodes:`',
      ],
    );
  });

  it('does not judge what is left when one file cannot be read', () => {
    expectProblemsOf(
      {
        'a.yaml': `${HEAD}resources:
  x: { type: builtin:noop, after: [y] }
`,
        'b.yaml': `resources: [
`,
      },
      [
        'b.yaml:1:12 error yaml-syntax "[": this is not YAML | flow sequence in block collection must be sufficiently indented and end with a ] | = a ] is missing before this',
      ],
    );
  });
});
