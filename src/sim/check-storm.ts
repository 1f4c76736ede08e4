import type { Court } from './judged.js';

/** Frames that one node may send within a real second to each other one: thrice what these clusters need when everything changes at once, or when a node goes on after it stood still for long. Ours. */
const FRAMES_PER_PEER_MAX = 400;

/** No node sends without measure: two nodes that answer each other at once would fill any network. */
export class StormChecker {
  readonly #court: Court;
  readonly #sent = new Map<string, { second: number; frames: number }>();

  constructor(court: Court) {
    this.#court = court;
  }

  /** A frame leaves a node. */
  sends(host: string): void {
    const second = Math.floor(this.#court.time.nowMs / 1000);
    let sent = this.#sent.get(host);
    if (sent === undefined) {
      sent = { second, frames: 0 };
      this.#sent.set(host, sent);
    }
    if (sent.second !== second) {
      sent.second = second;
      sent.frames = 0;
    }
    sent.frames += 1;
    if (sent.frames === FRAMES_PER_PEER_MAX * Math.max(1, this.#court.hosts.size - 1))
      this.#court.report('storm', `${host} has sent ${sent.frames} frames within a second`);
  }
}
