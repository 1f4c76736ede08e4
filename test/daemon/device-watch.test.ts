import { beforeEach, describe, expect, it } from 'vitest';
import { DeviceWatch, looksOf } from '../../src/daemon/device-watch.js';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import type { FenceOutcome, FenceRequest } from '../../src/model/fencing.js';
import type { Conditions } from '../../src/reconciler/conditions.js';
import { beginConditions } from '../../src/reconciler/conditions.js';
import { fenceDevice } from '../agents/harness/fence-device.js';
import { ManualClock } from '../host/manual-clock.js';
import { specOf } from '../reconciler/specs.js';

const place = { file: 'test.yaml', line: 1, column: 1 };

/** Three nodes; n1 and n2 have a board each, and all three a plug of one power switch. */
function fencedSpec(): ClusterSpec {
  return specOf({
    groups: { web: {} },
    fencing: {
      devices: [
        fenceDevice('fence_a', { id: 'ipmi-n1', nodes: ['n1'] }),
        fenceDevice('fence_a', { id: 'ipmi-n2', nodes: ['n2'] }),
        fenceDevice('fence_b', { id: 'pdu', nodes: ['n1', 'n2', 'n3'] }),
      ],
      levels: [
        { node: 'n1', levels: [['ipmi-n1'], ['pdu']], place },
        { node: 'n2', levels: [['ipmi-n2'], ['pdu']], place },
        { node: 'n3', levels: [['pdu']], place },
      ],
    },
  });
}

function looked(node: string, alive: readonly string[]): string[] {
  const looks = looksOf({ node, spec: fencedSpec, isAlive: (peer) => alive.includes(peer) });
  return looks.map((look) => `${look.device.id} for ${look.node}`);
}

describe('the devices that a node looks at', () => {
  const all = ['n1', 'n2', 'n3'];

  it('are those of the nodes of which it is the first that is there', () => {
    expect(looked('n1', all)).toEqual(['ipmi-n2 for n2', 'pdu for n2', 'pdu for n3']);
    expect(looked('n2', all)).toEqual(['ipmi-n1 for n1', 'pdu for n1']);
    expect(looked('n3', all)).toEqual([]);
  });

  it('become those of a node that is gone', () => {
    expect(looked('n2', ['n3'])).toEqual(['ipmi-n1 for n1', 'pdu for n1', 'pdu for n3']);
    expect(looked('n3', ['n2'])).toEqual(['ipmi-n2 for n2', 'pdu for n2']);
  });
});

describe('a watch of devices', () => {
  let clock: ManualClock;
  let conditions: Conditions;
  let asked: FenceRequest[];
  let answers: Map<string, FenceOutcome>;
  let isAlive: (node: string) => boolean;
  let watch: DeviceWatch;
  beforeEach(() => {
    clock = new ManualClock();
    conditions = beginConditions();
    asked = [];
    answers = new Map();
    isAlive = () => true;
    watch = new DeviceWatch({
      node: 'n1',
      spec: fencedSpec,
      isAlive: (node) => isAlive(node),
      fence: (request) => {
        asked.push(request);
        return Promise.resolve(answers.get(`${request.device.id} ${request.node}`) ?? { kind: 'succeeded' });
      },
      conditions,
      clock,
      log: { event: () => undefined },
    });
    watch.start();
  });

  /** Lets time pass and what was begun come to its end. */
  async function pass(ms: number): Promise<void> {
    clock.advance(ms);
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  }

  function sentences(): string[] {
    return [...conditions.values()].map((condition) => `${condition.severity}: ${condition.sentence}`);
  }

  it('only looks, soon after the start and every five minutes', async () => {
    await pass(10_000);
    expect(asked.map((request) => [request.action, request.device.id, request.node])).toEqual([
      ['monitor', 'ipmi-n2', 'n2'],
      ['monitor', 'pdu', 'n2'],
      ['monitor', 'pdu', 'n3'],
    ]);
    await pass(299_000);
    expect(asked).toHaveLength(3);
    await pass(1000);
    expect(asked).toHaveLength(6);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(6);
    expect(sentences()).toEqual([]);
  });

  it('tells of a device that does not answer, looks more often, and takes it back', async () => {
    answers.set('pdu n3', { kind: 'timeout', reason: 'it was killed' });
    await pass(10_000);
    expect(sentences()).toEqual([
      'warning: fence device pdu does not answer for n3: it was killed; repair it, or n3 cannot be fenced by it',
    ]);
    answers.clear();
    await pass(60_000);
    expect([asked.length, sentences()]).toEqual([6, []]);
  });

  it('tells of a device that takes a node for dead which is heard', async () => {
    answers.set('pdu n3', { kind: 'succeeded', power: 'off' });
    await pass(10_000);
    expect(sentences()).toEqual([
      'warning: fence device pdu says that n3 has no power, and n3 is heard: its plug may be that of another machine',
    ]);
    isAlive = (node) => node !== 'n3';
    await pass(60_000);
    expect(sentences()).toEqual([]);
  });

  it('takes back what another node looks at again', async () => {
    watch.stop();
    isAlive = (node) => node !== 'n1';
    const second = new DeviceWatch({
      node: 'n2',
      spec: fencedSpec,
      isAlive: (node) => isAlive(node),
      fence: ({ node }) =>
        Promise.resolve(node === 'n3' ? { kind: 'failed', reason: 'no answer' } : { kind: 'succeeded' }),
      conditions,
      clock,
      log: { event: () => undefined },
    });
    second.start();
    await pass(10_000);
    expect(sentences()).toHaveLength(1);
    isAlive = () => true;
    await pass(60_000);
    expect(sentences()).toEqual([]);
    second.stop();
  });

  it('looks no more once it is stopped', async () => {
    watch.stop();
    await pass(600_000);
    expect(asked).toEqual([]);
  });
});
