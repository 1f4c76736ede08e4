/** What `doctor` finds out of what is no matter of a cloud: keys, agents of resources, fence devices. Changes nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgentRunner } from '../agents/agent-runner.js';
import type { Examined } from '../agents/aws/examined.js';
import { runOcfByHand } from '../agents/ocf-by-hand.js';
import { exitWords } from '../agents/ocf-exit-code.js';
import { CANCELLED, outcomeOfBrokenRun, reasonOf } from '../agents/outcome.js';
import { findVipPlace } from '../agents/vip-agent.js';
import { readKeys, readSecret } from '../host/keys.js';
import type { ClusterSpec, FenceDeviceSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { Operation, Outcome } from '../model/operation.js';
import type { AgentRunner } from '../ports/agent-runner.js';

/** Exit codes of `validate-all` that say nothing against the parameters. Source: OCF resource agent API 1.1, codes 0 and 3 (not implemented). */
const NOT_AGAINST = [0, 3];

/** Whether this machine has the keys of the cluster. */
export function examineKeys({ heartbeat }: ClusterSpec): Examined {
  const read = readKeys(heartbeat.keys);
  if (read.kind === 'unreadable') return { what: 'keys', state: 'missing', sentence: read.why };
  const sentence = read.warnings.length > 0 ? read.warnings.join('; ') : 'they can be read';
  return { what: 'keys', state: 'ok', sentence };
}

/** Asks agents beside the daemon, with a run directory of their own. */
export async function withAgents<T>(node: string, ask: (examiner: NodeExaminer) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-doctor-'));
  const log = { event: () => undefined };
  const runner = createAgentRunner({ node, stateDir: folder, log, readSecret });
  try {
    return await ask(new NodeExaminer(node, runner, join(folder, 'control.sock')));
  } finally {
    runner.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Examines what the agents of one node can. */
export class NodeExaminer {
  constructor(
    private readonly node: string,
    private readonly runner: AgentRunner,
    /** A socket at which nobody answers: what is examined here is not to write attributes. */
    private readonly socketPath: string,
  ) {}

  /**
   * Looks how a resource is, which its agent can only say where it has what it needs; agents of OCF judge their parameters as well.
   *
   * Shape: `disk` is a member of the same group that is started before and brings files along, null for none.
   */
  async resource(resource: ResourceSpec, disk: string | null): Promise<Examined[]> {
    if (resource.type === 'script' && resource.params.run !== undefined)
      return [
        { what: 'monitor', state: 'untried', sentence: 'a process that is kept can be tried by its start alone' },
      ];
    const operation = this.#lookOf(resource);
    const found = ofLook(await this.runner.run(operation));
    if (resource.type === 'builtin:vip') return [found, await this.#placeOf(resource)];
    return resource.type.startsWith('ocf:') ? [found, ...(await this.#validateAll(operation, disk))] : [found];
  }

  /** Asks whether a device answers. */
  async device(device: FenceDeviceSpec): Promise<Examined> {
    const [target = this.node] = device.nodes.filter((each) => each !== this.node);
    const request = { id: 'doctor', device, node: target, action: 'monitor', timeoutMs: device.timeoutMs } as const;
    const outcome = await this.runner.fence(request);
    if (outcome.kind === 'succeeded')
      return { what: 'monitor', state: 'ok', sentence: `it answers, asked of ${target}` };
    return { what: 'monitor', state: 'missing', sentence: outcome.reason };
  }

  /** Whether an address that is not here yet could come. */
  async #placeOf(resource: ResourceSpec): Promise<Examined> {
    const untilMs = performance.now() + resource.timeouts.monitorMs;
    const found = await findVipPlace(resource, {
      path: undefined,
      leftMs: () => untilMs - performance.now(),
      signal: new AbortController().signal,
      log: { event: () => undefined },
    });
    const what = 'interface';
    if (found.kind === 'place') return { what, state: 'ok', sentence: `it belongs on ${found.interfaceName}` };
    const { outcome } = found;
    return { what, state: outcome.kind === 'failed' ? 'missing' : 'unknown', sentence: reasonOf(outcome) };
  }

  async #validateAll(operation: Operation, disk: string | null): Promise<Examined[]> {
    const shims = { socketPath: this.socketPath };
    const end = await runOcfByHand({ operation, action: 'validate-all', meta: {}, traceFile: null, shims });
    if (end === null) return [];
    const what = 'validate-all';
    if (end.kind !== 'exited') {
      const broken = outcomeOfBrokenRun(end, `${operation.resource.type} ${what}`) ?? CANCELLED;
      return [{ what, state: 'unknown', sentence: reasonOf(broken) }];
    }
    if (NOT_AGAINST.includes(end.code))
      return [{ what, state: 'ok', sentence: 'nothing is said against the parameters' }];
    if (disk === null) return [{ what, state: 'missing', sentence: exitWords(end) }];
    return [
      { what, state: 'untried', sentence: `${exitWords(end)}; that may be on "${disk}", which is started before` },
    ];
  }

  /** A look outside of any interval, which agents of OCF take for a probe, and which the others answer with what is not there. */
  #lookOf(resource: ResourceSpec): Operation {
    const timeoutMs = resource.timeouts.monitorMs;
    return { id: 'doctor', action: 'monitor', resource, node: this.node, timeoutMs, intervalMs: 0, depth: 0, epoch: 0 };
  }
}

function ofLook(outcome: Outcome): Examined {
  const what = 'monitor';
  switch (outcome.kind) {
    case 'running':
    case 'stopped':
    case 'done':
      return { what, state: 'ok', sentence: outcome.kind === 'running' ? 'it runs here' : 'it does not run here' };
    case 'failed':
      return { what, state: 'missing', sentence: outcome.reason };
    case 'timeout':
    case 'unknown':
      return { what, state: 'unknown', sentence: outcome.reason };
  }
}
