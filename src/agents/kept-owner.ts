import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Names a node and its folder of kept processes in the marks of these, so that two daemons of one machine never take each other's processes.
 *
 * Shape: 24 hexadecimal digits, the same by whatever links the run directory that `folder` stands in is reached. Errors: throws when that is not there.
 */
export function keptOwner(options: { readonly node: string; readonly folder: string }): string {
  const folder = join(realpathSync(dirname(options.folder)), basename(options.folder));
  return createHash('sha256').update(`${options.node}\0${folder}`).digest('hex').slice(0, 24);
}
