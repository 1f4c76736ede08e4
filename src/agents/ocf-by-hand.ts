/** Any action of an OCF agent, asked for by a person: also those that the daemon does not ask for. */
import { existsSync } from 'node:fs';
import type { Operation } from '../model/operation.js';
import { baseEnvironment, operationEnvironment } from './environment.js';
import { OCF_ROOT, ocfEnvironment, ocfScriptPath } from './ocf-agent.js';
import type { ProcessEnd } from './process-run.js';
import { runProcess } from './process-run.js';
import type { ShimOptions } from './shim-environment.js';
import { shimEnvironment } from './shim-environment.js';

/** What to ask of an agent. */
export interface OcfByHand {
  /** The resource, the node and the time; its own action says nothing. */
  readonly operation: Operation;
  /** Any word that the agent knows, such as `promote` or `validate-all`; `probe` is a monitor with interval 0. */
  readonly action: string;
  /** Further variables `OCF_RESKEY_CRM_meta_NAME`, such as those of a notification. */
  readonly meta: Readonly<Record<string, string>>;
  /** A file that gets every line that the script's shell carries out. */
  readonly traceFile: string | null;
  readonly shims: ShimOptions;
  readonly ocfRoot?: string;
}

/** Runs it. Shape: null when there is no such agent here. */
export async function runOcfByHand(asked: OcfByHand): Promise<ProcessEnd | null> {
  const { operation, action, meta, traceFile } = asked;
  const ocfRoot = asked.ocfRoot ?? OCF_ROOT;
  const script = ocfScriptPath(ocfRoot, operation.resource.type);
  if (script === null || !existsSync(script)) return null;
  const named = Object.entries(meta).map(([name, value]) => [`OCF_RESKEY_CRM_meta_${name}`, value] as const);
  return runProcess({
    argv: [script, action === 'probe' ? 'monitor' : action],
    environment: {
      ...baseEnvironment(),
      ...shimEnvironment(asked.shims),
      ...operationEnvironment(operation),
      FAIRLEAD_ACTION: action,
      ...ocfEnvironment({ ocfRoot, operation, action, timeoutMs: operation.timeoutMs }),
      ...Object.fromEntries(named),
      // Source: ocf_start_trace in the shell library of resource-agents.
      ...(traceFile === null ? {} : { OCF_TRACE_RA: '1', OCF_TRACE_FILE: traceFile }),
    },
    timeoutMs: operation.timeoutMs,
  });
}
