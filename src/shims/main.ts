/** A program of a Pacemaker cluster: its name is the first argument, what follows are the program's own. */
import { SHIMS } from './all-shims.js';
import { daemonAt } from './ask-daemon.js';
import type { Shim } from './shim.js';
import { SHIM_EXIT, ShimFailure } from './shim.js';

const [name = '', ...args] = process.argv.slice(2);
process.exitCode = await run(SHIMS[name] ?? null);

async function run(shim: Shim | null): Promise<number> {
  if (shim === null) {
    process.stderr.write(`there is no program "${name}" here\n`);
    return SHIM_EXIT.usage;
  }
  const { FAIRLEAD_SOCKET: socket, FAIRLEAD_NODE: node, OCF_RESOURCE_INSTANCE: resource } = process.env;
  try {
    const world = { ...daemonAt(socket ?? null), node: node ?? '', resource: resource ?? null };
    process.stdout.write(await shim(args, world));
    return SHIM_EXIT.ok;
  } catch (error) {
    if (!(error instanceof ShimFailure)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    return error.code;
  }
}
