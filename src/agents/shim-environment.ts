/** How agents find the programs that stand in for Pacemaker's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM_PATH } from './environment.js';

/** Where the build puts them. */
const SHIM_FOLDER = fileURLToPath(new URL('../shims/', import.meta.url));

/** The version of Pacemaker's interface that agents meet. Agents compare it to choose among the tools' options. Source: crm_feature_set of Pacemaker 2.1.5. */
const FEATURE_SET = '3.16.2';

/** Where shims stand, and whom they ask. */
export interface ShimOptions {
  readonly folder?: string;
  /** The daemon's control socket; without it the shims say that they are not connected. */
  readonly socketPath?: string;
}

/**
 * The variables by which an OCF agent calls the shims: first in the path, and where its library looks for the cluster's programs.
 *
 * Shape: `path` is where other programs are looked for. Where the shims were not built, agents are told of none.
 */
export function shimEnvironment(options: ShimOptions, path: string = PROGRAM_PATH): Record<string, string> {
  const { folder = SHIM_FOLDER, socketPath } = options;
  const found = { OCF_RESKEY_crm_feature_set: FEATURE_SET };
  if (!existsSync(join(folder, 'crm_attribute'))) return found;
  return {
    ...found,
    PATH: `${folder.replace(/\/$/, '')}:${path}`,
    HA_SBIN_DIR: folder.replace(/\/$/, ''),
    FAIRLEAD_NODE_PROGRAM: process.execPath,
    ...(socketPath === undefined ? {} : { FAIRLEAD_SOCKET: socketPath }),
  };
}
