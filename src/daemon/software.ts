import { readFileSync } from 'node:fs';

/** Name and version of this program, as status and records carry it. */
export const software = `fairlead ${readVersion()}`;

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('package.json of fairlead has no version; install the package again');
}
