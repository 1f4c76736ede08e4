/**
 * Tells at once when a unit of systemd is not active any more, over systemd's own socket, on which it says every change to whoever is connected.
 *
 * That is the socket by which systemctl talks to systemd when root runs it; it needs no bus daemon and nobody's leave but root's.
 *
 * Source: the D-Bus specification 0.43, "Authentication Protocol"; org.freedesktop.systemd1(5); src/core/dbus.c of systemd 252.
 */
import { createConnection } from 'node:net';
import { messageOf } from '../base/error-message.js';
import type { ResourceSpec } from '../model/cluster-spec.js';
import { BusSignals, changedText } from './bus-signals.js';
import type { FeedEvents } from './event-feed.js';
import { EventFeed } from './event-feed.js';
import type { EventWatch } from './event-watch.js';
import { unitOf } from '../model/unit-name.js';

const SYSTEMD_SOCKET = '/run/systemd/private';
const UNIT_PATH = '/org/freedesktop/systemd1/unit/';

/** How long systemd may take to greet. Ours: it takes a millisecond. */
const GREETING_MS = 5000;
/** Bytes of a greeting; more is none. */
const GREETING_BYTES_MAX = 1000;

/** States in which a unit is up; of any other it is told. */
const UP = ['active', 'reloading', 'refreshing'];

/** The watch of units. */
export interface UnitWatch extends EventWatch {
  /** The unit of a resource is this one, whatever the spec calls it: signals bear a unit's own name only. */
  readonly name: (resource: string, unit: string) => void;
}

/** Makes the watch. */
export function watchUnits(options: {
  readonly onNudge: (resource: string) => void;
  readonly onLost: (why: string | null) => void;
}): UnitWatch {
  /** Per resource, the path of its unit. */
  const named = new Map<string, string>();
  const followed = new Set<string>();
  const onDown = (path: string): void => {
    for (const resource of followed) if (named.get(resource) === path) options.onNudge(resource);
  };
  const feed = new EventFeed({
    open: (events) => connect(events, onDown),
    onReady: () => [...followed].forEach(options.onNudge),
    onLost: options.onLost,
  });
  return {
    name: (resource, unit) => named.set(resource, unitPath(unit)),
    follow: ({ id, type }: ResourceSpec) => {
      const unit = unitOf(type);
      if (unit === null) followed.delete(id);
      else followed.add(id);
      feed.need(followed.size > 0);
    },
    forget: (resource) => {
      followed.delete(resource);
      named.delete(resource);
      feed.need(followed.size > 0);
    },
    close: () => feed.close(),
  };
}

/** The object of a unit. Source: sd_bus_path_encode(3): letters stay, digits do but at the beginning, the rest becomes _XX. */
export function unitPath(unit: string): string {
  const encoded = [...Buffer.from(unit)].map((byte, index) => {
    const letter = String.fromCharCode(byte);
    const stays = /[A-Za-z]/.test(letter) || (index > 0 && /\d/.test(letter));
    return stays ? letter : `_${byte.toString(16).padStart(2, '0')}`;
  });
  return UNIT_PATH + encoded.join('');
}

/** Connects to systemd; returns what ends that. */
function connect(events: FeedEvents, onDown: (path: string) => void): () => void {
  const socket = createConnection(SYSTEMD_SOCKET);
  const signals = new BusSignals();
  let greeting: Buffer | null = Buffer.alloc(0);
  const over = (why: string): void => {
    clearTimeout(late);
    socket.destroy();
    events.broken(why);
  };
  const late = setTimeout(() => over('systemd does not greet'), GREETING_MS).unref();
  const take = (chunk: Buffer): void => {
    for (const signal of signals.take(chunk)) {
      if (signal.member !== 'PropertiesChanged' || !signal.path.startsWith(UNIT_PATH)) continue;
      events.event();
      const state = changedText(signal, 'ActiveState');
      if (state !== null && !UP.includes(state)) onDown(signal.path);
    }
  };
  /** What follows a greeting that is through; null while it is not. */
  const greet = (chunk: Buffer, before: Buffer): Buffer | null => {
    greeting = Buffer.concat([before, chunk]);
    const end = greeting.indexOf('\r\n');
    if (end < 0 && greeting.length < GREETING_BYTES_MAX) return null;
    const line = greeting.subarray(0, Math.max(0, end)).toString('latin1');
    if (!line.startsWith('OK ')) throw new Error(`systemd says "${line}"`);
    const rest = greeting.subarray(end + 2);
    greeting = null;
    clearTimeout(late);
    events.ready();
    return rest;
  };
  socket.on('data', (chunk) => {
    try {
      const rest = greeting === null ? chunk : greet(chunk, greeting);
      if (rest !== null) take(rest);
    } catch (error) {
      over(`what systemd says cannot be read: ${messageOf(error)}`);
    }
  });
  socket.once('error', (error) => over(`systemd cannot be reached: ${messageOf(error)}`));
  socket.once('close', () => over('systemd closed the connection'));
  const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
  socket.write(`\0AUTH EXTERNAL ${user}\r\nBEGIN\r\n`);
  socket.unref();
  return () => {
    clearTimeout(late);
    socket.destroy();
  };
}
