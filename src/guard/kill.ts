/** Ends members by their kill paths, and proves it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unreachable } from '../base/invariant.js';
import type { Agent } from '../agents/agent.js';
import { endKept } from '../agents/kept-end.js';
import type { KeptRecord } from '../agents/kept-record.js';
import { KeptRecords } from '../agents/kept-record.js';
import { findKeptProcesses, keptMark } from '../agents/kept-search.js';
import { noopAgent } from '../agents/noop-agent.js';
import { isAlive, readBootId, sendSignal } from '../agents/process-table.js';
import { systemdAgent } from '../agents/systemd-agent.js';
import { vipAgent } from '../agents/vip-agent.js';
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { GuardedLease, GuardedMember } from '../model/guard-orders.js';
import { limits } from '../model/limits.js';
import type { Outcome } from '../model/operation.js';
import type { Log } from '../ports/log.js';

/** What came of ending one member. Shape: `why` is null when it is proved that nothing of it is left. */
export interface MemberEnd {
  readonly resource: string;
  readonly why: string | null;
}

/** How long one try may take; a try that proves nothing is followed by another. Ours: a `systemctl` that is answered at all is answered within this. */
const TRY_MS = 5000;

/** The kill paths of one node. */
export class Killer {
  readonly #folder: string;
  readonly #owner: string;
  readonly #log: Log;
  readonly #bootId = readBootId();
  readonly #units: Agent;
  readonly #addresses: Agent;
  readonly #noops: Agent;

  /** Shape: `owner` is what marks this node's kept processes, as in `kept-owner.ts`; `path` is where programs are looked for. */
  constructor(options: {
    readonly runDir: string;
    readonly owner: string;
    readonly log: Log;
    readonly path?: string;
  }) {
    const search = options.path === undefined ? {} : { path: options.path };
    this.#folder = join(options.runDir, 'kept');
    this.#owner = options.owner;
    this.#log = options.log;
    this.#units = systemdAgent(search);
    this.#addresses = vipAgent({ log: options.log, ...search }).agent;
    this.#noops = noopAgent({ folder: join(options.runDir, 'noop') });
  }

  /**
   * Ends everything of a lease that has a kill path, the last member first; none waits for another to be gone.
   *
   * Never rejects.
   */
  async endAll(lease: GuardedLease): Promise<MemberEnd[]> {
    const members = [...lease.members].reverse();
    // The kernel ends a process group in an instant; the search that proves it takes longer, so all get the blow first.
    for (const member of members) if (member.path.kind === 'process') this.#strike(member.resource);
    const ends: MemberEnd[] = [];
    const waiting = members[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (const member of waiting) ends.push({ resource: member.resource, why: await this.#end(member) });
    };
    await Promise.all(Array.from({ length: limits.guardKillsAtOnceMax }, work));
    return ends;
  }

  async #end(member: GuardedMember): Promise<string | null> {
    try {
      return whyNot(await this.#outcome(member));
    } catch (error) {
      // A full process table, a missing program: it is tried again.
      return error instanceof Error ? error.message : String(error);
    }
  }

  #outcome({ resource, path }: GuardedMember): Promise<Outcome> {
    switch (path.kind) {
      case 'process':
        return this.#endProcess(resource);
      case 'unit':
        return this.#kill(this.#units, { resource, type: path.type, params: {} });
      case 'address':
        return this.#kill(this.#addresses, { resource, type: 'builtin:vip', params: path.params });
      case 'noop':
        return this.#kill(this.#noops, { resource, type: 'builtin:noop', params: {} });
      default:
        return unreachable(path);
    }
  }

  /** Only a leader with the very start time that was written down is struck: then the group of its number is its own. */
  #strike(resource: string): void {
    const leader = this.#record(resource)?.leader ?? null;
    if (leader !== null && isAlive(leader)) sendSignal(-leader.pid, 'SIGKILL');
  }

  async #endProcess(resource: string): Promise<Outcome> {
    const mark = keptMark(this.#owner, resource);
    const untilMs = performance.now() + TRY_MS;
    const end = await endKept({
      find: () => findKeptProcesses(this.#record(resource), mark),
      signal: 'SIGKILL',
      killAfterMs: 0,
      leftMs: () => untilMs - performance.now(),
      cancel: new AbortController().signal,
    });
    if (end.kind === 'gone') return { kind: 'done' };
    const rows = end.kind === 'doubtful' ? end.found.doubtful : end.found.all;
    const pids = rows.map(({ pid }) => pid).join(', ');
    return end.kind === 'doubtful'
      ? { kind: 'unknown', reason: `process ${pids} may be what is left of it and cannot be told apart from another` }
      : { kind: 'timeout', reason: `process ${pids} does not end although it was killed` };
  }

  #record(resource: string): KeptRecord | null {
    // The folder is not made again where it is gone: what it was about is then found by its mark.
    if (!existsSync(this.#folder)) return null;
    const record = new KeptRecords(this.#folder).read(resource);
    return record?.bootId === this.#bootId ? record : null;
  }

  #kill(
    agent: Agent,
    of: { readonly resource: string; readonly type: string; readonly params: ResourceSpec['params'] },
  ): Promise<Outcome> {
    const untilMs = performance.now() + TRY_MS;
    return agent.kill({
      operation: {
        id: `guard-${of.resource}`,
        action: 'kill',
        resource: resourceOf(of),
        node: '',
        timeoutMs: TRY_MS,
        intervalMs: 0,
        depth: 0,
        epoch: 0,
      },
      leftMs: () => untilMs - performance.now(),
      signal: AbortSignal.timeout(TRY_MS),
      log: this.#log,
    });
  }
}

/** A resource as a kill path needs it; the rest of it is the spec's, which the guard does not know. */
function resourceOf(of: {
  readonly resource: string;
  readonly type: string;
  readonly params: ResourceSpec['params'];
}): ResourceSpec {
  return {
    id: of.resource,
    group: of.resource,
    type: of.type,
    params: of.params,
    monitors: [],
    timeouts: { startMs: TRY_MS, stopMs: TRY_MS, monitorMs: TRY_MS },
    onFail: { monitor: 'ignore', start: 'ignore', stop: 'block' },
    exclusive: 'lease',
    place: { file: '', line: 0, column: 0 },
  };
}

function whyNot(outcome: Outcome): string | null {
  if (outcome.kind === 'done' || outcome.kind === 'stopped') return null;
  return 'reason' in outcome ? outcome.reason : `its agent answered "${outcome.kind}"`;
}
