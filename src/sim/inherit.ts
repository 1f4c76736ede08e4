import type { RandomStream } from '../base/random.js';
import { nextRandom } from '../base/random.js';
import { stableJson } from '../base/stable-json.js';
import { decodeGuardOrders } from '../guard/decode-orders.js';
import type { HolderMemory, VoterMemory } from '../ownership/memory.js';
import { voterPast } from '../ownership/quarantine.js';
import type { KeptFencing } from '../reconciler/fencing-state.js';
import type { Promised } from '../reconciler/promised-lengths.js';
import type { Leftovers } from '../reconciler/spec-index.js';
import type { Superseded } from '../reconciler/revisions-state.js';
import type { KeptVoters } from '../reconciler/voters-state.js';
import type { MindBeginning } from '../reconciler/begin.js';
import type { AttributeEntry } from '../model/attribute.js';
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { Revision } from '../model/revision.js';
import { decodeKept } from './decode-kept.js';
import type { SpecLibrary, SpecText } from './spec-library.js';
import type { SimDisk } from './sim-store.js';

/** Where a daemon finds what earlier ones left. */
export interface Inheritance {
  readonly volatile: SimDisk;
  readonly durable: SimDisk;
  readonly boot: string;
  readonly wallMs: number;
  readonly random: RandomStream;
  readonly library: SpecLibrary;
  readonly first: SpecText;
}

/** What a daemon begins with, as the shipped one finds it out. */
export function inherit(from: Inheritance): Omit<MindBeginning, 'node' | 'software' | 'rules'> {
  const { volatile, durable, boot, random } = from;
  const voterMemory = decodeKept<VoterMemory>(volatile.texts.get('voter.json') ?? null);
  const voted = decodeKept<{ readonly boot: string }>(durable.texts.get('voted.json') ?? null);
  durable.texts.set('voted.json', stableJson({ boot }));
  const kept = decodeKept<{
    readonly revision: Revision;
    readonly text: string;
    readonly superseded: readonly Superseded[];
  }>(durable.texts.get('revision.json') ?? null);
  const revision = kept?.revision ?? { generation: 1, hash: from.first.hash, parent: null };
  const text = kept?.text ?? from.first.text;
  const spec = from.library.decode(text, revision.hash);
  if (spec === null) throw new Error(`the kept revision ${revision.hash} is no spec`);
  const file = decodeKept<{ readonly hash: string }>(durable.texts.get('file.json') ?? null);
  const hex = () =>
    Math.floor(nextRandom(random) * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return {
    spec,
    revision,
    text,
    superseded: kept?.superseded ?? [],
    fileHash: file?.hash ?? null,
    incarnation: `${Math.floor(from.wallMs).toString(16).padStart(12, '0')}${hex()}`,
    token: hex(),
    seed: Math.floor(nextRandom(random) * 2 ** 31),
    // The clock of a simulated machine begins with its boot.
    past: voterPast({ memory: voterMemory, votedIn: voted?.boot ?? null, boot, bootBeganAtMs: 0 }),
    voterMemory,
    voters: decodeKept<KeptVoters>(durable.texts.get('voters.json') ?? null),
    holderMemory: decodeKept<HolderMemory>(volatile.texts.get('session.json') ?? null),
    fencing: decodeKept<KeptFencing>(durable.texts.get('fencing.json') ?? null),
    boot,
    running: decodeKept<ResourceSpec[]>(volatile.texts.get('running.json') ?? null) ?? [],
    attributes: [
      ...(decodeKept<AttributeEntry[]>(volatile.texts.get('attributes.json') ?? null) ?? []),
      ...(decodeKept<AttributeEntry[]>(durable.texts.get('lasting-attributes.json') ?? null) ?? []),
    ],
    guardOrders: decodeGuardOrders(volatile.texts.get('guard.json') ?? null),
    leftovers: decodeKept<Leftovers>(volatile.texts.get('leftovers.json') ?? null),
    promised: decodeKept<Promised[]>(durable.texts.get('promises.json') ?? null) ?? [],
  };
}
