import { stableJson } from '../base/stable-json.js';
import type { ResourceSpec } from '../model/cluster-spec.js';

/**
 * With what definitions resources run here or may, as it is kept for a daemon that starts again in this boot.
 *
 * A stop undoes what was started, whatever the spec says by then; a daemon that began anew would know the spec only.
 */
export interface RunningMemory {
  /** By resource. What the spec does not name stays: it may be named again. */
  readonly definitions: Map<string, { readonly definition: ResourceSpec; readonly text: string }>;
  /** Something changed since it was kept. */
  isStale: boolean;
}

/** The memory at the start of a daemon. */
export function beginRunningMemory(kept: readonly ResourceSpec[]): RunningMemory {
  const definitions: RunningMemory['definitions'] = new Map();
  for (const definition of kept) definitions.set(definition.id, { definition, text: stableJson(definition) });
  return { definitions, isStale: false };
}

/** What is remembered of a resource; null when that is nothing. */
export function rememberedDefinition(memory: RunningMemory, resource: string): ResourceSpec | null {
  return memory.definitions.get(resource)?.definition ?? null;
}

/** Takes note of what a resource runs with by now; null when it was proved to be stopped. */
export function noteRunning(memory: RunningMemory, resource: string, definition: ResourceSpec | null): void {
  if (definition === rememberedDefinition(memory, resource)) return;
  if (definition === null) memory.definitions.delete(resource);
  else memory.definitions.set(resource, { definition, text: stableJson(definition) });
  memory.isStale = true;
}

/** The text to be kept now; null while the one that was kept last still says it. */
export function changedRunning(memory: RunningMemory): string | null {
  if (!memory.isStale) return null;
  memory.isStale = false;
  return `[${[...memory.definitions.values()].map(({ text }) => text).join(',')}]`;
}
