import { expect, it } from 'vitest';
import { whyNotInLab } from '../../src/daemon/lab-limits.js';
import { SpecCache } from '../../src/daemon/spec-cache.js';
import type { WorkerAnswer } from '../../src/daemon/worker-message.js';
import { decodeSpec } from '../../src/spec/decode-spec.js';

const TEXT = `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: lab }
nodes:
  n1: { addresses: [127.77.0.1] }
fencing: { watchdog: { timeout: 20s } }
resources:
  note: { type: builtin:noop }
`;

/** A cache whose decoder is asked in this thread, with what it has kept and how often it asked. */
function newCache(whyNot: ConstructorParameters<typeof SpecCache>[0]['whyNot']) {
  const kept = new Map<string, string>();
  const asked: string[] = [];
  const ask = async (question: { readonly kind: string; readonly text?: string }): Promise<WorkerAnswer> => {
    asked.push(question.kind);
    const result = decodeSpec([{ file: 'lab.yaml', text: question.text ?? '' }]);
    if (result.kind === 'ok') return { id: 1, kind: 'spec', spec: result.spec };
    return { id: 1, kind: 'failed', sentence: result.problems.map(({ message }) => message).join('; ') };
  };
  const store = {
    read: (name: string) => kept.get(name) ?? null,
    write: (name: string, text: string) => void kept.set(name, text),
    remove: (name: string) => void kept.delete(name),
  };
  const log = { event: () => undefined };
  return { cache: new SpecCache({ worker: { ask }, store, software: '1', log, whyNot }), asked };
}

it('a text is decoded once, and what an earlier life kept is not decoded again', async () => {
  const { cache, asked } = newCache(() => null);
  const first = await cache.decode({ text: TEXT, hash: 'a' });
  expect(await cache.decode({ text: TEXT, hash: 'a' })).toEqual(first);
  expect([first.kind, asked]).toEqual(['spec', ['decode']]);
});

it('a spec that a lab may not run is refused there, however valid, and also when it was kept', async () => {
  const { cache } = newCache((spec) => whyNotInLab(spec)?.message ?? null);
  const refused = {
    kind: 'undecodable',
    sentence: 'the spec has a watchdog, and a lab would reset this machine with it',
  };
  expect(await cache.decode({ text: TEXT, hash: 'a' })).toEqual(refused);
  expect(await cache.decode({ text: TEXT, hash: 'a' })).toEqual(refused);
});
