/**
 * Feeds a watchdog device, so that the machine is reset when something is not down by its deadline (R13).
 *
 * It is fed only while the next deadline comes after the time at which it would then fire. Whoever holds it open and ends without the letter V leaves it running: a guard that dies is a reset, unless the
 * next one feeds it in time.
 *
 * Source: the kernel's Documentation/watchdog/watchdog-api.rst (magic close, one opener at a time), its sysfs-class-watchdog.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { messageOf } from '../base/error-message.js';
import type { GuardedWatchdog } from '../model/guard-orders.js';
import { limits } from '../model/limits.js';
import type { Log } from '../ports/log.js';

/** How the watchdog stands. fed: all is well. starved: a deadline comes before it would fire. closed: it does not watch. */
export interface WatchdogStanding {
  readonly kind: 'fed' | 'starved' | 'closed';
  readonly sentence: string;
  /** Whether a regular file stands in for the device. */
  readonly isFile: boolean;
}

interface OpenDevice {
  readonly device: string;
  readonly descriptor: number;
  /** A regular file in the place of a device: shows when it would be fed, and resets nothing. */
  readonly isFile: boolean;
  /** What the spec says. */
  readonly asked: GuardedWatchdog;
  /** How long it waits: what the spec says, or the device's own word when that is longer. */
  readonly timeoutMs: number;
  fedAtMs: number;
}

/** How often it is fed while no deadline is near: four times in its timeout, at least this often. */
const FEED_EVERY_MS_MAX = 1000;

/** How long before it can be fed no more it is fed at each look, so that it fires as late as it may. */
const NEAR_MS = 1000;

/** How long a device that could not be opened is left alone: short beside its timeout, since the guard before may just be letting go of it. */
const OPEN_AGAIN_MS = 250;

const SYSFS = '/sys';

/** One watchdog, or none. */
export class Watchdog {
  readonly #log: Log;
  readonly #sysfs: string;
  #open: OpenDevice | null = null;
  #standing: WatchdogStanding | null = null;
  #openAgainAtMs = Number.NEGATIVE_INFINITY;

  /** Shape: `sysfs` is where the kernel tells of its devices. */
  constructor(options: { readonly log: Log; readonly sysfs?: string }) {
    this.#log = options.log;
    this.#sysfs = options.sysfs ?? SYSFS;
  }

  /** How it stands; null when the spec has none. */
  get standing(): WatchdogStanding | null {
    return this.#standing;
  }

  /** Whether a device is open, which resets the machine when it is not fed. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** Feeds it if it may be. Shape: `deadlineMs` is the next one, Infinity when nothing is held. */
  look(options: {
    readonly wanted: GuardedWatchdog | null;
    readonly nowMs: number;
    readonly deadlineMs: number;
  }): void {
    const { wanted, nowMs, deadlineMs } = options;
    if (this.#open !== null && !isSame(this.#open, wanted)) {
      this.close({ isSafe: nowMs + this.#open.timeoutMs <= deadlineMs });
    }
    if (wanted === null) {
      this.#standing = null;
      return;
    }
    if (this.#open === null) this.#tryToOpen(wanted, nowMs, deadlineMs);
    if (this.#open !== null) this.#feed(this.#open, nowMs, deadlineMs);
  }

  /** Lets go of it. Shape: only when it is safe it is told to watch no longer. */
  close(options: { readonly isSafe: boolean }): void {
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    try {
      if (options.isSafe) writeSync(open.descriptor, open.isFile ? 'V\n' : 'V');
      closeSync(open.descriptor);
      const what = options.isSafe ? 'watches no longer' : 'is left running, and resets this machine unless it is fed';
      this.#log.event(options.isSafe ? 'info' : 'warn', `the watchdog ${open.device} ${what}`);
    } catch (error) {
      this.#log.event('error', `the watchdog ${open.device} cannot be closed: ${messageOf(error)}`);
    }
  }

  #tryToOpen(wanted: GuardedWatchdog, nowMs: number, deadlineMs: number): void {
    // Opening it starts its clock, so it is opened only when it can be fed.
    if (nowMs < this.#openAgainAtMs || nowMs + wanted.timeoutMs > deadlineMs) return;
    this.#openAgainAtMs = nowMs + OPEN_AGAIN_MS;
    const { device } = wanted;
    const deviceMs = this.#deviceTimeoutMs(device);
    const timeoutMs = Math.max(wanted.timeoutMs, deviceMs ?? 0);
    if (nowMs + timeoutMs > deadlineMs) {
      const seconds = Math.ceil(wanted.timeoutMs / 1000);
      this.#stand(
        'closed',
        `the watchdog ${device} is not used: it waits ${timeoutMs / 1000} s, longer than a lease with its stop budget; \`wdctl --settimeout ${seconds} ${device}\` has it wait as long as the spec says`,
      );
      return;
    }
    try {
      const descriptor = openSync(device, constants.O_WRONLY | constants.O_APPEND);
      const stats = fstatSync(descriptor);
      if (!stats.isFile() && !stats.isCharacterDevice()) {
        closeSync(descriptor);
        throw new Error('it is no device');
      }
      const isFile = stats.isFile();
      this.#open = { device, descriptor, isFile, asked: wanted, timeoutMs, fedAtMs: Number.NEGATIVE_INFINITY };
    } catch (error) {
      this.#stand('closed', `the watchdog ${device} cannot be opened, so it does not watch: ${messageOf(error)}`);
    }
  }

  /** How long the device waits by its own word, which nobody here can change; null when it does not say. */
  #deviceTimeoutMs(device: string): number | null {
    for (const folder of this.#foldersOf(device)) {
      try {
        const seconds = Number(readFileSync(`${folder}/timeout`, 'utf8'));
        if (seconds > 0) return seconds * 1000;
      } catch {
        // The kernel has no such folder for it: the next may be there.
      }
    }
    return null;
  }

  #foldersOf(device: string): string[] {
    // The first watchdog has an old name as well, under which sysfs does not know it.
    if (device === '/dev/watchdog') return [`${this.#sysfs}/class/watchdog/watchdog0`];
    const [, name] = /^\/dev\/(watchdog\d+)$/.exec(device) ?? [];
    return name === undefined ? [] : [`${this.#sysfs}/class/watchdog/${name}`];
  }

  #feed(open: OpenDevice, nowMs: number, deadlineMs: number): void {
    const leftMs = deadlineMs - open.timeoutMs - nowMs;
    if (leftMs < 0) {
      const inMs = Math.max(0, Math.round(open.fedAtMs + open.timeoutMs - nowMs));
      this.#stand(
        'starved',
        `the watchdog ${open.device} is not fed: something must be down before it would fire; this machine resets in about ${inMs} ms unless it is`,
      );
      return;
    }
    if (leftMs > NEAR_MS && nowMs - open.fedAtMs < Math.min(open.timeoutMs / 4, FEED_EVERY_MS_MAX)) return;
    try {
      if (open.isFile && fstatSync(open.descriptor).size > limits.watchdogFileBytesMax) ftruncateSync(open.descriptor);
      writeSync(open.descriptor, open.isFile ? `fed ${Math.floor(nowMs)}\n` : '\0');
      open.fedAtMs = nowMs;
      this.#stand('fed', sentenceOf(open));
    } catch (error) {
      this.#stand('starved', `the watchdog ${open.device} cannot be fed: ${messageOf(error)}`);
    }
  }

  #stand(kind: WatchdogStanding['kind'], sentence: string): void {
    const before = this.#standing;
    this.#standing = { kind, sentence, isFile: this.#open?.isFile ?? false };
    if (before?.kind === kind && (kind === 'starved' || before.sentence === sentence)) return;
    this.#log.event(kind === 'fed' ? 'info' : 'error', sentence);
  }
}

function sentenceOf({ device, isFile, timeoutMs }: OpenDevice): string {
  return isFile
    ? `the watchdog ${device} is a file and no device: it shows when it is fed, and resets nothing`
    : `the watchdog ${device} is fed; it resets this machine ${timeoutMs / 1000} s after the last time`;
}

function isSame(open: OpenDevice, wanted: GuardedWatchdog | null): boolean {
  return wanted !== null && wanted.device === open.device && wanted.timeoutMs === open.asked.timeoutMs;
}
