/** Files of the project as the house rules see them: a path and a text, so that rules can be tried on made-up ones. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file. */
export interface Source {
  /** From the project's root, with `/` between the parts. */
  readonly path: string;
  readonly text: string;
}

/** What breaks a rule of the house, and where. */
export interface Violation {
  readonly path: string;
  /** Counted from 1; null where the whole file or folder is meant. */
  readonly line: number | null;
  /** One sentence: what is wrong and what to do. */
  readonly sentence: string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NEVER_READ = new Set(['.git', 'node_modules', 'dist', 'dist-test', 'coverage']);

/** Every file below a folder of the project whose name ends in one of the endings, sorted by path. */
export function readSources(folder: string, endings: readonly string[]): Source[] {
  return filesBelow(folder)
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** One violation as an operator of an editor reads it. */
export function printViolation({ path, line, sentence }: Violation): string {
  return line === null ? `${path}: ${sentence}` : `${path}:${line}: ${sentence}`;
}

function filesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !NEVER_READ.has(entry.name)) {
      found.push(...filesBelow(path));
    } else if (entry.isFile()) {
      found.push(path);
    }
  }
  return found.sort();
}
