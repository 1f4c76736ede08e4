import { stableJson } from '../base/stable-json.js';
import type { ResourceSpec } from '../model/cluster-spec.js';

/** With what a resource runs or may. */
export interface RunningDefinitions {
  /** What it was started or found with; null for nothing. */
  readonly running: ResourceSpec | null;
  /** What a reload was to give it of which it is not known how it ended. */
  readonly halfReloaded: ResourceSpec | null;
}

/**
 * With what definitions resources run here or may, as it is kept for a daemon that starts again in this boot.
 *
 * A stop undoes what was started, whatever the spec says by then; a daemon that began anew would know the spec only. What a reload is to give is kept before it begins, and stands
 * beside what was started until the reload has ended well: a daemon that finds both restarts the resource.
 */
export interface RunningMemory {
  /** By resource. What the spec does not name stays: it may be named again. */
  readonly definitions: Map<string, RunningDefinitions & { readonly text: string }>;
  /** Something changed since it was kept. */
  isStale: boolean;
}

const NOTHING: RunningDefinitions = { running: null, halfReloaded: null };

/** The memory at the start of a daemon. Shape: of two definitions of one resource, the first is what a reload was to give it. */
export function beginRunningMemory(kept: readonly ResourceSpec[]): RunningMemory {
  const definitions: RunningMemory['definitions'] = new Map();
  for (const running of kept) {
    const halfReloaded = definitions.get(running.id)?.running ?? null;
    definitions.set(running.id, entryOf({ running, halfReloaded }));
  }
  return { definitions, isStale: false };
}

/** What is remembered of a resource. */
export function rememberedDefinitions(memory: RunningMemory, resource: string): RunningDefinitions {
  return memory.definitions.get(resource) ?? NOTHING;
}

/** Takes note of what a resource runs with by now; nothing when it was proved to be stopped. */
export function noteRunning(memory: RunningMemory, resource: string, now: RunningDefinitions | null): void {
  const { running, halfReloaded } = now ?? NOTHING;
  const before = rememberedDefinitions(memory, resource);
  if (running === before.running && halfReloaded === before.halfReloaded) return;
  if (running === null) memory.definitions.delete(resource);
  else memory.definitions.set(resource, entryOf({ running, halfReloaded }));
  memory.isStale = true;
}

/** The text to be kept now; null while the one that was kept last still says it. */
export function changedRunning(memory: RunningMemory): string | null {
  if (!memory.isStale) return null;
  memory.isStale = false;
  return `[${[...memory.definitions.values()].map(({ text }) => text).join(',')}]`;
}

function entryOf({ running, halfReloaded }: RunningDefinitions): RunningDefinitions & { readonly text: string } {
  const both = [halfReloaded, running].filter((each) => each !== null);
  return { running, halfReloaded, text: both.map(stableJson).join(',') };
}
