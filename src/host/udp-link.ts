import type { RemoteInfo, Socket, SocketOptions } from 'node:dgram';
import { isIP } from 'node:net';
import type { Clock, Timer } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import { describeSystemError } from './system-error.js';

/** How long a link waits before it tries its address again. */
const RETRY_MS = 1000;

/**
 * Bytes that the kernel is asked to keep for a socket whose owner is busy; it grants up to net.core.rmem_max.
 *
 * Source: a thousand heartbeats of 600 bytes at once, which the kernel counts as some 1,300 bytes each.
 */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;

/** Datagrams that may wait in this process for a kernel whose send buffer is full; later ones are lost, as datagrams are. */
const QUEUED_DATAGRAMS_MAX = 256;

/** Makes a socket, as {@link import('node:dgram').createSocket} does. */
export type OpenSocket = (options: SocketOptions) => Socket;

/** What a link did since it was made. */
export interface LinkCounters {
  readonly link: number;
  readonly address: string;
  /** Whether datagrams can pass now. */
  readonly isOpen: boolean;
  /** Why not, in words; null while it is open, or not yet opened. */
  readonly trouble: string | null;
  readonly sent: number;
  readonly received: number;
  /** Datagrams that could not be sent. */
  readonly sendErrors: number;
}

interface UdpLinkOptions {
  readonly link: number;
  readonly address: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly openSocket: OpenSocket;
}

type Receive = (arrival: { readonly address: string; readonly frame: Uint8Array }) => void;

/** One of a node's own addresses with its socket, which is made again after a failure. */
export class UdpLink {
  readonly #options: UdpLinkOptions;
  #receive: Receive = () => undefined;
  #socket: Socket | null = null;
  #retry: Timer | null = null;
  #isClosed = false;
  #trouble: string | null = null;
  #sent = 0;
  #received = 0;
  #sendErrors = 0;

  constructor(options: UdpLinkOptions) {
    this.#options = options;
  }

  /** Binds the address, now or as soon as it can be bound. */
  open(receive: Receive): void {
    this.#receive = receive;
    this.#bind();
  }

  /** Sends a datagram if it can be sent now. */
  send(options: { readonly address: string; readonly frame: Uint8Array }): void {
    const { address, frame } = options;
    const socket = this.#socket;
    if (socket === null || isIP(address) === 0 || socket.getSendQueueCount() >= QUEUED_DATAGRAMS_MAX) {
      this.#sendErrors += 1;
      return;
    }
    try {
      socket.send(frame, this.#options.port, address, (error) => {
        if (error === null) this.#sent += 1;
        else this.#sendErrors += 1;
      });
    } catch {
      // A socket that is being torn down throws instead of reporting; the datagram is lost, as datagrams may be.
      this.#sendErrors += 1;
    }
  }

  /** Gives the address back. */
  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    closeQuietly(this.#socket);
    this.#socket = null;
  }

  counters(): LinkCounters {
    const { link, address } = this.#options;
    return {
      link,
      address,
      isOpen: this.#socket !== null,
      trouble: this.#trouble,
      sent: this.#sent,
      received: this.#received,
      sendErrors: this.#sendErrors,
    };
  }

  #bind(): void {
    const { address, port, openSocket } = this.#options;
    if (isIP(address) === 0) {
      this.#fail(new Error('it is no IP address'), null);
      return;
    }
    const socket = openSocket({
      type: isIP(address) === 6 ? 'udp6' : 'udp4',
      // An address is looked at, not looked up: binding and sending then happen at once.
      lookup: (name, _options, done) => done(null, name, isIP(name)),
    });
    let hasFailed = false;
    socket.on('error', (error) => {
      if (hasFailed) return;
      hasFailed = true;
      this.#fail(error, socket);
    });
    socket.on('message', (frame: Buffer, from: RemoteInfo) => {
      if (this.#socket !== socket) return;
      this.#received += 1;
      this.#receive({ address: from.address, frame });
    });
    socket.on('listening', () => this.#opened(socket));
    socket.bind({ address, port, exclusive: true });
  }

  #opened(socket: Socket): void {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    this.#socket = socket;
    if (this.#trouble !== null) {
      const { link, address, port } = this.#options;
      this.#options.log.event('info', `link ${link} is open again on "${address}" port ${port}`, { link, address });
    }
    this.#trouble = null;
  }

  /** Closes what is left of the socket and tries again in a while; a lasting trouble is told once. */
  #fail(error: Error, socket: Socket | null): void {
    const { link, address, port, log, clock } = this.#options;
    this.#socket = null;
    closeQuietly(socket);
    if (this.#isClosed) return;
    const trouble = describeSystemError(error);
    if (this.#trouble !== trouble) {
      const sentence = `link ${link} cannot use "${address}" port ${port}: ${trouble}; it is tried again each second`;
      log.event('warn', sentence, { link, address });
      this.#trouble = trouble;
    }
    this.#retry?.cancel();
    this.#retry = clock.setTimer(RETRY_MS, () => this.#bind());
  }
}

/** Node throws when a socket that failed to bind, or failed, is closed already. */
function closeQuietly(socket: Socket | null): void {
  try {
    socket?.close();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SOCKET_DGRAM_NOT_RUNNING')) throw error;
  }
}
