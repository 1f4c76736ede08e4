/**
 * OCF agents: the scripts under `resource.d`, run as they are.
 *
 * Source: OCF resource agent API 1.0 and 1.1; the CRM_meta variables as Pacemaker 2.1 sets them, which scripts read to tell a probe from a monitor.
 */
import { join } from 'node:path';
import type { AgentMetadata } from '../model/agent-catalogue.js';
import type { ParameterValue } from '../model/cluster-spec.js';
import { killPathOf } from '../model/kill-path.js';
import type { Operation, OperationAction, Outcome } from '../model/operation.js';
import { isReloadable, reloadActionOf } from '../model/reload-action.js';
import type { Agent, AgentCall } from './agent.js';
import { baseEnvironment, operationEnvironment } from './environment.js';
import { isThere } from './is-there.js';
import { degradedReason, EXIT_REASON_PREFIX, outcomeOfExit } from './ocf-exit-code.js';
import { DONE, failed, outcomeOfBrokenRun, STOPPED } from './outcome.js';
import { proveStopped } from './proof.js';
import { runProcess } from './process-run.js';
import type { ShimOptions } from './shim-environment.js';
import { shimEnvironment } from './shim-environment.js';

/** Where the scripts stand unless told otherwise. */
export const OCF_ROOT = '/usr/lib/ocf';

/** Name of an agent: what follows `ocf:`. Nothing in it can lead out of its folder. */
const OCF_TYPE = /^ocf:([A-Za-z0-9_][\w.-]*):([A-Za-z0-9_][\w.-]*)$/;

/** Names that may stand in an environment; another one would be lost or mistaken for something else. */
const PARAMETER_NAME = /^[A-Za-z_][\w-]*$/;

/** Where agents and what they call are found. Shape: `addresses` takes away what those agents have added that only add an address; without it they have no kill. `readMetadata` reads what an agent declares, null where it is not here; without it nothing is reloaded. */
export interface OcfAgentOptions {
  readonly ocfRoot: string;
  readonly path?: string;
  readonly addresses?: Pick<Agent, 'kill'>;
  readonly shims?: ShimOptions;
  readonly readMetadata?: (type: string) => Promise<AgentMetadata | null>;
}

/** Makes the agent for every `ocf:` type. */
export function ocfAgent(options: OcfAgentOptions): Agent {
  const run = (call: AgentCall, action: OperationAction): Promise<Outcome> => runScript(options, call, { action });
  const metadataOf = async (type: string): Promise<AgentMetadata | null> =>
    (await options.readMetadata?.(type)) ?? null;
  return {
    probe: (call) => run(call, 'probe'),
    monitor: (call) => run(call, 'monitor'),
    start: (call) => run(call, 'start'),
    reload: async (call) => {
      const { type } = call.operation.resource;
      const metadata = await metadataOf(type);
      const word = metadata === null ? null : reloadActionOf(metadata);
      if (word === null) return failed('fatal', `"${type}" declares no action by which it is reloaded`);
      return runScript(options, call, { action: 'reload', word });
    },
    canReload: async (change) => {
      const metadata = await metadataOf(change.to.type);
      return metadata !== null && isReloadable(metadata, change);
    },
    stop: async (call) => {
      const said = await run(call, 'stop');
      return said.kind === 'done' ? proveStopped(call, () => run(call, 'probe')) : said;
    },
    kill: async (call) => {
      const { operation } = call;
      const path = killPathOf(operation.resource);
      if (path?.kind === 'address' && options.addresses !== undefined) {
        const resource = { ...operation.resource, type: 'builtin:vip', params: path.params };
        return options.addresses.kill({ ...call, operation: { ...operation, resource } });
      }
      const found = await run(call, 'probe');
      return found.kind === 'stopped' ? DONE : failed('fatal', noKillPath(call.operation.resource.type));
    },
  };
}

/** Says that only the agent itself can stop a resource. */
export function noKillPath(type: string): string {
  return `"${type}" has no way to be ended but its own stop; a watchdog or fencing must stand behind it`;
}

/** The path of an agent's script; null for a type that is not of the form `ocf:PROVIDER:NAME`. */
export function ocfScriptPath(ocfRoot: string, type: string): string | null {
  const match = OCF_TYPE.exec(type);
  return match === null ? null : join(ocfRoot, 'resource.d', match[1] ?? '', match[2] ?? '');
}

/** Runs the script. Shape: `word` is what the script is asked to do where that is not the action's own name. */
async function runScript(
  options: OcfAgentOptions,
  call: AgentCall,
  asked: { readonly action: OperationAction; readonly word?: string },
): Promise<Outcome> {
  const { action } = asked;
  const word = asked.word ?? (action === 'probe' ? 'monitor' : action);
  const { resource } = call.operation;
  const script = ocfScriptPath(options.ocfRoot, resource.type);
  if (script === null) {
    return failed('fatal', `"${resource.type}" is not of the form ocf:PROVIDER:NAME`);
  }
  const wrongName = Object.keys(resource.params).find((name) => !PARAMETER_NAME.test(name));
  if (wrongName !== undefined) {
    return failed('fatal', `"${wrongName}" cannot be the name of a parameter of an OCF agent`);
  }
  if (!isThere(script)) {
    return action === 'probe' ? STOPPED : failed('node', `"${script}" is not installed on this node`);
  }
  const end = await runProcess({
    argv: [script, word],
    environment: {
      ...baseEnvironment(options.path),
      ...shimEnvironment(options.shims ?? {}, options.path),
      ...operationEnvironment(call.operation),
      ...ocfEnvironment({
        ocfRoot: options.ocfRoot,
        operation: call.operation,
        action: asked.word ?? action,
        timeoutMs: call.leftMs(),
      }),
    },
    timeoutMs: call.leftMs(),
    signal: call.signal,
    isPermitted: call.isPermitted,
    note: call.note,
  });
  if (end.kind !== 'exited') {
    return outcomeOfBrokenRun(end, `${resource.type} ${asked.word ?? action}`) ?? DONE;
  }
  const degraded = action === 'monitor' || action === 'probe' ? degradedReason(end) : null;
  if (degraded !== null) {
    call.log.event('warn', `${resource.id} runs degraded: ${degraded}`, { resource: resource.id });
  }
  return outcomeOfExit(action, end);
}

/** The variables by which an OCF agent learns what to do with what. */
export function ocfEnvironment(options: {
  readonly ocfRoot: string;
  readonly operation: Operation;
  /** The action as the agent is asked for it, or a probe, which is a monitor to it. */
  readonly action: string;
  readonly timeoutMs: number;
}): Record<string, string> {
  const { ocfRoot, operation, action } = options;
  const { resource } = operation;
  const [, provider = '', name = ''] = resource.type.split(':');
  const isMonitor = action === 'monitor';
  const parameters = Object.entries(resource.params).map(
    ([key, value]) => [`OCF_RESKEY_${key}`, textOf(value)] as const,
  );
  return {
    ...Object.fromEntries(parameters),
    OCF_ROOT: ocfRoot,
    OCF_RA_VERSION_MAJOR: '1',
    OCF_RA_VERSION_MINOR: '1',
    OCF_RESOURCE_INSTANCE: resource.id,
    OCF_RESOURCE_TYPE: name,
    OCF_RESOURCE_PROVIDER: provider,
    OCF_EXIT_REASON_PREFIX: EXIT_REASON_PREFIX,
    ...(isMonitor ? { OCF_CHECK_LEVEL: String(operation.depth) } : {}),
    OCF_RESKEY_CRM_meta_name: action === 'probe' ? 'monitor' : action,
    OCF_RESKEY_CRM_meta_interval: String(isMonitor ? intervalMsOf(operation) : 0),
    OCF_RESKEY_CRM_meta_timeout: String(Math.max(0, Math.round(options.timeoutMs))),
    OCF_RESKEY_CRM_meta_on_node: operation.node,
    OCF_RESKEY_CRM_meta_fairlead_epoch: String(operation.epoch),
  };
}

/** Interval of a monitor. Scripts take an interval of 0 for a probe, so a look out of turn passes for the recurring one. */
function intervalMsOf(operation: Operation): number {
  const [first] = operation.resource.monitors;
  return operation.intervalMs > 0 ? operation.intervalMs : (first?.everyMs ?? 10_000);
}

/** A list becomes words with blanks between them, as scripts write lists. */
function textOf(value: ParameterValue): string {
  return typeof value === 'string' ? value : value.join(' ');
}
