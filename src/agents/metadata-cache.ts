/** Keeps the metadata that agents printed, for as long as their scripts stay the same. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf } from './file-name.js';

/** Texts by agent. Shape: `folder` null keeps them in memory only; one text for each agent, so it cannot outgrow the agents. */
export class MetadataCache {
  readonly #texts = new Map<string, { readonly version: string; readonly text: string }>();

  /** What agents are being asked now: several that want to know at once wait for one answer. */
  readonly #asking = new Map<string, Promise<string | null>>();

  constructor(private readonly folder: string | null) {}

  /** The text kept for this version of the agent, or what `ask` answers; null is not kept. */
  async get(agent: string, version: string, ask: () => Promise<string | null>): Promise<string | null> {
    const kept = this.#texts.get(agent);
    if (kept?.version === version) {
      return kept.text;
    }
    const asked = `${agent}\0${version}`;
    const asking = this.#asking.get(asked) ?? this.#find(agent, version, ask);
    this.#asking.set(asked, asking);
    try {
      return await asking;
    } finally {
      this.#asking.delete(asked);
    }
  }

  async #find(agent: string, version: string, ask: () => Promise<string | null>): Promise<string | null> {
    const text = this.#readFile(agent, version) ?? (await ask());
    if (text !== null) {
      this.#texts.set(agent, { version, text });
      this.#writeFile(agent, version, text);
    }
    return text;
  }

  /** The first line of a file names the version that the rest belongs to. */
  #readFile(agent: string, version: string): string | null {
    if (this.folder === null) {
      return null;
    }
    try {
      const content = readFileSync(this.#path(this.folder, agent), 'utf8');
      const end = content.indexOf('\n');
      return content.slice(0, end) === hashOf(version) ? content.slice(end + 1) : null;
    } catch {
      return null; // Not kept yet.
    }
  }

  #writeFile(agent: string, version: string, text: string): void {
    if (this.folder === null) {
      return;
    }
    try {
      mkdirSync(this.folder, { recursive: true });
      const path = this.#path(this.folder, agent);
      writeFileSync(`${path}.${process.pid}`, `${hashOf(version)}\n${text}`);
      renameSync(`${path}.${process.pid}`, path);
    } catch {
      // A folder that cannot be written costs time at the next run, and nothing else.
    }
  }

  #path(folder: string, agent: string): string {
    return join(folder, `${fileNameOf(agent)}.xml`);
  }
}

function hashOf(version: string): string {
  return createHash('sha256').update(version).digest('hex');
}
