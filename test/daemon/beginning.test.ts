import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Stores } from '../../src/daemon/beginning.js';
import { inherit } from '../../src/daemon/beginning.js';
import { fileStore } from '../../src/host/file-store.js';
import { StampedStore } from '../../src/host/stamped-store.js';
import { systemClock } from '../../src/host/system-clock.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-beginning-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const VOTER = JSON.stringify({
  memory: 'm',
  promises: [],
  sessions: [],
  retired: [],
  epochMax: [],
  silentUntilMs: 70_000,
});
const HOLDER = JSON.stringify({
  incarnation: 'before',
  seqReserved: 9,
  tableVersion: 1,
  held: [],
  epochMax: [],
  continuity: [],
});

const VOTERS = {
  line: {
    number: 3,
    sets: [['n1', 'n2', 'n3']],
    hashes: ['0a', '0b'],
    isFounded: true,
    epochFloor: 7,
    revision: { generation: 4, hash: 'ab'.repeat(32) },
  },
  chooser: { promised: { round: 2, node: 'n1' }, accepted: null },
  seal: null,
};

/** The directories of a machine in a boot; `isVolatile` as if the run directory were on a tmpfs. */
function stores(boot: string, isVolatile = true): Stores {
  return {
    volatile: new StampedStore(fileStore({ directory: join(folder, 'run') }), boot),
    durable: fileStore({ directory: join(folder, 'state') }),
    isVolatile,
    boot,
  };
}

function begin(machine: Stores) {
  return inherit({ stores: machine, stateDir: join(folder, 'state'), clock: systemClock() });
}

describe('what a new daemon inherits', () => {
  it('R7 on a machine that never voted the voter is silent from its start', () => {
    expect(begin(stores('boot-1')).past).toEqual({ kind: 'lost' });
  });

  it('R7 R6 within a boot voter and session are remembered', () => {
    const machine = stores('boot-1');
    begin(machine);
    machine.volatile.write('voter.json', VOTER);
    machine.volatile.write('session.json', HOLDER);
    const next = begin(stores('boot-1'));
    expect(next.past).toEqual({ kind: 'remembered', silentUntilMs: 70_000 });
    expect(next.holderMemory?.incarnation).toBe('before');
  });

  it('R7 after a reboot the silence counts from the boot, and nothing of the run directory is believed', () => {
    const machine = stores('boot-1');
    begin(machine);
    machine.volatile.write('voter.json', VOTER);
    machine.volatile.write('session.json', HOLDER);
    const next = begin(stores('boot-2'));
    expect(next.past).toEqual({ kind: 'earlier-boot', bootBeganAtMs: expect.any(Number) });
    expect(next.voterMemory).toBeNull();
    expect(next.holderMemory).toBeNull();
  });

  it('R7 a run directory that is no tmpfs is not believed', () => {
    const machine = stores('boot-1', false);
    begin(machine);
    machine.volatile.write('voter.json', VOTER);
    expect(begin(stores('boot-1', false)).past).toEqual({ kind: 'lost' });
  });

  it('R12 the line of voter sets outlives a reboot', () => {
    const machine = stores('boot-1');
    expect(begin(machine).voters).toBeNull();
    machine.durable.write('voters.json', JSON.stringify(VOTERS));
    expect(begin(stores('boot-2')).voters).toEqual(VOTERS);
  });

  it('R12 a node that cannot read its line does not start', () => {
    const machine = stores('boot-1');
    machine.durable.write('voters.json', '{"line":');
    expect(() => begin(machine)).toThrow(/voters\.json in .* cannot be read/);
  });

  it('R6 every start has an incarnation and a token of its own', () => {
    const first = begin(stores('boot-1'));
    const second = begin(stores('boot-1'));
    expect(first.incarnation).toMatch(/^[0-9a-f]{32}$/);
    expect(second.incarnation).not.toBe(first.incarnation);
    expect(second.token).not.toBe(first.token);
  });
});
