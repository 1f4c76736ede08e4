import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStatus } from '../../src/control/client.js';

test('a file that is no socket is not taken for a daemon that has ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-no-socket-'));
  try {
    const path = join(folder, 'edge.yaml');
    writeFileSync(path, 'apiVersion: fairlead/v1\n');
    await expect(readStatus(path)).rejects.toMatchObject({
      message: `the daemon cannot be reached on "${path}": it is no socket`,
      help: 'give the socket of a daemon with --socket',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
