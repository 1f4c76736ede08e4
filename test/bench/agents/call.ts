/** What a call of an agent takes beyond its script. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgentRunner } from '../../../src/agents/agent-runner.js';
import type { AgentRunner } from '../../../src/ports/agent-runner.js';
import { operation, rememberingLog, resource } from '../../agents/harness/operation.js';

/** Shape: milliseconds, one number for each call. */
export interface CallFigures {
  readonly bare: readonly number[];
  readonly call: readonly number[];
}

const BATCHES = 20;
const CALLS_PER_BATCH = 15;

/** Runs the monitor of Debian's Dummy by the runner and by a shell, in turns, so that both have the same machine. */
export async function measureCalls(): Promise<CallFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const state = join(folder, 'state');
  writeFileSync(state, '');
  const runner = createAgentRunner({ node: 'n1', stateDir: join(folder, 'run'), log: rememberingLog() });
  try {
    const bare: number[] = [];
    const call: number[] = [];
    // The first batch warms both up.
    for (let batch = 0; batch <= BATCHES; batch += 1) {
      const [ofShell, ofRunner] = [runBare(state), await runCalls(runner, state)];
      if (batch === 0) continue;
      bare.push(...ofShell);
      call.push(...ofRunner);
    }
    return { bare, call };
  } finally {
    runner.close();
    rmSync(folder, { recursive: true });
  }
}

async function runCalls(runner: AgentRunner, state: string): Promise<number[]> {
  const dummy = resource('ocf:heartbeat:Dummy', { state });
  const took: number[] = [];
  for (let index = 0; index < CALLS_PER_BATCH; index += 1) {
    const fromMs = performance.now();
    const outcome = await runner.run(operation('monitor', dummy));
    took.push(performance.now() - fromMs);
    if (outcome.kind !== 'running') throw new Error(`the monitor of Dummy says ${JSON.stringify(outcome)}`);
  }
  return took;
}

/** A shell stands for whoever starts a program with as little as possible. */
function runBare(state: string): number[] {
  const script = `for i in $(seq ${CALLS_PER_BATCH}); do a=\${EPOCHREALTIME/[.,]/}
/usr/lib/ocf/resource.d/heartbeat/Dummy monitor > /dev/null 2>&1 < /dev/null || exit
b=\${EPOCHREALTIME/[.,]/}; echo $((b - a)); done`;
  const { status, stdout } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C',
      OCF_ROOT: '/usr/lib/ocf',
      OCF_RESOURCE_INSTANCE: 'web',
      OCF_RESOURCE_TYPE: 'Dummy',
      OCF_RESOURCE_PROVIDER: 'heartbeat',
      OCF_RESKEY_state: state,
      OCF_RESKEY_CRM_meta_interval: '10000',
    },
  });
  if (status !== 0) throw new Error('the monitor of Dummy failed when it was run by a shell');
  return stdout
    .trim()
    .split('\n')
    .map((microseconds) => Number(microseconds) / 1000);
}
