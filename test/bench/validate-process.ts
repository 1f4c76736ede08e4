/** How long `fairlead validate` takes as a process, from its start to its end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterSpec } from '../e2e/harness/cluster-spec.js';
import { runCommand } from '../e2e/harness/command.js';
import { CLI } from '../e2e/stories/daemons.js';

/** Validates a small spec `rounds` times. Shape: milliseconds. Errors: throws when the spec is not valid. */
export async function measureValidate(rounds: number): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  try {
    const path = join(folder, 'cluster.yaml');
    const nodes = [1, 2, 3].map((number) => ({ name: `lb${number}`, addresses: [`10.77.0.1${number}`] }));
    writeFileSync(path, clusterSpec({ form: 'builtin', nodes }));
    const tookMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const fromMs = performance.now();
      const { code, stdout, stderr } = await runCommand([process.execPath, CLI, 'validate', path], {
        timeoutMs: 60_000,
      });
      tookMs.push(performance.now() - fromMs);
      if (code !== 0) {
        throw new Error(`the bench's own spec does not validate:\n${stdout}${stderr}`);
      }
    }
    return tookMs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
