import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { invariant } from '../base/invariant.js';
import type { Store } from '../ports/store.js';
import { describeSystemError, errorCode } from './system-error.js';

/** Only the daemon's user reads what is kept: it holds incarnations, and specs that may name places of secrets. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** What statfs(2) says of file systems that live in memory. Source: linux/magic.h. */
const TMPFS_MAGIC = 0x01021994;
const RAMFS_MAGIC = 0x858458f6;

/** Letters, digits and a few marks; no dot in front, which temporary files have. */
const STORE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

const WRITE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/**
 * Texts as files of a directory, which is made when it is missing.
 *
 * A write goes to a temporary file that then takes the name, so that a reader sees the old text or the new one whole. Without `fsync` a text outlives the daemon, not a
 * crash of the machine: that is all that a tmpfs can give, and costs no wait for a disk. With it, it outlives both.
 *
 * Errors: throws one sentence that names the directory when it cannot be made; see {@link Store} for the rest.
 */
export function fileStore(options: { readonly directory: string; readonly fsync?: boolean }): Store {
  const { directory, fsync = false } = options;
  attempt({ what: 'make the directory', path: directory }, () => {
    makeDirectory(directory);
  });
  return {
    read: (name) => readText(pathOf(directory, name)),
    write: (name, text) => {
      const path = pathOf(directory, name);
      attempt({ what: 'keep', path }, () =>
        replaceText({ directory, path, temporary: temporaryOf(directory, name), text, fsync }),
      );
    },
    remove: (name) => {
      const path = pathOf(directory, name);
      attempt({ what: 'remove', path }, () => {
        rmSync(path, { force: true });
        if (fsync) syncDirectory(directory);
      });
    },
  };
}

/**
 * Whether a directory lives in memory, so that it vanishes with the boot.
 *
 * Errors: throws one sentence when the directory cannot be looked at.
 */
export function isTmpfs(directory: string): boolean {
  return attempt({ what: 'look at the file system of', path: directory }, () => {
    const { type } = statfsSync(directory);
    return type === TMPFS_MAGIC || type >>> 0 === RAMFS_MAGIC;
  });
}

/**
 * Names this boot of the kernel.
 *
 * Shape: a UUID, new with each boot.
 * Errors: throws one sentence when the kernel does not tell.
 */
export function bootId(): string {
  const path = '/proc/sys/kernel/random/boot_id';
  return attempt({ what: 'read', path }, () => readFileSync(path, 'utf8').trim());
}

/** With its parents. Not by Node's own way for that, which goes on for ever where a file system lets nobody make one: below `/proc`, say. */
function makeDirectory(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  const parent = dirname(path);
  if (!existsSync(parent)) makeDirectory(parent);
  try {
    mkdirSync(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    // Another process of this node may have made it in between.
    if (errorCode(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

function pathOf(directory: string, name: string): string {
  invariant(STORE_NAME.test(name), `"${name}" is no name for a kept text`);
  return join(directory, name);
}

/** One for each name: what a crash left behind is overwritten by the next write, so nothing piles up. */
function temporaryOf(directory: string, name: string): string {
  return join(directory, `.${name}.new`);
}

function readText(path: string): string | null {
  return attempt({ what: 'read', path }, () => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  });
}

function replaceText(options: {
  readonly directory: string;
  readonly path: string;
  readonly temporary: string;
  readonly text: string;
  readonly fsync: boolean;
}): void {
  const { directory, path, temporary, text, fsync } = options;
  try {
    const file = openSync(temporary, WRITE_FLAGS, FILE_MODE);
    try {
      writeFileSync(file, text);
      if (fsync) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (fsync) syncDirectory(directory);
}

/** Makes a new name, or the loss of one, as durable as a file's content. */
function syncDirectory(directory: string): void {
  const handle = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function attempt<T>(options: { readonly what: string; readonly path: string }, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new Error(`cannot ${options.what} "${options.path}": ${describeSystemError(error)}`, { cause: error });
  }
}
