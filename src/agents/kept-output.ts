/**
 * The part of a program's output that is kept: what does not fit is dropped, so that a chatty program cannot fill the memory.
 *
 * Shape: `keep` says which end of the stream matters: `head` for an answer, `tail` for complaints.
 */
export class KeptOutput {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isCut = false;

  constructor(
    private readonly keep: 'head' | 'tail',
    private readonly bytesMax: number,
  ) {}

  add(chunk: Buffer): void {
    if (this.keep === 'head') {
      const room = this.bytesMax - this.#bytes;
      this.#isCut ||= chunk.length > room;
      if (room > 0) {
        this.#push(chunk.subarray(0, room));
      }
      return;
    }
    this.#push(chunk);
    // Copying at every chunk would cost more than holding one more buffer's worth.
    if (this.#bytes > 2 * this.bytesMax) {
      this.#cutHead();
    }
  }

  /** Whether anything was dropped. */
  get isCut(): boolean {
    return this.#isCut || this.#bytes > this.bytesMax;
  }

  text(): string {
    this.#cutHead();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  #cutHead(): void {
    if (this.#bytes <= this.bytesMax) {
      return;
    }
    const tail = Buffer.from(Buffer.concat(this.#chunks).subarray(-this.bytesMax));
    this.#isCut = true;
    this.#chunks = [tail];
    this.#bytes = tail.length;
  }
}
