import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import { decodeText } from './expect-problems.js';

function specOf(text: string): ClusterSpec {
  const result = decodeText(text);
  if (result.kind !== 'ok') throw new Error(result.problems.map((problem) => problem.message).join('; '));
  return result.spec;
}

const place = (line: number, column: number) => ({ file: 'test.yaml', line, column });

describe('checks', () => {
  it('are decoded to what they look at, in order of name', () => {
    const spec = specOf(`resources:
  x:
    type: builtin:noop
    checks:
      page: { http: http://127.0.0.1/, status: [200], contains: ok, every: 1s, timeout: 500ms, rise: 1, fall: 5 }
      beat: { file: /run/beat, newerThan: 1m }
      db: { tcp: "[::1]:5432" }
      own: { run: [check, "1"] }
      nginx: { process: nginx }
`);
    const usual = { everyMs: 2000, timeoutMs: 1000, rise: 2, fall: 3 };
    const target = { kind: 'http', text: 'http://127.0.0.1/', host: '127.0.0.1' };
    expect(spec.resources[0]?.checks).toEqual([
      { id: 'beat', probe: { kind: 'file', path: '/run/beat', newerThanMs: 60_000 }, ...usual, place: place(6, 7) },
      {
        id: 'db',
        probe: { kind: 'target', target: { kind: 'tcp', text: '[::1]:5432', host: '::1', port: 5432 } },
        ...usual,
        place: place(7, 7),
      },
      { id: 'nginx', probe: { kind: 'process', name: 'nginx' }, ...usual, place: place(9, 7) },
      { id: 'own', probe: { kind: 'run', argv: ['check', '1'] }, ...usual, place: place(8, 7) },
      {
        id: 'page',
        probe: { kind: 'target', target, statuses: [200], contains: 'ok' },
        everyMs: 1000,
        timeoutMs: 500,
        rise: 1,
        fall: 5,
        place: place(5, 7),
      },
    ]);
  });

  it('of attributes are decoded as they are written, and say that one is there when they say nothing else', () => {
    const spec = specOf(`checks:
  a: { attribute: site }
  b: { attribute: site, defined: false }
  c: { attribute: site, is: [east, 007, true] }
  d: { attribute: site, isNot: 1.10 }
  e: { attribute: "#x", atLeast: 1.10, as: version }
  f: { attribute: site, atMost: -INFINITY, mode: relative, fall: 1 }
health: { attributes: yellow }
resources:
  x: { type: builtin:noop, requires: [a, b, c, d, e, f] }
`);
    expect(spec.checks.map(({ probe }) => probe)).toEqual([
      { kind: 'attribute', name: 'site', wish: { kind: 'defined' } },
      { kind: 'attribute', name: 'site', wish: { kind: 'undefined' } },
      { kind: 'attribute', name: 'site', wish: { kind: 'is', values: ['east', '007', 'true'] } },
      { kind: 'attribute', name: 'site', wish: { kind: 'is-not', values: ['1.10'] } },
      { kind: 'attribute', name: '#x', wish: { kind: 'within', by: 'version', atLeast: '1.10', atMost: null } },
      { kind: 'attribute', name: 'site', wish: { kind: 'within', by: 'number', atLeast: null, atMost: '-INFINITY' } },
      { kind: 'health-attributes', badFrom: 'yellow' },
    ]);
    expect(spec.checks[5]).toMatchObject({ id: 'f', mode: 'relative', fall: 1, rise: 2, everyMs: 2000 });
    expect(spec.health).toEqual([{ id: 'health:attributes', place: place(8, 11) }]);
  });

  it('of nodes and their health are decoded into one list, and what every group requires into another', () => {
    const spec = specOf(`checks:
  raid: { run: [check-raid], mode: relative, onAllLost: stop }
health:
  memory: { available: 5%, pressure: 30% }
  disk: {}
  load: { perCpu: 8 }
  checks: [raid]
  every: 30s
resources:
  x: { type: builtin:noop }
`);
    const usual = { need: 1, mode: 'relative', onAllLost: 'keep' };
    const health = { ...usual, everyMs: 30_000, timeoutMs: 5000, rise: 3, fall: 3 };
    expect(spec.checks).toEqual([
      { ...health, id: 'health:disk', probe: { kind: 'disk', paths: ['/'], freeShare: 0.05 }, place: place(5, 3) },
      { ...health, id: 'health:load', probe: { kind: 'load', perCpu: 8 }, place: place(6, 3) },
      {
        ...health,
        id: 'health:memory',
        probe: { kind: 'memory', availableShare: 0.05, pressureShare: 0.3 },
        place: place(4, 3),
      },
      {
        ...usual,
        id: 'raid',
        probe: { kind: 'run', argv: ['check-raid'] },
        everyMs: 2000,
        timeoutMs: 1000,
        rise: 2,
        fall: 3,
        onAllLost: 'stop',
        place: place(2, 3),
      },
    ]);
    expect(spec.health).toEqual([
      { id: 'health:disk', place: place(5, 3) },
      { id: 'health:load', place: place(6, 3) },
      { id: 'health:memory', place: place(4, 3) },
      { id: 'raid', place: place(7, 12) },
    ]);
  });
});
