/** Which agents this machine has. */
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareIds } from '../base/order.js';
import type { WhereAgentsAre } from './installed-agents.js';
import { LSB_FOLDER, lsbScriptPath } from './lsb-agent.js';
import { OCF_ROOT, ocfScriptPath } from './ocf-agent.js';
import { OWN_AGENTS } from './own-agents.js';

/** The types of all agents whose files are here, fairlead's own first. Units of systemd are not listed: any of them may be one. */
export function listAgentTypes(options: WhereAgentsAre = {}): string[] {
  const ocfRoot = options.ocfRoot ?? OCF_ROOT;
  const lsbFolder = options.lsbFolder ?? LSB_FOLDER;
  const resources = join(ocfRoot, 'resource.d');
  const ocf = namesIn(resources).flatMap((provider) =>
    namesIn(join(resources, provider)).map((name) => `ocf:${provider}:${name}`),
  );
  const lsb = namesIn(lsbFolder).map((name) => `lsb:${name}`);
  return [
    ...Object.keys(OWN_AGENTS).sort(compareIds),
    ...ocf.filter((type) => isProgram(ocfScriptPath(ocfRoot, type))).sort(compareIds),
    ...lsb.filter((type) => isProgram(lsbScriptPath(lsbFolder, type))).sort(compareIds),
  ];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // What is not there has no agents.
  }
}

function isProgram(path: string | null): boolean {
  if (path === null) return false;
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
