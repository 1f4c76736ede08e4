import { createSocket } from 'node:dgram';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Arrival, Transport } from '../ports/transport.js';
import { UdpLink } from './udp-link.js';
import type { LinkCounters, OpenSocket } from './udp-link.js';

/** Frames that are handed over at once, so that one look at the clock is good for all of them. Ours: some ten milliseconds of work. */
const ARRIVALS_AT_ONCE_MAX = 64;

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
    for (const link of this.#links) link.close();
  }

  /** Node reads the sockets that are ready one datagram after another, and then runs what was set for immediately: by then everything that was there has been read. */
  #arrived(arrival: Arrival<Uint8Array>): void {
    if (this.#arrivals.push(arrival) === 1) setImmediate(() => this.#handOver());
    else if (this.#arrivals.length >= ARRIVALS_AT_ONCE_MAX) this.#handOver();
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
