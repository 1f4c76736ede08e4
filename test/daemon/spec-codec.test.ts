import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpecCodec } from '../../src/daemon/spec-codec.js';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import type { Conditions } from '../../src/reconciler/conditions.js';
import { beginConditions } from '../../src/reconciler/conditions.js';
import { wireCodec } from '../../src/runtime/wire-codec.js';
import { freshFolder } from '../agents/harness/folder.js';
import { ManualClock } from '../host/manual-clock.js';
import { specOf } from '../reconciler/specs.js';
import { plainHeartbeat } from '../runtime/wire-specimens.js';

const place = { file: 'test.yaml', line: 1, column: 1 };
const secrets = { old: randomBytes(32), new: randomBytes(32) };
const message = plainHeartbeat(1);
const keyOf = (...names: (keyof typeof secrets)[]) =>
  wireCodec({ cluster: 'test', keys: names.map((name) => secrets[name]) });

let folder: ReturnType<typeof freshFolder>;
let clock: ManualClock;
let said: string[];
let mind: { spec: ClusterSpec; readonly conditions: Conditions };
let codec: SpecCodec;

beforeEach(() => {
  folder = freshFolder();
  for (const name of ['old', 'new'] as const) {
    writeFileSync(join(folder.path, name), secrets[name].toString('hex'), { mode: 0o600 });
  }
  clock = new ManualClock();
  said = [];
  mind = { spec: withKeys('old'), conditions: beginConditions() };
  codec = new SpecCodec(mind, [secrets.old], { clock, log: { event: (_, sentence) => said.push(sentence) } });
});

afterEach(() => rmSync(folder.path, { recursive: true, force: true }));

function withKeys(...names: readonly string[]): ClusterSpec {
  const spec = specOf({ groups: { web: {} } });
  const keys = names.map((name) => ({ kind: 'file' as const, path: join(folder.path, name), place }));
  return { ...spec, heartbeat: { ...spec.heartbeat, keys } };
}

/** What the codec's datagrams look like to who has one key, and whether it reads those of one key. */
function seen() {
  const frame = codec.encode(message);
  return {
    signs: (['old', 'new'] as const).find((name) => keyOf(name).decode(frame).kind === 'message'),
    reads: (['old', 'new'] as const).filter(
      (name) => codec.decode(keyOf(name).encode({ ...message })).kind === 'message',
    ),
  };
}

it('signs with the first key of the spec in force, and reads all of them, from one datagram to the next', () => {
  const steps = [['old'], ['old', 'new'], ['new', 'old'], ['new']] as const;
  for (const keys of steps) {
    mind.spec = withKeys(...keys);
    expect(seen()).toEqual({ signs: keys[0], reads: [...keys].sort().reverse() });
  }
});

it('keeps the present keys while new ones cannot be read, says so, and takes them when they are there', () => {
  mind.spec = withKeys('new', 'later');
  expect(seen()).toEqual({ signs: 'old', reads: ['old'] });
  expect([...mind.conditions.values()].map(({ kind }) => kind)).toEqual(['spec-unreadable']);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(join(folder.path, 'later'));

  writeFileSync(join(folder.path, 'later'), secrets.old.toString('hex'), { mode: 0o600 });
  clock.advance(2_000);

  expect(seen()).toEqual({ signs: 'new', reads: ['old', 'new'] });
  expect([...mind.conditions.values()]).toEqual([]);
});

it('reads no file again for a revision with the same keys', () => {
  rmSync(join(folder.path, 'old'));
  mind.spec = withKeys('old');
  expect(seen()).toEqual({ signs: 'old', reads: ['old'] });
  expect([...mind.conditions.values()]).toEqual([]);
});
