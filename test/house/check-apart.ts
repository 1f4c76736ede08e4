/** Holds the project apart from the place it was built in: it names no registry host and no path outside itself. */
import type { Source, Violation } from './source.js';

/** Hosts of package registries. Spelled in parts, so that this file does not name one. */
const REGISTRY_HOSTS: readonly string[] = [
  ['registry', 'npmjs', 'org'].join('.'),
  ['registry', 'yarnpkg', 'com'].join('.'),
  ['npm', 'pkg', 'github', 'com'].join('.'),
  ['deb', 'debian', 'org'].join('.'),
  ['security', 'debian', 'org'].join('.'),
];

/** Beginnings of paths that exist on one person's machine only. */
const PRIVATE_PATHS: readonly string[] = [
  ['', 'work', ''].join('/'),
  ['', 'tmp', 'fl', ''].join('/'),
  ['', 'root', ''].join('/'),
  ['', 'home', ''].join('/'),
];

/** Lines that name a registry's host or a private path. */
export function checkApart(sources: readonly Source[]): Violation[] {
  return sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index): Violation[] => {
      const host = REGISTRY_HOSTS.find((name) => line.includes(name));
      if (host !== undefined) {
        return [
          { path, line: index + 1, sentence: `names the registry "${host}"; leave that to the client's settings` },
        ];
      }
      const place = PRIVATE_PATHS.find((name) => beginsPath(line, name));
      return place === undefined
        ? []
        : [{ path, line: index + 1, sentence: `names a place outside the project below "${place}"` }];
    }),
  );
}

/** Packages of a lock file that say where they were taken from, or that no checksum holds. */
export function checkLock(lock: Source): Violation[] {
  const { packages } = readLock(lock);
  return Object.entries(packages).flatMap(([name, entry]): Violation[] => {
    if (name === '') {
      return [];
    }
    if (entry.resolved !== undefined) {
      return [{ path: lock.path, line: null, sentence: `"${name}" says where it was taken from; remove "resolved"` }];
    }
    return entry.integrity === undefined
      ? [{ path: lock.path, line: null, sentence: `"${name}" has no checksum; install it again from the registry` }]
      : [];
  });
}

function readLock(lock: Source): { readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>> } {
  return JSON.parse(lock.text);
}

/** Whether a path on the line begins with the given text, rather than holding it further on (`docs/work/`). */
function beginsPath(line: string, place: string): boolean {
  const at = line.indexOf(place);
  return at === 0 || (at > 0 && !/[\w.~/-]/.test(line.charAt(at - 1)));
}
