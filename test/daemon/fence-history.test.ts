import { beforeEach, describe, expect, it } from 'vitest';
import { FenceHistory } from '../../src/daemon/fence-history.js';
import type { FenceCertificate, FenceOutcome } from '../../src/model/fencing.js';
import { limits } from '../../src/model/limits.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import type { Clock } from '../../src/ports/clock.js';
import { beginFencing } from '../../src/reconciler/fencing-state.js';
import { allFencingRules } from '../../src/reconciler/fencing-state.js';
import { fenceDevice, fenceRequest } from '../agents/harness/fence-device.js';
import { rememberingLog } from '../agents/harness/operation.js';

const device = fenceDevice('fence_a', { id: 'ipmi' });

let texts: Map<string, string>;
let nowMs: number;
let outcome: FenceOutcome;
let isFull: boolean;
let log: ReturnType<typeof rememberingLog>;
beforeEach(() => {
  texts = new Map();
  nowMs = 0;
  outcome = { kind: 'succeeded' };
  isFull = false;
  log = rememberingLog();
});

const clock: Clock = {
  nowMs: () => nowMs,
  wallMs: () => 1_700_000_000_000 + nowMs,
  setTimer: () => ({ cancel: () => undefined }),
};

function newHistory(): FenceHistory {
  return new FenceHistory({
    node: 'lb1',
    store: {
      read: (name) => texts.get(name) ?? null,
      write: (name, text) => {
        if (isFull) throw new Error('no space left on device');
        texts.set(name, text);
      },
      remove: (name) => void texts.delete(name),
    },
    clock,
    log,
  });
}

/** Agents whose fence calls take 1.5 s of the test's clock. */
const agents: AgentRunner = {
  run: () => Promise.reject(new Error('nothing is run here')),
  prepare: () => undefined,
  canReload: () => Promise.resolve(false),
  cancel: () => undefined,
  onNudge: () => undefined,
  onEventsLost: () => undefined,
  check: () => Promise.resolve({ kind: 'passed' as const }),
  ping: () => Promise.resolve(null),
  fence: () => {
    nowMs += 1500;
    return Promise.resolve(outcome);
  },
  close: () => undefined,
};

function knowing(certificates: readonly FenceCertificate[]) {
  const fencing = beginFencing({ kept: null, incarnation: 'me', boot: 'b', listensUntilMs: 0, rules: allFencingRules });
  for (const certificate of certificates) fencing.certificates.set(certificate.node, [certificate]);
  return { fencing };
}

describe('the history of fencing', () => {
  it('has each call with what came of it, also after a restart', async () => {
    const around = newHistory().around(agents);
    expect(await around.fence(fenceRequest(device, 'off'))).toEqual({ kind: 'succeeded' });
    outcome = { kind: 'failed', reason: 'no answer' };
    expect(await around.fence(fenceRequest(device, 'on'))).toEqual(outcome);
    const call = { kind: 'call', by: 'lb1', node: 'lb2', device: 'ipmi', tookMs: 1500 };
    expect(newHistory().events(knowing([]))).toEqual([
      { ...call, action: 'off', atWallMs: 1_700_000_001_500, outcome: { kind: 'succeeded' } },
      { ...call, action: 'on', atWallMs: 1_700_000_003_000, outcome },
    ]);
  });

  it('has the deaths that others told of among it, by time', async () => {
    const history = newHistory();
    await history.around(agents).fence(fenceRequest(device, 'off'));
    const death = { node: 'lb3', incarnation: 'x', by: 'wit', how: 'pdu', atWallMs: 1_700_000_000_001 };
    expect(history.events(knowing([death])).map((event) => event.kind)).toEqual(['dead', 'call']);
    expect(history.events(knowing([death]))[0]).toEqual({ kind: 'dead', ...death });
  });

  it('has no looks', async () => {
    const history = newHistory();
    await history.around(agents).fence(fenceRequest(device, 'monitor'));
    expect([history.events(knowing([])), texts.size]).toEqual([[], 0]);
  });

  it('keeps the newest calls only', async () => {
    const history = newHistory();
    const around = history.around(agents);
    for (let i = 0; i <= limits.fenceCallsKeptMax; i += 1) await around.fence(fenceRequest(device, 'off'));
    const events = newHistory().events(knowing([]));
    expect([events.length, events[0]?.atWallMs]).toEqual([limits.fenceCallsKeptMax, 1_700_000_003_000]);
  });

  it('costs no fence when it cannot be kept, or read', async () => {
    isFull = true;
    expect(await newHistory().around(agents).fence(fenceRequest(device, 'off'))).toEqual({ kind: 'succeeded' });
    expect(log.sentences.map(({ level }) => level)).toEqual(['warn']);
    texts.set('fence-history.json', '{"calls": [{"kind": "call", "by": 7}, 3');
    expect(newHistory().events(knowing([]))).toEqual([]);
    texts.set('fence-history.json', '{"calls": [{"kind": "call", "by": 7}, 3]}');
    expect(newHistory().events(knowing([]))).toEqual([]);
  });
});
