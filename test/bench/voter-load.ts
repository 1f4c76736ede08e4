/**
 * Speaks for many nodes at once over one real socket: each is the shipped holder's side of the protocol, some with a lease of their own, and its record is gossiped when it is asked for.
 *
 * Run as a process of its own by `voter.ts`, with its options as one argument of JSON. Writes `ready` when it begins to measure and its figures as JSON at the end.
 */
import { createSocket } from 'node:dgram';
import { pickRandom, randomStream } from '../../src/base/random.js';
import type { DigestEntry, Heartbeat, Message } from '../../src/model/message.js';
import type { HolderState } from '../../src/ownership/holder.js';
import { beginHolder, claim, isQuorate } from '../../src/ownership/holder.js';
import { receiveAck, receiveRefusal } from '../../src/ownership/answers.js';
import { beat } from '../../src/ownership/beat.js';
import { expire } from '../../src/ownership/expiry.js';
import { wireCodec } from '../../src/runtime/wire-codec.js';

/** What it is told. */
export interface LoadOptions {
  readonly cluster: string;
  /** In hexadecimal digits. */
  readonly key: string;
  readonly port: number;
  readonly address: string;
  readonly voter: { readonly node: string; readonly address: string };
  /** A real node that does not vote, which hears from the others by chance. */
  readonly worker: { readonly node: string; readonly address: string };
  readonly peers: readonly string[];
  /** How many of the peers own something. */
  readonly leases: number;
  readonly everyMs: number;
  readonly leaseMs: number;
  readonly warmMs: number;
  readonly measureMs: number;
}

/** What it saw. Shape: milliseconds from the send to the receipt, sorted. */
export interface LoadFigures {
  readonly sent: number;
  readonly acked: number;
  readonly owning: number;
  readonly latenciesMs: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };
}

/** How often those are served whose turn has come. */
const TURN_MS = 4;

/** How long answers to the last heartbeats are awaited. */
const DRAIN_MS = 1000;

/** Entries of a digest beside the node's own. */
const OTHERS_IN_DIGEST = 7;

interface Peer {
  readonly holder: HolderState;
  readonly age: number;
  /** Not all claim at once: a cluster is not born whole. */
  readonly claimsAtMs: number;
  nextMs: number;
}

const options: LoadOptions = JSON.parse(process.argv[2] ?? '{}');
const codec = wireCodec({ cluster: options.cluster, keys: [Buffer.from(options.key, 'hex')] });
const stream = randomStream(1);
const wallMs = Date.now();
const nowMs = (): number => performance.now();
const peers = new Map<string, Peer>(
  options.peers.map((node, index) => {
    const holder = beginHolder({
      node,
      // Tells from an answer alone whose it is.
      incarnation: `load${wallMs.toString(16)}-${index}`,
      voters: [options.voter.node],
      everyMs: options.everyMs,
      leaseMs: options.leaseMs,
      drift: 0.09,
      ignoreSilenceMs: null,
      nowMs: nowMs(),
      random: stream,
    });
    const share = index / options.peers.length;
    const claimsAtMs =
      index < options.leases
        ? nowMs() + options.warmMs * (0.4 + (0.3 * index) / options.leases)
        : Number.POSITIVE_INFINITY;
    return [node, { holder, age: wallMs, claimsAtMs, nextMs: nowMs() + options.everyMs * share }];
  }),
);
const byIncarnation = new Map([...peers.values()].map((peer) => [peer.holder.incarnation, peer]));
const everybody = [...peers.keys()];
const sentAtMs = new Map<string, number>();
const latenciesMs: number[] = [];
let isMeasuring = false;
let sent = 0;
let acked = 0;

const socket = createSocket('udp4');
socket.on('message', (frame, { address }) => {
  const decoded = codec.decode(frame);
  if (decoded.kind === 'message') take(decoded.message, address);
});
socket.bind(options.port, options.address, () => {
  socket.setRecvBufferSize(4 * 1024 * 1024);
  setInterval(turn, TURN_MS);
});
setTimeout(() => {
  isMeasuring = true;
  process.stdout.write('ready\n');
}, options.warmMs);
setTimeout(() => {
  isMeasuring = false;
  setTimeout(finish, DRAIN_MS);
}, options.warmMs + options.measureMs);

function turn(): void {
  const now = nowMs();
  for (const peer of peers.values()) {
    if (peer.nextMs > now) continue;
    peer.nextMs = Math.max(peer.nextMs + options.everyMs, now - options.everyMs);
    serve(peer);
  }
}

function serve({ holder, age, claimsAtMs }: Peer): void {
  const now = nowMs();
  expire(holder, now);
  const key = `group-${holder.node}`;
  if (now >= claimsAtMs && isQuorate(holder, now) && !holder.held.has(key))
    claim(holder, { key, resources: [`address-${holder.node}`], stopBudgetMs: 500, nowMs: now, wallMs: Date.now() });
  for (const { heartbeat } of beat(holder, { nowMs: now, digest: () => digestOf(holder.node, age) })) say(heartbeat);
  if (pickRandom(stream, everybody) === holder.node)
    send(
      { kind: 'gossip', from: holder.node, digest: digestOf(holder.node, age), delta: null },
      options.worker.address,
    );
}

function say(heartbeat: Heartbeat): void {
  if (isMeasuring) {
    sent += 1;
    sentAtMs.set(`${heartbeat.from} ${heartbeat.seq}`, nowMs());
  }
  send(heartbeat, options.voter.address);
}

/** Everybody knows the one change of everybody's record, as at rest. */
function digestOf(node: string, age: number): DigestEntry[] {
  const others = Array.from({ length: OTHERS_IN_DIGEST }, () => pickRandom(stream, everybody) ?? node);
  return [node, ...others.filter((other) => other !== node)].map((each) => [each, age, 1]);
}

function take(message: Message, address: string): void {
  switch (message.kind) {
    case 'ack':
    case 'refusal': {
      const peer = byIncarnation.get(message.incarnation);
      if (peer === undefined) return;
      if (message.kind === 'refusal') receiveRefusal(peer.holder, message, nowMs());
      else receiveAck(peer.holder, message, nowMs());
      if (message.kind === 'ack') note(peer.holder.node, message.seq);
      return;
    }
    case 'gossip':
      for (const [node] of message.digest) tell(node, address);
      return;
    default:
      return;
  }
}

function note(node: string, seq: number): void {
  const key = `${node} ${seq}`;
  const atMs = sentAtMs.get(key);
  if (atMs === undefined) return;
  sentAtMs.delete(key);
  acked += 1;
  latenciesMs.push(nowMs() - atMs);
}

/** The record of a node, to somebody who lacks it. */
function tell(node: string, address: string): void {
  const peer = peers.get(node);
  if (peer === undefined) return;
  const self = {
    incarnation: peer.holder.incarnation,
    leaving: false,
    quorate: true,
    revision: null,
    leaseMsMax: options.leaseMs,
    stopBudgetMsMax: 500,
    software: 'load',
  };
  const entries = [{ key: 'self', version: 1, value: { kind: 'self', self } as const }];
  send(
    { kind: 'gossip', from: node, digest: [], delta: { node, age: peer.age, piece: { from: 0, to: 1, entries } } },
    address,
  );
}

function send(message: Message, address: string): void {
  socket.send(codec.encode(message), options.port, address);
}

function finish(): void {
  const sorted = latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  const figures: LoadFigures = {
    sent,
    acked,
    owning: [...peers.values()].filter(({ holder }) => [...holder.held.values()].some(({ state }) => state === 'own'))
      .length,
    latenciesMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) },
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
}
