/**
 * Lets the compiled entry points under dist-test/ find what the package reads from its root.
 *
 * A module two folders below the root looks for `../../schemas`; in dist-test/src/<room>/ that place is dist-test/,
 * so each thing of the root that is read at run time is linked there.
 */
import { existsSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const name of ['package.json', 'schemas', 'examples']) {
  if (existsSync(`${root}${name}`) && !existsSync(`${root}dist-test/${name}`)) {
    symlinkSync(`../${name}`, `${root}dist-test/${name}`);
  }
}
