import { expect, test } from 'vitest';
import { firstSpec } from '../../src/daemon/first-spec.js';
import { SpecCache } from '../../src/daemon/spec-cache.js';
import type { WorkerAnswer } from '../../src/daemon/worker-message.js';
import type { Store } from '../../src/ports/store.js';
import { beginMind } from '../../src/reconciler/begin.js';
import { decodeSpec } from '../../src/spec/decode-spec.js';

function specText(cluster: string, ...nodes: readonly string[]): string {
  const listed = nodes
    .map((node, index) => `  ${node}: { addresses: [10.0.0.${index + 1}]${index === 0 ? '' : ', role: worker'} }\n`)
    .join('');
  return `apiVersion: fairlead/v1\nkind: Cluster\ncluster: { name: ${cluster} }\nnodes:\n${listed}`;
}

function memory(): Store & { readonly names: () => string[] } {
  const kept = new Map<string, string>();
  return {
    read: (name) => kept.get(name) ?? null,
    write: (name, text) => void kept.set(name, text),
    remove: (name) => void kept.delete(name),
    names: () => [...kept.keys()].sort(),
  };
}

/** What a daemon of node lb1 begins with. Its file's hash is its text. */
function begin(durable: Store, file: string | null) {
  const ask = async (question: { readonly kind: string; readonly text?: string }): Promise<WorkerAnswer> => {
    const result = decodeSpec([{ file: 'cluster.yaml', text: question.text ?? '' }]);
    if (result.kind === 'ok') return { id: 1, kind: 'spec', spec: result.spec };
    return { id: 1, kind: 'failed', sentence: result.problems.map(({ message }) => message).join('; ') };
  };
  const log = { event: () => undefined };
  const cache = new SpecCache({ worker: { ask }, store: memory(), software: '1', log, whyNot: () => null });
  return firstSpec({
    cache,
    durable,
    file: file === null ? null : { text: file, hash: file },
    path: '/etc/fairlead/cluster.yaml',
    stateDir: '/var/lib/fairlead',
    node: 'lb1',
  });
}

/** The same, kept as what was in force. */
async function beginAndKeep(durable: Store, file: string | null) {
  const { first, keep } = await begin(durable, file);
  keep();
  return first;
}

test('a start that comes to nothing leaves nothing behind', async () => {
  const durable = memory();
  await expect(begin(durable, specText('edge', 'lb2', 'lb3'))).rejects.toThrow(
    'the spec has no node "lb1"; start with --node and one of lb2, lb3',
  );
  await begin(durable, specText('edge', 'lb1'));
  expect(durable.names()).toEqual([]);
});

test('what was in force is begun with, whatever the file says now', async () => {
  const durable = memory();
  const text = specText('edge', 'lb1');
  expect(await beginAndKeep(durable, text)).toMatchObject({ revision: { generation: 1, parent: null } });
  expect(durable.names()).toEqual(['revision.json']);
  for (const file of [specText('edge', 'lb1', 'lb2'), 'no spec', null]) {
    expect(await beginAndKeep(durable, file)).toMatchObject({ text, revision: { generation: 1 } });
  }
});

test('a node that was taken out and is in the file again begins with the file', async () => {
  const durable = memory();
  await beginAndKeep(durable, specText('edge', 'lb1'));
  const without = specText('edge', 'lb2');
  durable.write(
    'revision.json',
    JSON.stringify({ revision: { generation: 5, hash: without, parent: null }, text: without }),
  );

  const again = specText('edge', 'lb1', 'lb2');
  expect(await beginAndKeep(durable, again)).toMatchObject({
    text: again,
    revision: { generation: 6, parent: without },
  });
});

test('a kept revision that is not valid any more, as after an upgrade, gives way to a file that is', async () => {
  const durable = memory();
  const refused = 'once valid';
  durable.write(
    'revision.json',
    JSON.stringify({ revision: { generation: 5, hash: refused, parent: null }, text: refused }),
  );
  await expect(begin(durable, refused)).rejects.toThrow(
    /cluster.yaml is not valid: .*; the kept revision .* is not valid either: /s,
  );
  const mended = specText('edge', 'lb1');
  expect(await beginAndKeep(durable, mended)).toMatchObject({
    text: mended,
    revision: { generation: 6, parent: refused },
  });
});

test('R12 a revision that was in force is no proof of who votes: a node that kept no line begins anew', async () => {
  const durable = memory();
  const text = specText('edge', 'lb1');
  await beginAndKeep(durable, text);
  const first = await beginAndKeep(durable, text);
  const past = { kind: 'lost' } as const;
  const rest = { voterMemory: null, holderMemory: null, promised: [], fileHash: null, seed: 1 };
  const mind = beginMind(
    { node: 'lb1', software: '1', incarnation: 'i', token: 't', past, ...rest, ...first },
    { nowMs: 0, wallMs: 0 },
  );
  expect(mind.voters.kept.line).toMatchObject({ sets: [['lb1']], isFounded: false });
});

test('what is in the way is told', async () => {
  const durable = memory();
  await expect(begin(durable, null)).rejects.toThrow('/etc/fairlead/cluster.yaml is not there or cannot be read');
  const without = specText('edge', 'lb2');
  durable.write(
    'revision.json',
    JSON.stringify({ revision: { generation: 5, hash: without, parent: null }, text: without }),
  );
  await expect(begin(durable, null)).rejects.toThrow(/cannot be read; the kept revision .* has no node "lb1"$/s);
  await expect(begin(durable, 'no spec')).rejects.toThrow(/is not valid: .*; the kept revision .* has no node "lb1"$/s);
  await expect(begin(durable, specText('other', 'lb1'))).rejects.toThrow(
    '/etc/fairlead/cluster.yaml is of the cluster "other", and /var/lib/fairlead of "edge"; give this daemon another --state-dir and --run-dir',
  );
});
