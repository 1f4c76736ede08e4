import type { NodeObservation } from '../model/observation.js';

/** Who was heard when, over which link. Plain data, updated in place. */
export interface HearingState {
  readonly startedAtMs: number;
  /** Per peer and link, the time it was last heard there. */
  readonly heard: Map<string, Map<number, number>>;
  /** Per peer, the time it was last heard on any link: asked for all peers in every step. */
  readonly last: Map<string, number>;
}

/** Nobody heard yet. */
export function beginHearing(nowMs: number): HearingState {
  return { startedAtMs: nowMs, heard: new Map(), last: new Map() };
}

/** Notes that a peer was heard. */
export function hear(
  state: HearingState,
  options: { readonly peer: string; readonly link: number; readonly nowMs: number },
): void {
  const links = state.heard.get(options.peer) ?? new Map<number, number>();
  links.set(options.link, options.nowMs);
  state.heard.set(options.peer, links);
  state.last.set(options.peer, Math.max(lastHeardMs(state, options.peer), options.nowMs));
}

/** When a peer was last heard on any link; -Infinity for never. */
export function lastHeardMs(state: HearingState, peer: string): number {
  return state.last.get(peer) ?? Number.NEGATIVE_INFINITY;
}

/** The links on which a peer was heard within `silenceMs`, in order. */
export function liveLinks(
  state: HearingState,
  options: { readonly peer: string; readonly nowMs: number; readonly silenceMs: number },
): number[] {
  const links: number[] = [];
  for (const [link, atMs] of state.heard.get(options.peer) ?? []) {
    if (options.nowMs - atMs < options.silenceMs) links.push(link);
  }
  return links.sort((a, b) => a - b);
}

/**
 * Whether a peer is there: heard directly within `silenceMs`, or by a peer that itself was.
 *
 * Shape: `heardByOthers` says whether some directly heard peer reports hearing it. A node that has just begun knows nothing yet: unknown.
 */
export function livenessOf(
  state: HearingState,
  options: {
    readonly peer: string;
    readonly nowMs: number;
    readonly silenceMs: number;
    readonly heardByOthers: boolean;
  },
): NodeObservation['liveness'] {
  if (options.nowMs - lastHeardMs(state, options.peer) < options.silenceMs || options.heardByOthers) return 'online';
  return options.nowMs - state.startedAtMs < options.silenceMs ? 'unknown' : 'offline';
}
