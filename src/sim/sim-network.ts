import type { RandomStream } from '../base/random.js';
import { nextRandom, randomBetween } from '../base/random.js';
import type { Message } from '../model/message.js';
import type { Arrival, Transport } from '../ports/transport.js';
import type { Tally } from './tally.js';
import type { VirtualTime } from './virtual-time.js';

/** What travels: the message itself, or with a real codec its bytes. `message` is for those who watch; a node with a real codec sees the bytes only. */
export interface SimFrame {
  readonly message: Message;
  readonly bytes: Uint8Array | null;
}

/** What is true of all ways, unless a fault says worse. Shape: shares from 0 to 1; delays in real milliseconds. */
export interface NetworkWeather {
  readonly loss: number;
  readonly duplication: number;
  /** Share of frames that are late by up to `lateMs`: they are overtaken by others. */
  readonly late: number;
  readonly lateMs: number;
  readonly delayMs: number;
}

/** Frames of some nodes to some others are lost, on one link or on all. */
export interface Cut {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly link: number | null;
}

/** Receives a frame at a machine: by which link, and from which address. */
export type Receive = (arrival: Arrival<SimFrame>) => void;

interface Place {
  readonly host: string;
  readonly link: number;
}

/** The network between machines: loses, repeats, delays and reorders frames, and cuts ways in one direction or both. */
export class SimNetwork {
  weather: NetworkWeather;
  readonly cuts = new Set<Cut>();
  readonly #time: VirtualTime;
  readonly #random: RandomStream;
  readonly #tally: Tally;
  readonly #places = new Map<string, Place>();
  readonly #addresses = new Map<string, readonly string[]>();
  readonly #receivers = new Map<string, Receive>();

  constructor(options: {
    readonly time: VirtualTime;
    readonly random: RandomStream;
    readonly tally: Tally;
    readonly weather: NetworkWeather;
  }) {
    this.#time = options.time;
    this.#random = options.random;
    this.#tally = options.tally;
    this.weather = options.weather;
  }

  /** Connects a machine: its addresses, one per link, and who takes in what arrives. */
  connect(host: string, addresses: readonly string[], receive: Receive): void {
    this.#addresses.set(host, addresses);
    this.#receivers.set(host, receive);
    for (const [link, address] of addresses.entries()) this.#places.set(address, { host, link });
  }

  /** Sends a frame from a machine's link to an address. */
  send(from: string, options: { readonly link: number; readonly address: string; readonly frame: SimFrame }): void {
    const { link, address, frame } = options;
    const place = this.#places.get(address);
    const source = this.#addresses.get(from)?.[link];
    if (place === undefined || source === undefined || place.link !== link) return;
    const arrive = (): void => this.#receivers.get(place.host)?.({ link, address: source, frame });
    if (place.host === from) {
      this.#time.after(0.05, arrive);
      return;
    }
    if (this.#isCut(from, place)) {
      this.#tally.count('frames cut');
      return;
    }
    const { loss, duplication } = this.weather;
    if (loss > 0 && nextRandom(this.#random) < loss) {
      this.#tally.count('frames lost');
      return;
    }
    this.#time.after(this.#delayMs(), arrive);
    if (duplication > 0 && nextRandom(this.#random) < duplication) {
      this.#tally.count('frames repeated');
      this.#time.after(this.#delayMs(), arrive);
    }
  }

  #isCut(from: string, to: Place): boolean {
    for (const cut of this.cuts) {
      if (cut.link !== null && cut.link !== to.link) continue;
      if (cut.from.includes(from) && cut.to.includes(to.host)) return true;
    }
    return false;
  }

  #delayMs(): number {
    const { delayMs, late, lateMs } = this.weather;
    const usual = delayMs * (0.2 + nextRandom(this.#random));
    if (late === 0 || nextRandom(this.#random) >= late) return usual;
    this.#tally.count('frames late');
    return usual + randomBetween(this.#random, 0, lateMs);
  }
}

/** The transport port of one process. */
export class SimTransport implements Transport<SimFrame> {
  readonly #send: (options: { readonly link: number; readonly address: string; readonly frame: SimFrame }) => void;
  #receive: ((arrivals: readonly Arrival<SimFrame>[]) => void) | null = null;
  #isClosed = false;

  constructor(send: (options: { readonly link: number; readonly address: string; readonly frame: SimFrame }) => void) {
    this.#send = send;
  }

  send(options: { readonly link: number; readonly address: string; readonly frame: SimFrame }): void {
    if (!this.#isClosed) this.#send(options);
  }

  listen(receive: (arrivals: readonly Arrival<SimFrame>[]) => void): void {
    this.#receive = receive;
  }

  /** Frames arrived for this process, and are read together. */
  arrive(arrivals: readonly Arrival<SimFrame>[]): void {
    if (!this.#isClosed) this.#receive?.(arrivals);
  }

  close(): void {
    this.#isClosed = true;
  }
}
