import { randomBytes } from 'node:crypto';
import { decodeGuardOrders } from '../guard/decode-orders.js';
import { bootId, fileStore, isTmpfs } from '../host/file-store.js';
import { StampedStore } from '../host/stamped-store.js';
import type { Clock } from '../ports/clock.js';
import type { Store } from '../ports/store.js';
import type { MindBeginning } from '../reconciler/begin.js';
import { voterPast } from '../ownership/quarantine.js';
import type { KeptFencing } from '../reconciler/fencing-state.js';
import type { KeptVoters } from '../reconciler/voters-state.js';
import { bootBeganAtMs } from './boot-beginning.js';
import {
  decodeAttributes,
  decodeHolderMemory,
  decodeKeptFencing,
  decodeKeptVoters,
  decodeLeftovers,
  decodeMember,
  decodePromised,
  decodeRunning,
  decodeVoterMemory,
} from './decode-memory.js';

/** Where a daemon keeps what. */
export interface Stores {
  /** Outlives the daemon, not the boot. */
  readonly volatile: Store;
  /** Outlives the boot. */
  readonly durable: Store;
  /** Whether the run directory vanishes with the boot, so that what is found there can be trusted. */
  readonly isVolatile: boolean;
  readonly boot: string;
}

/**
 * Opens the state and run directories.
 *
 * Errors: throws one sentence that names the directory when one cannot be made.
 */
export function openStores(options: { readonly stateDir: string; readonly runDir: string }): Stores {
  const boot = bootId();
  const volatile = new StampedStore(fileStore({ directory: options.runDir }), boot);
  const durable = durableStore(options.stateDir);
  return { volatile, durable, isVolatile: isTmpfs(options.runDir), boot };
}

/** What must outlive a crash of the machine before anything is said of it: which voters count, what this voter promised for good, and for how long it may have promised the rest. All change seldom. */
const SYNCED: readonly string[] = ['voters.json', 'fencing.json', 'promises.json'];

/** The state directory. */
function durableStore(directory: string): Store {
  const plain = fileStore({ directory });
  const synced = fileStore({ directory, fsync: true });
  return { ...plain, write: (name, text) => (SYNCED.includes(name) ? synced : plain).write(name, text) };
}

/** What earlier lives of this node left to the new one. */
export type Inheritance = Pick<
  MindBeginning,
  | 'past'
  | 'voterMemory'
  | 'voters'
  | 'holderMemory'
  | 'fencing'
  | 'boot'
  | 'promised'
  | 'incarnation'
  | 'token'
  | 'seed'
  | 'fileHash'
  | 'guardOrders'
  | 'leftovers'
  | 'running'
  | 'attributes'
>;

/** The name of the file that tells the boot in which this node last voted. */
const VOTED = 'voted.json';

/**
 * Reads what earlier lives kept, and notes that this boot votes from now on (R7), durably and before the first vote.
 *
 * Errors: throws one sentence when the line of voter sets was kept and cannot be read, since a node that forgot it could believe an outdated one (R12); the same for what was kept of fencing (R14).
 */
export function inherit(options: {
  readonly stores: Stores;
  readonly stateDir: string;
  readonly clock: Clock;
}): Inheritance {
  const { stores, clock } = options;
  const { volatile, durable, boot, isVolatile } = stores;
  const voterMemory = isVolatile ? decodeVoterMemory(volatile.read('voter.json')) : null;
  const holderMemory = isVolatile ? decodeHolderMemory(volatile.read('session.json')) : null;
  const votedIn = decodeMember(durable.read(VOTED), 'boot');
  if (votedIn !== boot) fileStore({ directory: options.stateDir, fsync: true }).write(VOTED, JSON.stringify({ boot }));
  const random = randomBytes(28);
  return {
    past: voterPast({ memory: voterMemory, votedIn, boot, bootBeganAtMs: bootBeganAtMs(clock) }),
    voterMemory,
    voters: keptVoters(durable.read('voters.json'), options.stateDir),
    holderMemory,
    fencing: keptFencing(durable.read('fencing.json'), options.stateDir),
    boot,
    guardOrders: decodeGuardOrders(volatile.read('guard.json')),
    leftovers: decodeLeftovers(volatile.read('leftovers.json')),
    running: decodeRunning(volatile.read('running.json')),
    attributes: [
      ...decodeAttributes(volatile.read('attributes.json')),
      ...decodeAttributes(durable.read('lasting-attributes.json')),
    ],
    promised: decodePromised(durable.read('promises.json')),
    incarnation: `${Math.floor(clock.wallMs()).toString(16).padStart(12, '0')}${random.toString('hex', 0, 10)}`,
    token: random.toString('hex', 10, 18),
    seed: random.readInt32LE(20),
    fileHash: decodeMember(durable.read('file.json'), 'hash'),
  };
}

function keptVoters(text: string | null, stateDir: string): KeptVoters | null {
  if (text === null) return null;
  const kept = decodeKeptVoters(text);
  if (kept === null)
    throw new Error(
      `voters.json in ${stateDir} cannot be read, so this node cannot know which voters count; take this node out of the voters in the file of another one, remove voters.json and revision.json here, and start it`,
    );
  return kept;
}

function keptFencing(text: string | null, stateDir: string): KeptFencing | null {
  if (text === null) return null;
  const kept = decodeKeptFencing(text);
  if (kept === null)
    throw new Error(
      `fencing.json in ${stateDir} cannot be read, so this node cannot know to whom its voter promised what needs fencing; when every other node runs and is heard, or is surely without power, remove it and start this node`,
    );
  return kept;
}
