/** A cluster of three shipped minds, of which n1 answers on a real control socket. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlHandlers } from '../../src/control/handlers.js';
import { serveControl } from '../../src/control/server.js';
import { takeControlSocket } from '../../src/control/take-socket.js';
import { controlHandlers } from '../../src/daemon/control-handlers.js';
import { FenceHistory } from '../../src/daemon/fence-history.js';
import { systemClock } from '../../src/host/system-clock.js';
import { watchSpec } from '../../src/host/spec-watch.js';
import { FuzzCluster } from '../fuzz/fuzz-cluster.js';
import { specYaml } from '../fuzz/cluster-yaml.js';
import { KEYS } from '../fuzz/feed-without-key.js';

const log = { event: (): void => undefined };

/** Such a cluster after it came to rest, in a folder. */
export async function clusterSocket(folder: string): Promise<{
  readonly path: string;
  /** What n1 knows of attributes. */
  readonly attributes: ControlHandlers['attributes'];
  readonly close: () => Promise<void>;
}> {
  mkdirSync(folder, { recursive: true });
  const specPath = join(folder, 'cluster.yaml');
  writeFileSync(specPath, specYaml());
  const cluster = new FuzzCluster({ keys: [KEYS.first], seed: 1 });
  cluster.run(4000);
  const watch = await watchSpec({ path: specPath, log, onSighting: () => undefined });
  const socket = await takeControlSocket(join(folder, 'control.sock'));
  const store = { read: () => null, write: () => undefined, remove: () => undefined };
  const handlers = controlHandlers({
    driver: cluster.node('n1').driver,
    time: () => cluster.stepTime(),
    watch,
    specPath,
    transport: null,
    fences: new FenceHistory({ node: 'n1', store, clock: systemClock(), log }),
    leave: () => cluster.node('n1').driver.put({ kind: 'leave' }),
    detach: async () => ({ ok: false, why: 'no guard stands by' }),
  });
  serveControl({ socket, log, handlers });
  return {
    path: socket.path,
    attributes: handlers.attributes,
    close: async () => {
      await socket.close();
      await watch.close();
    },
  };
}
