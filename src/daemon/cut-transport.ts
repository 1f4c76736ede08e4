import type { Arrival, Transport } from '../ports/transport.js';

/**
 * A transport that can be told to lose everything to and from some addresses: how `fairlead lab` cuts a link without the rights to touch the machine's network.
 *
 * Only daemons started by the lab have it.
 */
export class CutTransport<Frame> implements Transport<Frame> {
  readonly #inner: Transport<Frame>;
  #cut: ReadonlySet<string> = new Set();

  constructor(inner: Transport<Frame>) {
    this.#inner = inner;
  }

  /** Loses everything to and from these addresses from now on, and nothing else. */
  cut(addresses: Iterable<string>): void {
    this.#cut = new Set(addresses);
  }

  send(options: { readonly link: number; readonly address: string; readonly frame: Frame }): void {
    if (!this.#cut.has(options.address)) this.#inner.send(options);
  }

  listen(receive: (arrivals: readonly Arrival<Frame>[]) => void): void {
    this.#inner.listen((arrivals) => {
      const left = this.#cut.size === 0 ? arrivals : arrivals.filter(({ address }) => !this.#cut.has(address));
      if (left.length > 0) receive(left);
    });
  }

  close(): void {
    this.#inner.close();
  }
}
