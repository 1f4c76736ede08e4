import { readFileSync } from 'node:fs';
import { suggester } from '../spec/suggest.js';
import type { CommandCall } from './command.js';
import { usageFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';

const SCHEMAS = ['cluster', 'plan', 'status'];

/** Prints a JSON Schema of the package. */
export function runSchema({ operands, terminal }: CommandCall): ExitCode {
  const [name = 'cluster'] = operands;
  if (!SCHEMAS.includes(name)) {
    const near = suggester()(name, SCHEMAS);
    throw usageFailure(
      `there is no schema "${name}"; there are ${SCHEMAS.join(', ')}`,
      near === null ? undefined : `did you mean "${near}"?`,
    );
  }
  terminal.out(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8'));
  return EXIT.ok;
}
