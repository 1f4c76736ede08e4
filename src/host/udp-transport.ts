import { createSocket } from 'node:dgram';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Arrival, Transport } from '../ports/transport.js';
import { UdpLink } from './udp-link.js';
import type { LinkCounters, OpenSocket } from './udp-link.js';

/** Frames that are handed over at once, so that one look at the clock is good for all of them. Ours: some ten milliseconds of work. */
const ARRIVALS_AT_ONCE_MAX = 64;

/**
 * How long is waited for more after the first one, so that what nodes say at one time, over two links and in answer to each other, is taken in by one step.
 *
 * Ours: copies over a second link come some 0.1 ms later, and a step of a daemon at rest costs as much as reading five datagrams. Promises count from the reading and leases from the sending, so both err to the safe side.
 */
const GATHER_MS = 1;

/** How a {@link UdpTransport} is made. */
export interface UdpTransportOptions {
  /** This node's addresses; link i is bound to the i-th. */
  readonly addresses: readonly string[];
  /** The port of every node of the cluster. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes a socket; another than Node's only to play the failure of one. */
  readonly openSocket?: OpenSocket;
}

/**
 * Datagrams over UDP: one socket for each of the node's own addresses, IPv4 or IPv6.
 *
 * A link whose address is not on the machine, or not yet, is tried again each second while the others work; so is one whose socket failed. Names are never looked up:
 * a heartbeat does not wait for a name server.
 */
export class UdpTransport implements Transport<Uint8Array> {
  readonly #links: readonly UdpLink[];
  #receive: (arrivals: readonly Arrival<Uint8Array>[]) => void = () => undefined;
  #arrivals: Arrival<Uint8Array>[] = [];
  #gathering: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: UdpTransportOptions) {
    const { addresses, port, clock, log, openSocket = createSocket } = options;
    this.#links = addresses.map((address, link) => new UdpLink({ link, address, port, clock, log, openSocket }));
  }

  listen(receive: (arrivals: readonly Arrival<Uint8Array>[]) => void): void {
    this.#receive = receive;
    this.#links.forEach((each, link) => {
      each.open(({ address, frame }) => this.#arrived({ link, address, frame }));
    });
  }

  send(options: { readonly link: number; readonly address: string; readonly frame: Uint8Array }): void {
    if (!this.#isClosed) this.#links[options.link]?.send(options);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    for (const link of this.#links) link.close();
  }

  #arrived(arrival: Arrival<Uint8Array>): void {
    if (this.#arrivals.push(arrival) === 1) this.#gathering ??= setTimeout(() => this.#gathered(), GATHER_MS);
    else if (this.#arrivals.length >= ARRIVALS_AT_ONCE_MAX) this.#handOver();
  }

  #gathered(): void {
    this.#gathering = null;
    this.#handOver();
  }

  #handOver(): void {
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    if (arrivals.length > 0 && !this.#isClosed) this.#receive(arrivals);
  }

  /** What each link did so far, in order. */
  counters(): readonly LinkCounters[] {
    return this.#links.map((link) => link.counters());
  }
}
