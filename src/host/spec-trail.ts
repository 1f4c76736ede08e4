/** The folders in which something must change for the spec at a path to change: where its names and the symbolic links on the way to it stand. */
import { lstat, readdir, readlink } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { errorCode } from './system-error.js';
import { isSpecName } from './spec-files.js';

/** The names that matter in each folder. Shape: real paths of folders, none of which leads over a symbolic link. */
export type SpecTrail = ReadonlyMap<string, ReadonlySet<string>>;

/** Symbolic links that are followed on one way, as in the kernel. */
const LINKS_MAX = 40;

/** Folders that are watched; what changes in others is noticed by looking now and then. */
const FOLDERS_MAX = 64;

/** Walks from the root to the path, and for a folder on to each of its files. Never rejects: where the way ends, the trail does. */
export async function traceSpec(path: string): Promise<SpecTrail> {
  const trail = new Map<string, Set<string>>();
  const end = await walk(trail, resolve(path));
  if (end === null) return trail;
  const names = await listNames(end);
  if (names === null) return trail;
  note(trail, join(end, '*'));
  for (const name of names.filter(isSpecName)) await walk(trail, join(end, name));
  return trail;
}

/** Whether a change of a name in a folder of the trail can change the spec. Shape: `name` is null when the kernel does not tell. */
export function isOnTrail(trail: SpecTrail, folder: string, name: string | null): boolean {
  const names = trail.get(folder);
  if (names === undefined) return false;
  if (name === null || names.has(name) || name === basename(folder)) return true;
  return names.has('*') && isSpecName(name);
}

/** Follows a path to its real end; null when something on the way is missing, or the links lead in a circle. */
async function walk(trail: Map<string, Set<string>>, path: string): Promise<string | null> {
  let at: string = sep;
  let ahead = partsOf(path);
  let links = 0;
  for (let part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    const next = join(at, part);
    const found = await linkAt(next);
    if (ahead.length === 0 || found.kind !== 'there') note(trail, next);
    if (found.kind === 'missing') return null;
    if (found.kind === 'link') {
      links += 1;
      if (links > LINKS_MAX) return null;
      ahead = [...partsOf(resolve(at, found.target)), ...ahead];
      at = sep;
    } else at = next;
  }
  return at;
}

function partsOf(path: string): string[] {
  return path.split(sep).filter((part) => part !== '');
}

function note(trail: Map<string, Set<string>>, path: string): void {
  const folder = dirname(path);
  const names = trail.get(folder);
  if (names !== undefined) names.add(basename(path));
  else if (trail.size < FOLDERS_MAX) trail.set(folder, new Set([basename(path)]));
}

type Step =
  | { readonly kind: 'there' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'link'; readonly target: string };

async function linkAt(path: string): Promise<Step> {
  try {
    const found = await lstat(path);
    return found.isSymbolicLink() ? { kind: 'link', target: await readlink(path) } : { kind: 'there' };
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return { kind: 'missing' };
  }
}

/** The names in a folder; null when the path is no folder that can be read. */
async function listNames(path: string): Promise<string[] | null> {
  try {
    return await readdir(path);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
