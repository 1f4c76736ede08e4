import type { Message } from '../model/message.js';

/** Frames that are remembered. Ours: one from each of a few dozen peers, for the moment between its arrival on one link and on the next. */
const FRAMES_MAX = 64;

/**
 * What frames lately said: each comes once over each link, byte for byte the same, and need not be verified and read again.
 *
 * A frame is told by its code, and is the same only when all of it is: what was verified once needs no second time, and what was changed on the way is not found here.
 */
export class FrameMemory {
  readonly #seen = new Map<string, { readonly frame: Buffer; readonly message: Message }>();

  /** What such a frame said; null when there was none lately. Shape: `code` is the frame's authentication code as text. */
  find(code: string, frame: Buffer): Message | null {
    const seen = this.#seen.get(code);
    return seen?.frame.equals(frame) === true ? seen.message : null;
  }

  /** Remembers a frame that was verified, in place of the oldest. */
  note(code: string, frame: Buffer, message: Message): void {
    this.#seen.set(code, { frame, message });
    if (this.#seen.size <= FRAMES_MAX) return;
    for (const oldest of this.#seen.keys()) {
      this.#seen.delete(oldest);
      return;
    }
  }
}
