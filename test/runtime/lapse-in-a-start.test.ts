/** A lapse that comes in the midst of a start: the mind, the driver and a real agent. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { listProcesses } from '../../src/agents/process-table.js';
import { Driver } from '../../src/runtime/driver.js';
import { freshFolder, writeScript } from '../agents/harness/folder.js';
import { rememberingLog } from '../agents/harness/operation.js';
import { until } from '../agents/harness/until.js';
import { World } from './driver-ports.js';
import { mindIn } from './running-driver.js';

it('S3 the lease is released only when nothing of the start that it cancelled is left', async () => {
  const folder = freshFolder();
  const begun = join(folder.path, 'begun');
  // It tidies up on TERM and goes on, as scripts do whose trap does not exit.
  writeScript(
    join(folder.path, 'resource.d/test/thing'),
    `#!/bin/bash\n[ $1 = monitor ] && exit 7\n[ $1 = start ] || exit 0\ntrap : TERM\necho $$ > ${begun}\nsleep 30; sleep 30\n`,
  );
  const log = rememberingLog();
  const agents = createAgentRunner({ node: 'n1', stateDir: join(folder.path, 'run'), log, ocfRoot: folder.path });
  const world = new World();
  const mind = mindIn(world, {
    nodes: { n1: {} },
    groups: { web: {} },
    resources: { web: { type: 'ocf:test:thing', timeouts: { startMs: 20_000, stopMs: 20_000, monitorMs: 20_000 } } },
  });
  let leader = 0;
  let leftAtRelease: Promise<number> | null = null;
  const event = (_level: string, sentence: string): void => {
    if (!sentence.includes('it is released')) return;
    leftAtRelease ??= listProcesses(({ session }) => session === leader).then((rows) => rows.length);
  };
  const driver = new Driver(
    mind,
    { ...world.ports, agents, log: { event } },
    { onLeft: () => undefined, onBroken: (error) => expect.unreachable(String(error)) },
  );
  driver.start();
  leader = await until('the start has begun', () => existsSync(begun) && Number(readFileSync(begun, 'utf8')));
  // The daemon stands still for longer than its lease.
  world.turn(60_000);
  expect(await until('the lease is released', () => leftAtRelease?.then(String))).toBe('0');
  driver.stop();
  agents.close();
  folder.remove();
});
