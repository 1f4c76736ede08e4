/** Drivers for tests, each in a world of its own. */
import { versionedTable } from '../../src/base/versioned-table.js';
import type { Heartbeat } from '../../src/model/message.js';
import { tableFingerprint } from '../../src/ownership/beat.js';
import { beginMind } from '../../src/reconciler/begin.js';
import type { Mind } from '../../src/reconciler/mind.js';
import type { Promised } from '../../src/reconciler/promised-lengths.js';
import { Driver } from '../../src/runtime/driver.js';
import { specOf } from '../reconciler/specs.js';
import type { SpecWish } from '../reconciler/specs.js';
import type { Frame } from './driver-ports.js';
import { World } from './driver-ports.js';

/** A spec of one node. */
export const alone: SpecWish = { nodes: { n1: {} }, groups: { web: {} } };
/** A spec of three nodes. */
export const three: SpecWish = { groups: { web: {} } };

/** A driver in its world, and how it ended. */
export interface Running {
  readonly world: World;
  readonly driver: Driver<Frame>;
  readonly ends: string[];
}

/** The driver of node n1, not started yet. */
export function driverOf(wish: SpecWish, promised: readonly Promised[] = []): Running {
  const world = new World();
  const mind = mindIn(world, wish, promised);
  const ends: string[] = [];
  const driver = new Driver(mind, world.ports, {
    onLeft: () => ends.push('left'),
    onBroken: (error) => ends.push(`broken: ${error instanceof Error ? error.message : 'unknown'}`),
  });
  return { world, driver, ends };
}

/** The mind of node n1 in a world. */
export function mindIn(world: World, wish: SpecWish, promised: readonly Promised[] = []): Mind {
  return beginMind(
    {
      node: 'n1',
      software: 'test',
      spec: specOf(wish),
      revision: { generation: 1, hash: 'ab'.repeat(32), parent: null },
      text: 'the text',
      fileHash: null,
      incarnation: 'n1.1',
      token: 'n1-1',
      seed: 1,
      past: { kind: 'remembered', silentUntilMs: null },
      voterMemory: null,
      holderMemory: null,
      promised,
    },
    { nowMs: world.nowMs, wallMs: 1_700_000_000_000 },
  );
}

/** A node alone whose web runs. */
export async function running(more: Partial<SpecWish> = {}): Promise<Running> {
  const all = driverOf({ ...alone, ...more });
  all.driver.start();
  await all.world.answer('probe web', { kind: 'stopped' });
  await all.world.answer('start web', { kind: 'done' });
  return all;
}

/** What a node that holds nothing says to n1's voter. */
export function heartbeatOf(from: string, seq: number, { voter, holder }: Mind): Heartbeat {
  return {
    kind: 'heartbeat',
    from,
    incarnation: `${from}.1`,
    seq,
    token: voter.token,
    configuration: holder.configuration,
    leaseMs: 1000,
    tableVersion: 0,
    fingerprint: tableFingerprint(versionedTable()),
    table: { from: 0, to: 0, entries: [] },
    digest: [],
  };
}
