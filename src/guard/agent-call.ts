/** How the guard calls an agent: with what its orders say of a resource, since it knows no spec. */
import type { AgentCall } from '../agents/agent.js';
import type { CallNote } from '../agents/call-records.js';
import { messageOf } from '../base/error-message.js';
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { Operation, Outcome } from '../model/operation.js';
import type { Log } from '../ports/log.js';

/** What came of ending one member. Shape: `why` is null when it is proved that nothing of it is left; `wasThere` is false when it is known that there was nothing of it. */
export interface MemberEnd {
  readonly resource: string;
  readonly why: string | null;
  readonly wasThere: boolean;
}

/** What is called, for whom, and for how long at most. */
export interface CallOptions {
  readonly action: Operation['action'];
  readonly resource: string;
  readonly type: string;
  readonly params: ResourceSpec['params'];
  readonly node: string;
  readonly epoch: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Asked right before its program is run. */
  readonly isPermitted?: () => boolean;
  readonly log: Log;
}

/** A call of an agent, whose time begins now. Shape: `noteFor` makes the note of its programs, where they are noted. */
export function callOf(options: CallOptions, noteFor: (operation: Operation) => CallNote | null = noNote): AgentCall {
  const { action, resource, node, epoch, timeoutMs, isPermitted, log } = options;
  const untilMs = performance.now() + timeoutMs;
  const operation: Operation = {
    id: `guard-${resource}`,
    action,
    resource: resourceOf(options),
    node,
    timeoutMs,
    intervalMs: 0,
    depth: 0,
    epoch,
  };
  return {
    operation,
    leftMs: () => untilMs - performance.now(),
    signal: options.signal ?? AbortSignal.timeout(timeoutMs),
    ...(isPermitted === undefined ? {} : { isPermitted }),
    note: noteFor(operation),
    log,
  };
}

/** What came of ending a resource, from its agent's answer. */
export function endOf(resource: string, outcome: Outcome): MemberEnd {
  return { resource, why: whyNot(outcome), wasThere: true };
}

/** What came of a call that broke off: a full process table, a missing program. It is tried again. */
export function brokenEnd(resource: string, error: unknown): MemberEnd {
  return { resource, why: messageOf(error), wasThere: true };
}

const noNote = (): null => null;

/** The rest of a resource is the spec's, which the guard does not know. */
function resourceOf({ resource, type, params, timeoutMs }: CallOptions): ResourceSpec {
  return {
    id: resource,
    group: resource,
    type,
    params,
    monitors: [],
    checks: [],
    timeouts: { startMs: timeoutMs, stopMs: timeoutMs, monitorMs: timeoutMs },
    onFail: { monitor: 'ignore', start: 'ignore', stop: 'block' },
    exclusive: 'lease',
    place: { file: '', line: 0, column: 0 },
  };
}

function whyNot(outcome: Outcome): string | null {
  if (outcome.kind === 'done' || outcome.kind === 'stopped') return null;
  return 'reason' in outcome ? outcome.reason : `its agent answered "${outcome.kind}"`;
}
