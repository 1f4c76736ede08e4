/** The environment that programs are started with: written down, never inherited, so that an agent behaves the same whoever started the daemon. */
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { Operation } from '../model/operation.js';

/** Where programs are looked for. The folder of the running Node stands last, so that a script may say `node` wherever that is installed. */
export const PROGRAM_PATH = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  dirname(process.execPath),
].join(':');

/** What every program gets. `path` replaces {@link PROGRAM_PATH}. */
export function baseEnvironment(path = PROGRAM_PATH): Record<string, string> {
  return { PATH: path, LANG: 'C', ...accountEnvironment() };
}

function accountEnvironment(): Record<string, string> {
  try {
    const { username, homedir } = userInfo();
    return { HOME: homedir, USER: username, LOGNAME: username };
  } catch {
    return { HOME: '/' }; // A user id without an account has no home.
  }
}

/** What every agent gets besides: for whom it runs. The epoch is the lease's fencing token: what can refuse an older one should. */
export function operationEnvironment(operation: Operation): Record<string, string> {
  return {
    FAIRLEAD_NODE: operation.node,
    FAIRLEAD_RESOURCE: operation.resource.id,
    FAIRLEAD_ACTION: operation.action,
    FAIRLEAD_EPOCH: String(operation.epoch),
  };
}
