/** What a guard tells the daemon: how it stands, and what it did while nobody else acted. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../model/limits.js';
import { readText, replaceFile } from '../agents/run-file.js';
import { decodeObject, GUARD_FILES } from './guard-files.js';
import type { WatchdogStanding } from './watchdog.js';

/** How a guard stands. Shape: `atMs` is when it said so, by the node's clock. */
export interface GuardStanding {
  readonly pid: number;
  readonly atMs: number;
  readonly watchdog: WatchdogStanding | null;
}

/** A lease whose members a guard ended. */
export interface GuardAct {
  /** Wall time, ISO 8601. */
  readonly at: string;
  readonly key: string;
  readonly epoch: number;
  /** gone: there was none. idle: it had not even noticed that the lease had ended, stopped or hung as it was. late: it had not brought all down yet. */
  readonly daemon: 'gone' | 'idle' | 'late';
  readonly ended: readonly string[];
  /** Members that could not be proved to be down. Shape: `why` is a part of a sentence. */
  readonly left: readonly { readonly resource: string; readonly why: string }[];
  readonly withoutKillPath: readonly string[];
  /** How long before its deadline all was proved to be down; negative for after. */
  readonly earlyMs: number;
}

const WHY: Readonly<Record<GuardAct['daemon'], string>> = {
  gone: 'its daemon was gone',
  idle: 'its daemon did not act',
  late: 'its daemon had not brought it down in time',
};

/** Everything that a guard was at, whatever came of it: a daemon that went on may believe otherwise. */
export function touchedBy({ ended, left }: Pick<GuardAct, 'ended' | 'left'>): string[] {
  return [...ended, ...left.map(({ resource }) => resource)];
}

/** An act in one sentence. */
export function describeAct(act: GuardAct): string {
  const ended = act.ended.length === 0 ? 'nothing' : act.ended.join(', ');
  const time = act.earlyMs >= 0 ? `${act.earlyMs} ms before` : `${-act.earlyMs} ms after`;
  const lefts = act.left.map(({ resource, why }) => `${resource} (${why})`);
  const left = lefts.length === 0 ? '' : `; could not be ended: ${lefts.join('; ')}`;
  const blind =
    act.withoutKillPath.length === 0
      ? ''
      : `; may run on, for they have no kill path: ${act.withoutKillPath.join(', ')}`;
  return `at ${act.at} the guard ended ${ended} of ${act.key}, ${time} its deadline, because ${WHY[act.daemon]}${left}${blind}`;
}

/** Says how the guard stands. Errors: none; a daemon that cannot be told takes the guard for stuck and starts another. */
export function writeStanding(runDir: string, standing: GuardStanding): void {
  try {
    replaceFile(join(runDir, GUARD_FILES.state), `${JSON.stringify(standing)}\n`);
  } catch {
    // The run directory is full or gone.
  }
}

/** How the guard stood last; null when nothing readable is there. */
export function readStanding(runDir: string): GuardStanding | null {
  const value = decodeObject(readText(join(runDir, GUARD_FILES.state)));
  if (value === null || typeof value.pid !== 'number' || typeof value.atMs !== 'number') return null;
  return { pid: value.pid, atMs: value.atMs, watchdog: decodeWatchdogStanding(value.watchdog) };
}

/** Adds an act to those that wait to be told. Errors: throws when it could not be kept. */
export function addAct(runDir: string, act: GuardAct): void {
  const acts = [...readActs(runDir), act].slice(-limits.guardActsMax);
  replaceFile(join(runDir, GUARD_FILES.acts), `${JSON.stringify({ acts })}\n`);
}

/** The acts that were not told yet; from now on they are. */
export function takeActs(runDir: string): GuardAct[] {
  const acts = readActs(runDir);
  if (acts.length > 0) rmSync(join(runDir, GUARD_FILES.acts), { force: true });
  return acts;
}

function readActs(runDir: string): GuardAct[] {
  const acts = decodeObject(readText(join(runDir, GUARD_FILES.acts)))?.acts;
  return Array.isArray(acts) ? acts.flatMap((each: unknown) => decodeAct(each) ?? []) : [];
}

function decodeAct(value: unknown): GuardAct | null {
  if (typeof value !== 'object' || value === null) return null;
  const { at, key, epoch, daemon, ended, left, withoutKillPath, earlyMs } = {
    ...(value as Readonly<Record<string, unknown>>),
  };
  if (typeof at !== 'string' || typeof key !== 'string' || typeof epoch !== 'number') return null;
  if (daemon !== 'gone' && daemon !== 'idle' && daemon !== 'late') return null;
  if (typeof earlyMs !== 'number') return null;
  if (!isTexts(ended) || !isEnds(left) || !isTexts(withoutKillPath)) return null;
  return { at, key, epoch, daemon, ended, left, withoutKillPath, earlyMs };
}

function decodeWatchdogStanding(value: unknown): WatchdogStanding | null {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('sentence' in value)) return null;
  const { kind, sentence } = value;
  if (typeof sentence !== 'string') return null;
  const isFile = 'isFile' in value && value.isFile === true;
  return kind === 'fed' || kind === 'starved' || kind === 'closed' ? { kind, sentence, isFile } : null;
}

function isEnds(value: unknown): value is GuardAct['left'] {
  return Array.isArray(value) && value.every(isEnd);
}

function isEnd(value: unknown): value is GuardAct['left'][number] {
  if (typeof value !== 'object' || value === null || !('resource' in value) || !('why' in value)) return false;
  return typeof value.resource === 'string' && typeof value.why === 'string';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
