import { stat } from 'node:fs/promises';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import type { Log } from '../ports/log.js';
import { markSpec, readSpec } from './spec-files.js';
import type { SpecSighting } from './spec-files.js';
import { isOnTrail, traceSpec } from './spec-trail.js';
import type { SpecTrail } from './spec-trail.js';
import { describeSystemError, errorCode } from './system-error.js';

/**
 * How long it must be quiet before the spec is read: an editor that empties a file and then writes it is seldom slower, and an edit still reaches the first agent within 150 ms. A half
 * written spec does no harm: it is not valid, or the next look finds the rest.
 */
const QUIET_MS = 30;

/** For how long a path that never falls quiet can put a look off. */
const PUT_OFF_MS_MAX = 300;

/** How often the names, sizes and times are looked at without an event: file systems without events, and whatever an event did not tell. */
const LOOK_EVERY_MS = 2000;

/** Looks in a row at a path that changes while it is read; then what was read counts, and the next look follows anyhow. */
const UNSTABLE_LOOKS_MAX = 5;

/** How a watch is begun. */
export interface SpecWatchOptions {
  /** A file, or a folder of `*.yaml` and `*.yml`; it may be a symbolic link, lead over some, and come and go. */
  readonly path: string;
  /** Called when something else is seen than before: other content, none, or none that can be read. */
  readonly onSighting: (sighting: SpecSighting) => void;
  /** Called at the first sign of a change, before it is quiet enough to look. */
  readonly onStir?: () => void;
  readonly log: Log;
}

/**
 * Begins to watch a spec, and resolves after a first look, whose sighting is not called back.
 *
 * Events only say "look again": the files are then read as they are, and their hash tells whether anything changed. So renames over a file, swapped symbolic links and
 * writes that change nothing need no care of their own.
 */
export async function watchSpec(options: SpecWatchOptions): Promise<SpecWatch> {
  const specWatch = new SpecWatch(options);
  await specWatch.look();
  return specWatch;
}

/** A spec under watch; {@link watchSpec} makes one. */
export class SpecWatch {
  readonly #options: SpecWatchOptions;
  #sighting: SpecSighting | null = null;
  /** What was found at the last look, for looks that need not read. */
  #mark: string | null = null;
  #trail: SpecTrail = new Map();
  #watched = '';
  #watcher: FSWatcher | null = null;
  /** The look under way, and those that wait for it: at most one waits. */
  #looking: Promise<void> | null = null;
  #waiting: Promise<SpecSighting> | null = null;
  #unstableLooks = 0;
  #stirredAtMs: number | null = null;
  #quiet: NodeJS.Timeout | null = null;
  #routine: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: SpecWatchOptions) {
    this.#options = options;
  }

  /** What was seen last. */
  get sighting(): SpecSighting {
    return this.#sighting ?? { kind: 'vanished' };
  }

  /** Looks now, reading everything, and tells what is there; a change is called back before this resolves. Never rejects. */
  look(): Promise<SpecSighting> {
    if (this.#waiting !== null) return this.#waiting;
    const turn = async (): Promise<SpecSighting> => {
      await this.#looking;
      this.#waiting = null;
      this.#looking = this.#lookOnce();
      await this.#looking;
      return this.sighting;
    };
    this.#waiting = turn();
    return this.#waiting;
  }

  /** Ends the watch; nothing is called back any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#quiet ?? undefined);
    clearTimeout(this.#routine ?? undefined);
    await this.#looking;
    await closeWatcher(this.#watcher);
  }

  async #lookOnce(): Promise<void> {
    const { path } = this.#options;
    if (this.#isClosed) return;
    const before = await markSpec(path);
    const sighting = await readSpec(path);
    const isStable = before === (await markSpec(path));
    await this.#follow();
    if (this.#isClosed) return;
    this.#mark = isStable ? before : null;
    this.#unstableLooks = isStable ? 0 : this.#unstableLooks + 1;
    if (!isStable && this.#unstableLooks <= UNSTABLE_LOOKS_MAX && this.#sighting !== null) this.#stir();
    else this.#report(sighting);
    this.#setRoutine();
  }

  #report(sighting: SpecSighting): void {
    const before = this.#sighting;
    this.#sighting = sighting;
    if (before !== null && nameOf(before) !== nameOf(sighting)) this.#options.onSighting(sighting);
  }

  /** Looks at names, sizes and times now and then, and reads only if they changed. */
  #setRoutine(): void {
    clearTimeout(this.#routine ?? undefined);
    this.#routine = setTimeout(() => void this.#lookIfMarked(), LOOK_EVERY_MS);
  }

  async #lookIfMarked(): Promise<void> {
    const mark = await markSpec(this.#options.path);
    if (this.#isClosed) return;
    if (mark === this.#mark) this.#setRoutine();
    else await this.look();
  }

  /** Notes a sign of change, and looks once it is quiet. */
  #stir(): void {
    if (this.#isClosed) return;
    const nowMs = performance.now();
    if (this.#stirredAtMs === null) {
      this.#stirredAtMs = nowMs;
      this.#options.onStir?.();
    }
    clearTimeout(this.#quiet ?? undefined);
    const waitMs = Math.min(QUIET_MS, this.#stirredAtMs + PUT_OFF_MS_MAX - nowMs);
    this.#quiet = setTimeout(() => {
      this.#stirredAtMs = null;
      void this.look();
    }, waitMs);
  }

  /** Watches the folders of the trail as it is now. A folder that was made anew under its old name is another one. */
  async #follow(): Promise<void> {
    this.#trail = await traceSpec(this.#options.path);
    const folders = [...this.#trail.keys()];
    const watched = (await Promise.all(folders.map(identityOf))).join('\n');
    if (watched === this.#watched || this.#isClosed) return;
    this.#watched = watched;
    await closeWatcher(this.#watcher);
    if (this.#isClosed) return;
    const wanted = new Set(folders);
    const watcher = watch(folders, {
      ignored: (path) => !wanted.has(path),
      ignoreInitial: true,
      followSymlinks: false,
      atomic: false,
      depth: 0,
    });
    this.#watcher = watcher;
    // Its own events come late or not at all for quick successions of writes, so the kernel's are heeded; a folder's tell of writes to its files too.
    watcher.on('raw', (_event, name, details) => {
      if (isOnTrail(this.#trail, folderOf(details), name ?? null)) this.#stir();
    });
    watcher.on('all', () => this.#stir());
    // What happened before it was ready made no event.
    watcher.on('ready', () => void this.#lookIfMarked());
    watcher.on('error', (error) => this.#complain(error));
  }

  #complain(error: unknown): void {
    const { path, log } = this.#options;
    const late = `a change is noticed within ${LOOK_EVERY_MS / 1000} s instead of at once`;
    log.event('warn', `cannot watch the folders of "${path}": ${describeSystemError(error)}; ${late}`, { path });
  }
}

/** What makes two sightings the same. */
function nameOf(sighting: SpecSighting): string {
  switch (sighting.kind) {
    case 'files':
      return sighting.hash;
    case 'vanished':
      return sighting.kind;
    case 'unreadable':
      return `${sighting.kind} ${sighting.why}`;
  }
}

/** A watcher that is closed may still meet an error, and an error without a listener would end the process. */
async function closeWatcher(watcher: FSWatcher | null): Promise<void> {
  const closing = watcher?.close();
  watcher?.on('error', () => undefined);
  await closing;
}

async function identityOf(folder: string): Promise<string> {
  try {
    const { dev, ino } = await stat(folder);
    return `${folder} ${dev} ${ino}`;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return `${folder} missing`;
  }
}

function folderOf(details: unknown): string {
  const isNamed = typeof details === 'object' && details !== null && 'watchedPath' in details;
  return isNamed ? String(details.watchedPath) : '';
}
