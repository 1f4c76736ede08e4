/**
 * What the files of systemd say of a unit, without asking systemd: whether it is there, and what starts it at boot.
 *
 * Source: systemd.unit(5), table "Load path when running in system mode", and the folders `.wants/` and `.requires/`.
 */
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where systemd looks for units. */
const UNIT_FOLDERS = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator.late',
];

const PULLED_IN_BY = /^(.+\.target)\.(wants|requires)$/;

/** Whether a unit has a file, its own or that of its template: `getty@tty1.service` comes from `getty@.service`. */
export function hasUnitFile(unit: string, folders: readonly string[] = UNIT_FOLDERS): boolean {
  const template = unit.replace(/@[^@]*\./, '@.');
  return folders.some((folder) => existsSync(join(folder, unit)) || existsSync(join(folder, template)));
}

/**
 * The target that starts a unit at boot: an enabled service is wanted by one, as is a file system of `/etc/fstab`.
 *
 * Shape: null when none does. What another unit that is no target pulls in, or a socket or a timer, is not seen.
 */
export function bootTargetOf(unit: string, folders: readonly string[] = UNIT_FOLDERS): string | null {
  for (const folder of folders) {
    for (const entry of entriesOf(folder)) {
      const target = PULLED_IN_BY.exec(entry)?.[1];
      if (target !== undefined && isIn(join(folder, entry), unit)) return target;
    }
  }
  return null;
}

/** Whether a folder has a name: a link counts, also where what it points to is elsewhere. A folder that cannot be looked into, a link to itself say, has none, as for systemd. */
function isIn(folder: string, name: string): boolean {
  try {
    return lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The names in a folder; none where there is no such folder, as most of systemd's are on few machines. */
export function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
