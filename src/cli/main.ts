#!/usr/bin/env node
/**
 * The command `fairlead`.
 *
 * Source: exit codes are those of sysexits(3): 64 is wrong usage.
 */
import { readFileSync } from 'node:fs';

/** The version that stands in the package's own package.json. */
function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return String(manifest.version);
  }
  throw new Error('package.json of fairlead has no version; install the package again');
}

const [first] = process.argv.slice(2);
if (first === '--version') {
  process.stdout.write(`${ownVersion()}\n`);
} else {
  process.stderr.write(`fairlead: unknown command "${first ?? ''}"; this build knows only --version\n`);
  process.exitCode = 64;
}
