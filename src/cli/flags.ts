/** Flags that several commands share, each described once. */
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Flag, FlagValues } from './command.js';

/** Where a daemon keeps what outlives the boot, unless told otherwise. */
const STATE_DIR = '/var/lib/fairlead';

/** Where a daemon keeps what must not outlive the boot, unless told otherwise. */
const RUN_DIR = '/run/fairlead';

/** The name of the socket in the state directory. */
const SOCKET_NAME = 'control.sock';

/** By which a person vouches for the death of a node. */
export const CHECKED_FLAG = 'i-checked-power';

export const COLOR: Flag = {
  name: 'color',
  kind: 'choice',
  choices: ['auto', 'always', 'never'],
  byDefault: 'auto',
  does: 'colours in the output; NO_COLOR in the environment wins',
};

/** A flag for more words. Shape: `does` says which. */
export function verboseFlag(does: string): Flag {
  return { name: 'verbose', short: 'v', kind: 'switch', does };
}

export const STRICT: Flag = {
  name: 'strict',
  kind: 'switch',
  does: 'exit code 3 when there are warnings and no errors',
};

export const METADATA: Flag = {
  name: 'metadata',
  kind: 'text',
  value: 'DIR',
  does: 'agents are known from the metadata files in this folder, not from what is installed here',
};

export const STATE_DIRECTORY: Flag = {
  name: 'state-dir',
  kind: 'text',
  value: 'DIR',
  byDefault: STATE_DIR,
  does: 'where the daemon keeps what outlives the boot',
};

export const RUN_DIRECTORY: Flag = {
  name: 'run-dir',
  kind: 'text',
  value: 'DIR',
  byDefault: RUN_DIR,
  does: 'where the daemon keeps what must not outlive the boot; on a tmpfs',
};

export const SOCKET: Flag = {
  name: 'socket',
  kind: 'text',
  value: 'FILE',
  does: `the daemon's control socket; ${SOCKET_NAME} in --state-dir unless given`,
};

/** Which daemon a command speaks to. */
export const DAEMON_FLAGS: readonly Flag[] = [SOCKET, STATE_DIRECTORY];

/** A flag for the form of the answer. */
export function outputFlag(formats: readonly string[]): Flag {
  return {
    name: 'output',
    short: 'o',
    kind: 'choice',
    choices: formats,
    byDefault: 'text',
    does: 'the form of the answer',
  };
}

/** A flag for how long to wait. */
export function timeoutFlag(options: { readonly byDefault: string; readonly does: string }): Flag {
  return { name: 'timeout', kind: 'duration', value: 'DURATION', ...options };
}

/** The node that the flags name, else this machine's host name up to its first dot. */
export function nodeOf(flags: FlagValues): string {
  return flags.text('node') ?? hostname().split('.')[0] ?? '';
}

/** The control socket that the flags name, by an absolute path: agents that ask the daemon run in another folder. */
export function socketPathOf(flags: FlagValues): string {
  return resolve(flags.text('socket') ?? join(flags.text('state-dir') ?? STATE_DIR, SOCKET_NAME));
}
