import { isJsonObject, parseJson } from '../base/json-object.js';
import type { AttributeEntry } from '../model/attribute.js';
import type { ClusterSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { HolderMemory, VoterMemory } from '../ownership/memory.js';
import type { KeptFencing } from '../reconciler/fencing-state.js';
import type { Promised } from '../reconciler/promised-lengths.js';
import type { Leftovers } from '../reconciler/spec-index.js';
import type { Revision } from '../model/revision.js';
import type { Superseded } from '../reconciler/revisions-state.js';
import type { KeptVoters } from '../reconciler/voters-state.js';

/** What a voter kept. Only ever written by this program in this boot, so its shape is checked at the top only. */
export function decodeVoterMemory(text: string | null): VoterMemory | null {
  const value = parseJson(text);
  if (!isJsonObject(value)) return null;
  const isWhole = ['promises', 'sessions', 'retired', 'epochMax'].every((key) => Array.isArray(value[key]));
  const tellsSilence = value.silentUntilMs === null || typeof value.silentUntilMs === 'number';
  return isWhole && tellsSilence && typeof value.memory === 'string' ? (value as unknown as VoterMemory) : null;
}

/** What a holder kept, checked like {@link decodeVoterMemory}. */
export function decodeHolderMemory(text: string | null): HolderMemory | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || typeof value.incarnation !== 'string' || typeof value.seqReserved !== 'number')
    return null;
  const isWhole = ['held', 'epochMax', 'continuity'].every((key) => Array.isArray(value[key]));
  if (typeof value.tableVersion !== 'number' || !isWhole) return null;
  return value as unknown as HolderMemory;
}

/** What an earlier daemon had still to stop, checked like {@link decodeVoterMemory}. */
export function decodeLeftovers(text: string | null): Leftovers | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || !Array.isArray(value.groups) || !Array.isArray(value.resources)) return null;
  return value as unknown as Leftovers;
}

/** With what an earlier daemon ran what may still run; each is checked like {@link decodeVoterMemory}. */
export function decodeRunning(text: string | null): ResourceSpec[] {
  const value = parseJson(text);
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) =>
    isJsonObject(each) && typeof each.id === 'string' && typeof each.type === 'string' && isJsonObject(each.params)
      ? [each as unknown as ResourceSpec]
      : [],
  );
}

/** What an earlier daemon wrote of attributes; each is checked like {@link decodeVoterMemory}. */
export function decodeAttributes(text: string | null): AttributeEntry[] {
  const value = parseJson(text);
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) =>
    isJsonObject(each) && typeof each.name === 'string' && typeof each.stamp === 'number'
      ? [each as unknown as AttributeEntry]
      : [],
  );
}

/** Lease lengths and stop budgets of the last hour; none when nothing readable was kept. */
export function decodePromised(text: string | null): Promised[] {
  const value = parseJson(text);
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) =>
    isJsonObject(each) &&
    typeof each.leaseMs === 'number' &&
    typeof each.stopBudgetMs === 'number' &&
    typeof each.untilWallMs === 'number'
      ? [{ leaseMs: each.leaseMs, stopBudgetMs: each.stopBudgetMs, untilWallMs: each.untilWallMs }]
      : [],
  );
}

/** The line of voter sets, checked like {@link decodeVoterMemory}. */
export function decodeKeptVoters(text: string): KeptVoters | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || !isJsonObject(value.line) || !isJsonObject(value.chooser)) return null;
  const { number, sets, hashes, isFounded, epochFloor, revision } = value.line;
  const isWhole =
    typeof number === 'number' &&
    Array.isArray(sets) &&
    Array.isArray(hashes) &&
    typeof isFounded === 'boolean' &&
    typeof epochFloor === 'number' &&
    isJsonObject(revision);
  return isWhole && sets.length > 0 && hashes.length >= sets.length ? (value as unknown as KeptVoters) : null;
}

/** What was kept of fencing, checked like {@link decodeVoterMemory}. */
export function decodeKeptFencing(text: string): KeptFencing | null {
  const value = parseJson(text);
  if (!isJsonObject(value)) return null;
  const isWhole = ['lives', 'promises', 'certificates'].every((key) => Array.isArray(value[key]));
  return isWhole ? (value as unknown as KeptFencing) : null;
}

/** The revision that was in force, with its text and what it superseded. */
export interface KeptRevision {
  readonly revision: Revision;
  readonly text: string;
  readonly superseded: readonly Superseded[];
}

/** What was kept of the revision in force, checked in full: a later version may write it. */
export function decodeKeptRevision(text: string | null): KeptRevision | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || typeof value.text !== 'string' || !isJsonObject(value.revision)) return null;
  const { generation, hash, parent } = value.revision;
  if (typeof generation !== 'number' || typeof hash !== 'string') return null;
  if (parent !== null && typeof parent !== 'string') return null;
  const { superseded } = value;
  return {
    revision: { generation, hash, parent },
    text: value.text,
    superseded: Array.isArray(superseded) ? superseded.filter(isSuperseded) : [],
  };
}

function isSuperseded(value: unknown): value is Superseded {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}

/** The decoded spec of a text, kept by this version of the program in this boot; null when it is of another text or version. */
export function decodeKeptSpec(
  text: string | null,
  wanted: { readonly software: string; readonly hash: string },
): ClusterSpec | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || value.software !== wanted.software || value.hash !== wanted.hash) return null;
  return isJsonObject(value.spec) ? (value.spec as unknown as ClusterSpec) : null;
}

/** One string member of a small JSON text; null when it is not there. */
export function decodeMember(text: string | null, name: string): string | null {
  const value = parseJson(text);
  const member = isJsonObject(value) ? value[name] : null;
  return typeof member === 'string' ? member : null;
}
