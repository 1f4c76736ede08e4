/** A frame that arrived. Shape: `link` counts the node's addresses from 0; `address` is where it came from. */
export interface Arrival<Frame> {
  readonly link: number;
  readonly address: string;
  readonly frame: Frame;
}

/**
 * Datagrams over a node's links. May lose, repeat, delay and reorder them.
 *
 * A frame is what the wire codec makes of a message: bytes with an authentication code for real, whatever a simulated codec makes otherwise.
 */
export interface Transport<Frame> {
  /**
   * Sends a frame over one link. Never throws and never blocks; what cannot be sent is lost.
   *
   * Shape: `link` counts the node's addresses from 0; `address` is the peer's address on that link.
   */
  send(options: { readonly link: number; readonly address: string; readonly frame: Frame }): void;
  /** Hands every frame that arrives to `receive`, those together that were there to be read at one time, in their order. Set once, before anything is sent. */
  listen(receive: (arrivals: readonly Arrival<Frame>[]) => void): void;
  /** Stops listening. */
  close(): void;
}

/** Turns messages into frames and back. */
export interface Codec<Message, Frame> {
  /** Errors: none; a message too large for a frame is ours and stops the node. */
  encode(message: Message): Frame;
  /** Returns the message, or why the frame is no good: one word that is also the name of its counter. */
  decode(
    frame: Frame,
  ): { readonly kind: 'message'; readonly message: Message } | { readonly kind: 'bad'; readonly why: string };
}
