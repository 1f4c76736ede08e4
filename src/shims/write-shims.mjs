/** Writes the programs that agents call: each is a line of shell that starts `main.js` beside it under its own name. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = new URL('names.json', import.meta.url);

/** Agents have the running Node among their variables; by hand the one of the path is taken. */
const TEXT = `#!/bin/sh
exec "\${FAIRLEAD_NODE_PROGRAM:-node}" "\${0%/*}/main.js" "\${0##*/}" "$@"
`;

/**
 * Writes them into a folder.
 *
 * @param {string} folder
 */
export function writeShims(folder) {
  for (const name of JSON.parse(readFileSync(NAMES, 'utf8'))) {
    const path = join(folder, name);
    writeFileSync(path, TEXT);
    chmodSync(path, 0o755);
  }
}
