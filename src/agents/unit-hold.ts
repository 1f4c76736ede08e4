/**
 * Keeps systemd from doing with a unit what fairlead decides: a drop-in that turns off its own restarts and its limit of starts, and has it stopped after fairlead when the machine goes down, so that it is handed over.
 *
 * The drop-in stands in `/run`, so a boot without fairlead knows nothing of it. Its name sorts behind those that people choose, for the last one counts.
 *
 * Source: systemd.unit(5) on drop-ins and `Before=`, systemd.service(5) on `Restart=`.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/error-message.js';
import { delay } from './delay.js';
import { oneLine } from './outcome.js';
import { ownUnit } from './own-unit.js';
import type { ProcessEnd } from './process-run.js';
import { BOOTED_MARK, systemctl } from './systemctl.js';
import { entriesOf } from './unit-files.js';

/** Time for a reload. Ours: it takes 0.2 to 0.6 s on a busy machine, during which systemd does nothing else. */
const RELOAD_MS = 10_000;

/** What a hold needs. Shape: `owner` is a name that is a file name, the cluster's; drop-ins of other owners are left alone. */
export interface UnitHoldsOptions {
  readonly owner: string;
  /** Where programs are looked for. */
  readonly path?: string | undefined;
}

/** The holds of one daemon. */
export class UnitHolds {
  readonly #path: string | undefined;
  readonly #fileName: string;
  readonly #own = ownUnit();
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<string | null> | null = null;

  constructor({ owner, path }: UnitHoldsOptions) {
    this.#path = path;
    this.#fileName = `zzz-fairlead-${owner}.conf`;
  }

  /** Where the drop-in of a unit stands. */
  pathOf(unit: string): string {
    return join(BOOTED_MARK, `${unit}.d`, this.#fileName);
  }

  /**
   * Writes the drop-ins that are missing and has systemd read them, whether they were or not.
   *
   * Shape: why it could not be done, null when it was; `leftMs` is how long it is waited for. Several that ask at once share one reload.
   */
  async hold(units: readonly string[], leftMs: number): Promise<string | null> {
    try {
      for (const unit of units) this.#write(unit);
    } catch (error) {
      return messageOf(error);
    }
    const isOver = new AbortController();
    const tooLong = delay(leftMs, isOver.signal).then(() => 'systemd is still reading its files');
    const why = await Promise.race([this.#reload(), tooLong]);
    isOver.abort();
    return why;
  }

  /** The units that have a drop-in of this owner; none where there is no systemd. */
  held(): string[] {
    const folders = entriesOf(BOOTED_MARK).filter((name) => name.endsWith('.d'));
    const units = folders.map((name) => name.slice(0, -'.d'.length));
    return units.filter((unit) => this.#read(unit) !== null).sort();
  }

  /** Takes drop-ins away; systemd reads its files anew unless it is going down. Shape: as {@link hold}. */
  async letGo(units: readonly string[]): Promise<string | null> {
    if (units.length === 0) return null;
    try {
      for (const unit of units) this.#remove(unit);
    } catch (error) {
      return messageOf(error);
    }
    const state = await systemctl(['is-system-running'], { timeoutMs: RELOAD_MS, path: this.#path });
    return state.stdout.trim() === 'stopping' ? null : this.#reload();
  }

  #write(unit: string): void {
    const path = this.pathOf(unit);
    const text = dropIn(unit, this.#own);
    if (this.#read(unit) === text) return;
    mkdirSync(join(BOOTED_MARK, `${unit}.d`), { recursive: true });
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }

  #remove(unit: string): void {
    const path = this.pathOf(unit);
    // Node 24's rmSync says "Unknown error" of a file that it may not remove.
    if (existsSync(path)) unlinkSync(path);
    const folder = join(BOOTED_MARK, `${unit}.d`);
    // Somebody else may have a drop-in there.
    if (entriesOf(folder).length === 0) rmdirSync(folder);
  }

  #read(unit: string): string | null {
    try {
      return readFileSync(this.pathOf(unit), 'utf8');
    } catch {
      return null;
    }
  }

  /** One reload at a time; who asks while one is under way gets the next, since that one may have read the files already. */
  #reload(): Promise<string | null> {
    this.#next ??= this.#last.then(async () => {
      this.#next = null;
      const reloading = systemctl(['daemon-reload'], { timeoutMs: RELOAD_MS, path: this.#path });
      this.#last = reloading;
      return whyNot(await reloading);
    });
    return this.#next;
  }
}

function dropIn(unit: string, own: string | null): string {
  const lines = ['# Written by fairlead, which starts and stops this unit.', '[Unit]', 'StartLimitIntervalSec=0'];
  // What starts before is stopped after.
  if (own !== null) lines.push(`Before=${own}`);
  if (unit.endsWith('.service')) lines.push('', '[Service]', 'Restart=no');
  return `${lines.join('\n')}\n`;
}

function whyNot(end: ProcessEnd): string | null {
  if (end.kind === 'exited' && end.code === 0) return null;
  return oneLine(`systemctl daemon-reload: ${end.stderr.trim() || end.kind}`);
}
