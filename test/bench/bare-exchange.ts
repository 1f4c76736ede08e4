/**
 * The least that a Node program can do and still exchange what nodes exchange: heartbeats with a code over every link, and answers with a code. It keeps nothing, reads nothing of what comes and
 * decides nothing. What it costs is what no daemon of this kind can be below on the same machine.
 *
 * Run as a process of its own by `fairlead-figures.ts` and `voter.ts`, with its options as one argument of JSON.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIP } from 'node:net';

/** What it is told. Shape: addresses by link; one that speaks to nobody only answers. */
export interface BareExchangeOptions {
  readonly port: number;
  readonly own: readonly string[];
  readonly peers: readonly (readonly string[])[];
  readonly everyMs: number;
  /** Whether what it hears is answered at once; voters' answers to each other go along with their heartbeats. */
  readonly isAnswering: boolean;
}

/** Bytes of a heartbeat and of an answer of a cluster of three with one group, as they are on the wire. */
const HEARTBEAT_BYTES = 520;
const ANSWER_BYTES = 420;

/** How often it is looked whose turn has come, at most. */
const TURN_MS_MIN = 4;

const CODE_BYTES = 32;
const HEARTBEAT = 1;
const ANSWER = 2;

const key = createSecretKey(Buffer.alloc(CODE_BYTES, 7));
const options: BareExchangeOptions = JSON.parse(process.argv[2] ?? '{}');

const sockets = options.own.map((address) => {
  const socket = createSocket({
    type: isIP(address) === 6 ? 'udp6' : 'udp4',
    lookup: (name, _options, done) => done(null, name, isIP(name)),
  });
  socket.on('message', (frame, from) => {
    const code = frame.subarray(0, CODE_BYTES);
    if (!timingSafeEqual(code, codeOf(frame)) || frame[CODE_BYTES] === ANSWER || !options.isAnswering) return;
    send(socket, from.address, frameOf(ANSWER, ANSWER_BYTES));
  });
  socket.bind(options.port, address);
  return socket;
});

// Peers take turns, as if each had a clock of its own.
const beganMs = performance.now();
let served = 0;
const turnMs = Math.max(TURN_MS_MIN, options.everyMs / Math.max(1, options.peers.length));
setInterval(() => {
  const due = ((performance.now() - beganMs) / options.everyMs) * options.peers.length;
  for (; served < due; served++) serve(options.peers[served % options.peers.length] ?? []);
}, turnMs);

function serve(peer: readonly string[]): void {
  const frame = frameOf(HEARTBEAT, HEARTBEAT_BYTES);
  for (const [link, address] of peer.entries()) {
    const socket = sockets[link];
    if (socket !== undefined) send(socket, address, frame);
  }
}

function send(socket: Socket, address: string, frame: Buffer): void {
  socket.send(frame, options.port, address);
}

function frameOf(kind: number, bytes: number): Buffer {
  const frame = Buffer.alloc(bytes, 32);
  frame[CODE_BYTES] = kind;
  frame.set(codeOf(frame));
  return frame;
}

function codeOf(frame: Buffer): Buffer {
  return createHmac('sha256', key).update(frame.subarray(CODE_BYTES)).digest();
}
