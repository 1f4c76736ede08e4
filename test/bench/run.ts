/**
 * Runs a bench by its name: `npm run bench -- NAME [--json FILE] [words of the bench]`.
 *
 * The table goes to stdout, as does one line for whatever was left out and why; `--json FILE` gets the raw figures.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.js';

/** One line for each bench; its file is loaded only when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  agents: () => import('./agents.js'),
  failover: () => import('./failover.js'),
  planner: () => import('./planner.js'),
  validate: () => import('./validate.js'),
  voter: () => import('./voter.js'),
  wire: () => import('./wire.js'),
};

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string' },
    'with-rivals': { type: 'boolean' },
    only: { type: 'string' },
  },
  allowPositionals: true,
});
const [name = ''] = positionals;
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (load === undefined) {
  process.stderr.write(`there is no bench "${name}"; choose one of ${Object.keys(BENCHES).sort().join(', ')}\n`);
  process.exitCode = 64;
} else {
  const { bench } = await load();
  const report = await bench({
    rounds: values.rounds === undefined ? null : Number(values.rounds),
    withRivals: values['with-rivals'] === true,
    only: values.only ?? null,
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${report.table}\n`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify(report.figures, null, 2)}\n`);
  }
}
