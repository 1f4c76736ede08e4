import { createHash } from 'node:crypto';

/**
 * Names a node and its folder of kept processes in the marks of these, so that two daemons of one machine never take each other's processes.
 *
 * Shape: 24 hexadecimal digits.
 */
export function keptOwner(options: { readonly node: string; readonly folder: string }): string {
  return createHash('sha256').update(`${options.node}\0${options.folder}`).digest('hex').slice(0, 24);
}
