/**
 * The house as data: its rooms, on which floor each stands, and what each may import.
 *
 * Source: docs/architecture.md, which prints the same table for people.
 */

/** One folder of src/. */
export interface Room {
  readonly name: string;
  /** A room imports only from rooms of strictly lower floors; rooms on one floor do not know each other. */
  readonly floor: number;
  /** quiet computes; workshop touches the world; types describes what the world offers and runs nothing. */
  readonly wing: 'quiet' | 'workshop' | 'types';
  /** Packages from the registry that this room may import. */
  readonly packages: readonly string[];
  /** Rooms of lower floors that this one still may not import. */
  readonly neverImports: readonly string[];
}

/** Every room, by floor and then by name. A folder of src/ that is not listed here has no place in the house. */
export const ROOMS: readonly Room[] = [
  { name: 'base', floor: 0, wing: 'quiet', packages: [], neverImports: [] },
  { name: 'model', floor: 1, wing: 'quiet', packages: [], neverImports: [] },
  { name: 'lifecycle', floor: 2, wing: 'quiet', packages: [], neverImports: [] },
  { name: 'membership', floor: 2, wing: 'quiet', packages: [], neverImports: [] },
  { name: 'ownership', floor: 2, wing: 'quiet', packages: [], neverImports: [] },
  { name: 'planner', floor: 2, wing: 'quiet', packages: [], neverImports: [] },
  { name: 'spec', floor: 2, wing: 'quiet', packages: ['ajv', 'yaml'], neverImports: [] },
  { name: 'reconciler', floor: 3, wing: 'quiet', packages: [], neverImports: ['spec'] },
  { name: 'ports', floor: 4, wing: 'types', packages: [], neverImports: [] },
  {
    name: 'agents',
    floor: 5,
    wing: 'workshop',
    packages: ['@aws-sdk/client-ec2', 'fast-xml-parser', 'undici'],
    neverImports: [],
  },
  { name: 'control', floor: 5, wing: 'workshop', packages: ['undici'], neverImports: [] },
  { name: 'host', floor: 5, wing: 'workshop', packages: ['chokidar'], neverImports: [] },
  { name: 'guard', floor: 6, wing: 'workshop', packages: [], neverImports: ['control'] },
  { name: 'runtime', floor: 6, wing: 'workshop', packages: [], neverImports: [] },
  { name: 'shims', floor: 6, wing: 'workshop', packages: [], neverImports: [] },
  { name: 'daemon', floor: 7, wing: 'workshop', packages: [], neverImports: [] },
  { name: 'sim', floor: 7, wing: 'workshop', packages: [], neverImports: [] },
  { name: 'cli', floor: 8, wing: 'workshop', packages: ['fast-json-patch'], neverImports: [] },
];

/** The one file that may gather exports of others: the front door of the package. */
export const BARREL = 'src/index.ts';

/** Files that a program writes; the rules on length and names do not hold for them. */
export const GENERATED: readonly string[] = ['src/spec/raw-document.ts', 'src/spec/raw-shape.ts'];

/** Lines from which on a file holds two things. */
export const FILE_LINES_MAX = 400;

/** Words that say nothing about what a file holds; forbidden as any part of a name. */
export const EMPTY_WORDS: readonly string[] = ['util', 'utils', 'helper', 'helpers', 'common', 'misc'];

/** Words that say nothing when they stand alone; forbidden as a whole name. */
export const EMPTY_NAMES: readonly string[] = ['shared', 'types', 'constants', 'manager', 'service', 'data', 'info'];
