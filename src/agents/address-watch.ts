/** Tells at once when an address of a resource, or the link under it, is lost: by `ip monitor`, which runs for as long as there is such a resource. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { messageOf } from '../base/error-message.js';
import { killPathOf } from '../model/kill-path.js';
import type { ResourceSpec } from '../model/cluster-spec.js';
import { readAddressEvent } from './address-event.js';
import type { CallNote } from './call-records.js';
import { baseEnvironment } from './environment.js';
import type { FeedEvents } from './event-feed.js';
import { EventFeed } from './event-feed.js';
import type { EventWatch } from './event-watch.js';
import type { IpAddress } from './ip-address.js';
import { parseIpInterfaceAddress } from './ip-address.js';
import { lastLine } from './outcome.js';
import { sendSignal } from './process-table.js';

/** Time after which `ip monitor` listens for sure: it says nothing of it. Ours: it takes 5 ms on an idle machine, and what is missed on a busier one is found by a monitor. */
const LISTENING_MS = 300;

/** What is kept of what `ip` complains of. */
const COMPLAINT_LENGTH_MAX = 1000;

/** An address that is followed. Shape: `interfaceName` is where the spec wants it, or where it was last seen; null for anywhere. */
interface Followed {
  readonly address: IpAddress;
  readonly isPlaced: boolean;
  interfaceName: string | null;
}

/** Makes the watch. `note` is for the program, which is to be ended by the next daemon if this one is killed. */
export function watchAddresses(options: {
  readonly path: string | undefined;
  readonly note: () => CallNote;
  readonly onNudge: (resource: string) => void;
  readonly onLost: (why: string | null) => void;
}): EventWatch {
  const followed = new Map<string, Followed>();
  const takeLine = (line: string, events: FeedEvents): void => {
    events.event();
    for (const resource of concernedBy(line, followed)) options.onNudge(resource);
  };
  const feed = new EventFeed({
    open: (events) => runMonitor(options, events, (line) => takeLine(line, events)),
    onReady: () => [...followed.keys()].forEach(options.onNudge),
    onLost: options.onLost,
  });
  return {
    follow: (resource) => {
      const wanted = addressOf(resource);
      if (wanted === null) followed.delete(resource.id);
      else if (followed.get(resource.id)?.address.text !== wanted.address.text) followed.set(resource.id, wanted);
      feed.need(followed.size > 0);
    },
    forget: (resource) => {
      followed.delete(resource);
      feed.need(followed.size > 0);
    },
    close: () => feed.close(),
  };
}

function addressOf(resource: ResourceSpec): Followed | null {
  const path = killPathOf(resource);
  if (path?.kind !== 'address' || typeof path.params.address !== 'string') return null;
  const written = parseIpInterfaceAddress(path.params.address);
  if (written === null) return null;
  const named = path.params.interface;
  const interfaceName = typeof named === 'string' ? named : null;
  return { address: written.address, isPlaced: interfaceName !== null, interfaceName };
}

/** The resources that lost something by it, in no order. */
function concernedBy(line: string, followed: ReadonlyMap<string, Followed>): string[] {
  const event = readAddressEvent(line);
  if (event === null) return [];
  const concerned: string[] = [];
  for (const [resource, each] of followed) {
    if (event.kind === 'link') {
      const isUnder = each.interfaceName === null || each.interfaceName === event.interfaceName;
      if (event.isLost && isUnder) concerned.push(resource);
    } else if (event.address.text === each.address.text) {
      if (event.isLost) concerned.push(resource);
      else if (!each.isPlaced) each.interfaceName = event.interfaceName;
    }
  }
  return concerned;
}

/** Runs `ip monitor`; returns what ends it. */
function runMonitor(
  options: { readonly path: string | undefined; readonly note: () => CallNote },
  events: FeedEvents,
  onLine: (line: string) => void,
): () => void {
  const note = options.note();
  note.begins();
  const child: ChildProcess = spawn('ip', ['-o', 'monitor', 'address', 'link'], {
    cwd: '/',
    env: { ...baseEnvironment(options.path), ...note.environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) note.started(pid);
  let complaint = '';
  // A child that could not be started for want of file descriptors has no pipes.
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-COMPLAINT_LENGTH_MAX);
  });
  if (child.stdout instanceof Readable) createInterface({ input: child.stdout }).on('line', onLine);
  const listening = setTimeout(events.ready, LISTENING_MS).unref();
  let isOver = false;
  const over = (why: string): void => {
    isOver = true;
    clearTimeout(listening);
    note.ended([]);
    events.broken(why);
  };
  child.once('error', (error) => over(`"ip monitor" cannot be run: ${messageOf(error)}`));
  child.once('exit', (code, signal) => {
    const words = lastLine(complaint);
    over(`"ip monitor" ended (${code === null ? signal : `exit code ${code}`}${words === '' ? '' : `: ${words}`})`);
  });
  return () => {
    clearTimeout(listening);
    if (pid !== undefined && !isOver) sendSignal(-pid, 'SIGKILL');
  };
}
