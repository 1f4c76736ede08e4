/**
 * What a fence agent says of itself, as far as calling it needs: which parameters name the node, and which actions there are.
 *
 * Source: FenceAgentAPI of ClusterLabs/fence-agents; the metadata that Debian's agents print.
 */
import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { baseEnvironment, PROGRAM_PATH } from './environment.js';
import { printedMetadata } from './printed-metadata.js';

/** Names that an agent declares. */
export interface FenceAgentNames {
  readonly parameters: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
}

/** An agent's program with what it declares, or why it cannot be used. */
export type FoundFenceAgent =
  | { readonly kind: 'found'; readonly program: string; readonly names: FenceAgentNames }
  | { readonly kind: 'unusable'; readonly why: string };

/** Time that printing metadata may take. Ours: Python and its libraries take a second to load from a cold disk. */
const METADATA_TIMEOUT_MS = 20_000;

/** Looks agents up, and remembers what they declare for as long as their programs stay the same. */
export class FenceAgents {
  readonly #path: string;
  readonly #known = new Map<string, { readonly version: string; readonly names: FenceAgentNames }>();

  /** Shape: `path` as in PATH. */
  constructor(path: string = PROGRAM_PATH) {
    this.#path = path;
  }

  /** Finds an agent by its name or absolute path. Never rejects. */
  async find(agent: string, signal: AbortSignal): Promise<FoundFenceAgent> {
    const file = findFenceAgent(agent, this.#path);
    if (file === null) {
      return { kind: 'unusable', why: `"${agent}" is not installed on this node; fence-agents has those of Debian` };
    }
    const known = this.#known.get(file.program);
    if (known?.version === file.version) return { kind: 'found', program: file.program, names: known.names };
    const text = await printedMetadata({
      argv: [file.program, '-o', 'metadata'],
      environment: baseEnvironment(this.#path),
      timeoutMs: METADATA_TIMEOUT_MS,
      signal,
    });
    const names = text === null ? null : readNames(text);
    if (names === null) return { kind: 'unusable', why: `"${agent}" does not say what it can do (action "metadata")` };
    this.#known.set(file.program, { version: file.version, names });
    return { kind: 'found', program: file.program, names };
  }
}

/** An agent's program by its name or absolute path, with what changes when the program does; null where it is not installed. */
export function findFenceAgent(
  agent: string,
  path: string = PROGRAM_PATH,
): { readonly program: string; readonly version: string } | null {
  return isAbsolute(agent) ? fileAt(agent) : fileIn(path, agent);
}

/** The names in printed metadata; null when it declares no action. Nothing else is read of it, so no reader of XML is loaded for it. */
export function readNames(metadata: string): FenceAgentNames | null {
  const named = (element: string): Set<string> =>
    new Set(
      [...metadata.matchAll(new RegExp(`<${element}\\s[^>]*?\\bname="([^"]+)"`, 'g'))].map(([, name = '']) => name),
    );
  const actions = named('action');
  return actions.size === 0 ? null : { parameters: named('parameter'), actions };
}

function fileIn(path: string, agent: string): { readonly program: string; readonly version: string } | null {
  for (const folder of path.split(':')) {
    const file = fileAt(join(folder, agent));
    if (file !== null) return file;
  }
  return null;
}

function fileAt(program: string): { readonly program: string; readonly version: string } | null {
  const stat = statSync(program, { throwIfNoEntry: false });
  return stat?.isFile() === true ? { program, version: `${stat.mtimeMs} ${stat.size} ${stat.ino}` } : null;
}
