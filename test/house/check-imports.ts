/** Holds src/ to the house map: who imports whom, without rings, and nothing from outside the project. */
import { builtinModules } from 'node:module';
import { BARREL, ROOMS } from './house-map.js';
import { importedPath, readImports } from './read-imports.js';
import type { ImportLine } from './read-imports.js';
import type { Room } from './house-map.js';
import type { Source, Violation } from './source.js';

/** Every import that the map does not allow. */
export function checkImports(sources: readonly Source[]): Violation[] {
  const paths = new Set(sources.map((source) => source.path));
  return sources.flatMap((source): Violation[] => {
    const room = roomOf(source.path);
    if (source.path === BARREL) {
      return [];
    }
    if (room === null) {
      return [{ path: source.path, line: null, sentence: 'this folder is no room of the house map; add it there' }];
    }
    return readImports(source).flatMap((line) => {
      const sentence = whyForbidden({ room, importer: source.path, line, paths });
      return sentence === null ? [] : [{ path: source.path, line: line.line, sentence }];
    });
  });
}

/** Files that import each other in a ring, imports of types included: one violation for each ring met on a walk. */
export function checkRings(sources: readonly Source[]): Violation[] {
  const paths = new Set(sources.map((source) => source.path));
  const imports = new Map(
    sources.map((source) => {
      const targets = readImports(source).map(({ specifier }) => importedPath(source.path, specifier));
      return [source.path, targets.filter((target) => target !== null && paths.has(target)).sort()] as const;
    }),
  );
  const finished = new Set<string>();
  const violations: Violation[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const ring = [...trail.slice(start), path];
      violations.push({ path, line: null, sentence: `these files import each other in a ring: ${ring.join(' -> ')}` });
      return;
    }
    if (finished.has(path)) {
      return;
    }
    for (const target of imports.get(path) ?? []) {
      if (target !== null) {
        walk(target, [...trail, path]);
      }
    }
    finished.add(path);
  };
  for (const path of [...paths].sort()) {
    walk(path, []);
  }
  return violations;
}

/** The room that a file of src/ stands in; null when the map has none of that name. */
export function roomOf(path: string): Room | null {
  const [top, name, ...rest] = path.split('/');
  return top === 'src' && rest.length > 0 ? (ROOMS.find((room) => room.name === name) ?? null) : null;
}

function whyForbidden(options: {
  readonly room: Room;
  readonly importer: string;
  readonly line: ImportLine;
  readonly paths: ReadonlySet<string>;
}): string | null {
  const { room, importer, line, paths } = options;
  const quoted = `"${line.specifier}"`;
  if (line.isReExport) {
    return `re-exports ${quoted}; only ${BARREL} may, so import the file that defines the thing`;
  }
  const target = importedPath(importer, line.specifier);
  if (target === null) {
    return whyForbiddenPackage(room, line.specifier);
  }
  if (!line.specifier.endsWith('.js')) {
    return `imports ${quoted} without the ending .js`;
  }
  if (!paths.has(target)) {
    return `imports ${quoted}, and src/ has no such file`;
  }
  const other = roomOf(target);
  if (other === null) {
    return `imports ${quoted}, which stands in no room`;
  }
  if (other.name === room.name) {
    return null;
  }
  if (room.neverImports.includes(other.name)) {
    return `room "${room.name}" may not import room "${other.name}"`;
  }
  return other.floor < room.floor
    ? null
    : `room "${room.name}" (floor ${room.floor}) imports "${other.name}" (floor ${other.floor}); arrows point down only`;
}

function whyForbiddenPackage(room: Room, specifier: string): string | null {
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    return room.wing === 'workshop' ? null : `room "${room.name}" may not know Node, and imports "${specifier}"`;
  }
  const [first = '', second = ''] = specifier.split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return room.packages.includes(name)
    ? null
    : `room "${room.name}" may not import the package "${name}"; the house map lists what it may`;
}
