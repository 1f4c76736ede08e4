/** What agents that are installed here, or described in a folder of metadata files, declare of themselves. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fenceAgentOf } from '../model/agent-catalogue.js';
import type { AgentMetadata } from '../model/agent-catalogue.js';
import { baseEnvironment } from './environment.js';
import { findFenceAgent } from './fence-metadata.js';
import { LSB_FOLDER, lsbScriptPath } from './lsb-agent.js';
import { MetadataCache } from './metadata-cache.js';
import { OCF_ROOT, ocfScriptPath } from './ocf-agent.js';
import { readOcfMetadata } from './ocf-metadata.js';
import { printedMetadata } from './printed-metadata.js';
import { unitOf } from '../model/unit-name.js';
import { bootTargetOf, hasUnitFile } from './unit-files.js';

/** Where to look for agents. */
export interface WhereAgentsAre {
  /** Where OCF agents are installed; the default is `/usr/lib/ocf`. */
  readonly ocfRoot?: string;
  /** Where LSB scripts are installed; the default is `/etc/init.d`. */
  readonly lsbFolder?: string;
  /** A folder of files `ocf:PROVIDER:NAME.xml`, `PROVIDER/NAME.xml` or `fence_NAME.xml`: then OCF and fence agents are read from there, and what has no metadata is not looked for. */
  readonly metadataDir?: string;
  /** A folder in which metadata is kept between runs; without it, only while this process lives. */
  readonly cacheFolder?: string;
}

/** Time that an agent has to describe itself; metadata advises 5 s, and a cold disk may double that. */
const META_DATA_MS = 10_000;

const memory = new MetadataCache(null);

/** Reads of each agent what it declares. Shape: null for one that is not here, undefined for one that is not looked for. */
export function installedAgents(options: WhereAgentsAre): (type: string) => Promise<AgentMetadata | null | undefined> {
  const cache = options.cacheFolder === undefined ? memory : new MetadataCache(options.cacheFolder);
  return (type) => readAgent(type, options, cache);
}

async function readAgent(
  type: string,
  options: WhereAgentsAre,
  cache: MetadataCache,
): Promise<AgentMetadata | null | undefined> {
  const fenceAgent = fenceAgentOf(type);
  if (fenceAgent !== null) {
    return options.metadataDir === undefined
      ? askFenceAgent({ type, agent: fenceAgent, cache })
      : readFenceFile(type, fenceAgent, options.metadataDir);
  }
  const ocfRoot = options.ocfRoot ?? OCF_ROOT;
  const ocfScript = ocfScriptPath(ocfRoot, type);
  if (ocfScript !== null) {
    return options.metadataDir === undefined
      ? askOcfAgent({ type, script: ocfScript, ocfRoot, cache })
      : readMetadataFile(type, options.metadataDir);
  }
  if (options.metadataDir !== undefined) {
    return undefined;
  }
  const unit = unitOf(type);
  if (unit !== null) {
    return hasUnitFile(unit) ? { ...undeclared(type), bootTarget: bootTargetOf(unit) } : null;
  }
  const lsbScript = lsbScriptPath(options.lsbFolder ?? LSB_FOLDER, type);
  if (lsbScript !== null) {
    return existsSync(lsbScript) ? undeclared(type) : null;
  }
  return type.startsWith('builtin:') ? null : undefined;
}

async function askOcfAgent(agent: {
  readonly type: string;
  readonly script: string;
  readonly ocfRoot: string;
  readonly cache: MetadataCache;
}): Promise<AgentMetadata | null> {
  const { type, script, ocfRoot, cache } = agent;
  const stat = statSync(script, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) {
    return null;
  }
  const version = `${script}\0${stat.mtimeMs}\0${stat.size}`;
  return askProgram({
    type,
    version,
    cache,
    argv: [script, 'meta-data'],
    environment: {
      ...baseEnvironment(),
      OCF_ROOT: ocfRoot,
      OCF_RA_VERSION_MAJOR: '1',
      OCF_RA_VERSION_MINOR: '1',
      OCF_RESOURCE_TYPE: type.split(':')[2] ?? '',
      OCF_RESOURCE_PROVIDER: type.split(':')[1] ?? '',
      OCF_RESOURCE_INSTANCE: 'meta-data',
    },
  });
}

async function askFenceAgent(options: {
  readonly type: string;
  readonly agent: string;
  readonly cache: MetadataCache;
}): Promise<AgentMetadata | null> {
  const { type, agent, cache } = options;
  const found = findFenceAgent(agent);
  if (found === null) return null;
  return askProgram({
    type,
    version: `${found.program}\0${found.version}`,
    cache,
    argv: [found.program, '-o', 'metadata'],
    environment: baseEnvironment(),
  });
}

async function askProgram(options: {
  readonly type: string;
  readonly version: string;
  readonly cache: MetadataCache;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}): Promise<AgentMetadata> {
  const { type, version, cache, argv, environment } = options;
  const text = await cache.get(type, version, () => printedMetadata({ argv, environment, timeoutMs: META_DATA_MS }));
  return text === null ? undeclared(type) : readText(type, text);
}

/** What is not in the folder is not looked for: folders of metadata are mostly about resources. */
async function readFenceFile(type: string, agent: string, folder: string): Promise<AgentMetadata | undefined> {
  const path = join(folder, `${agent.slice(agent.lastIndexOf('/') + 1)}.xml`);
  return existsSync(path) ? readText(type, await readFile(path, 'utf8')) : undefined;
}

async function readMetadataFile(type: string, folder: string): Promise<AgentMetadata | null> {
  const [, provider = '', name = ''] = type.split(':');
  const path = [join(folder, `${type}.xml`), join(folder, provider, `${name}.xml`)].find((file) => existsSync(file));
  return path === undefined ? null : readText(type, await readFile(path, 'utf8'));
}

async function readText(type: string, text: string): Promise<AgentMetadata> {
  return (await readOcfMetadata(type, text)) ?? undeclared(type);
}

function undeclared(type: string): AgentMetadata {
  return { type, declared: false, description: '', parameters: [], actions: [] };
}
