/** What a lab's script is made of. */

/** One thing that happens, or is looked for. */
export type LabEvent =
  | { readonly kind: 'wait'; readonly ms: number }
  /** kill: a crash of the host, daemon and services at once, memory lost. kill-daemon: the daemon only. stop: hand over and end. pause, resume: the whole host stands still and goes on. */
  | {
      readonly kind: 'kill' | 'kill-daemon' | 'stop' | 'start' | 'pause' | 'resume';
      readonly nodes: readonly string[];
    }
  /** Shape: `peer` null for every other node. */
  | { readonly kind: 'cut'; readonly node: string; readonly peer: string | null }
  | { readonly kind: 'heal' }
  | { readonly kind: 'expect'; readonly group: string; readonly where: Expected; readonly timing: Timing }
  /** The cluster comes to rest. Shape: `withinMs` null for the lab's own patience. */
  | { readonly kind: 'converge'; readonly withinMs: number | null };

/** Where a group is expected to run. */
export type Expected = { readonly kind: 'on'; readonly node: string } | { readonly kind: 'nowhere' };

/** When it is expected: at some moment within a time, or at every moment for a time. */
export type Timing = { readonly kind: 'within'; readonly ms: number } | { readonly kind: 'for'; readonly ms: number };

/** A line of a script that does something. Shape: `atMs` counts from the moment when the cluster first came to rest, null for right after the line before; `text` is the event as written, without its time. */
export interface ScriptLine {
  readonly line: number;
  readonly atMs: number | null;
  readonly text: string;
  readonly event: LabEvent;
}

/** What is asked to find out whether a group serves. */
export interface ProbeTarget {
  readonly group: string;
  readonly kind: 'http' | 'tcp';
  readonly url: string;
}

/** A whole script. */
export interface LabScript {
  readonly probes: readonly ProbeTarget[];
  readonly lines: readonly ScriptLine[];
}

/** A script that does nothing. */
export const EMPTY_SCRIPT: LabScript = { probes: [], lines: [] };
