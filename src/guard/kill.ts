/** Ends members by their kill paths, and proves it. */
import { join } from 'node:path';
import { messageOf } from '../base/error-message.js';
import { unreachable } from '../base/invariant.js';
import type { Agent } from '../agents/agent.js';
import { isThere } from '../agents/is-there.js';
import { describeDoubt, endKept } from '../agents/kept-end.js';
import type { KeptRecord } from '../agents/kept-record.js';
import { KeptRecords } from '../agents/kept-record.js';
import { findKeptProcesses, keptMark } from '../agents/kept-search.js';
import { noopAgent } from '../agents/noop-agent.js';
import { isAlive, readBootId, sendSignal } from '../agents/process-table.js';
import { systemdAgent } from '../agents/systemd-agent.js';
import { vipAgent } from '../agents/vip-agent.js';
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { GuardedLease, GuardedMember } from '../model/guard-orders.js';
import type { KillPath } from '../model/kill-path.js';
import { limits } from '../model/limits.js';
import type { Log } from '../ports/log.js';
import type { MemberEnd } from './agent-call.js';
import { brokenEnd, callOf, endOf } from './agent-call.js';
import { LeftStarts } from './left-starts.js';

/** How long one try may take; a try that proves nothing is followed by another. Ours: a `systemctl` that is answered at all is answered within this. */
const TRY_MS = 5000;

/** A start that was left under way is killed at once, and waited for no longer than this: what it is about is taken away in any case. Ours: a killed process is gone within milliseconds. */
const LEFT_CALL = { graceMs: 0, waitMs: 50 };

/** The kill paths of one node. */
export class Killer {
  readonly #folder: string;
  #records: KeptRecords | null = null;
  readonly #owner: string;
  readonly #starts: LeftStarts;
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
    this.#starts = new LeftStarts(options);
    this.#log = options.log;
    this.#units = systemdAgent(search);
    this.#addresses = vipAgent({ log: options.log, ...search }).agent;
    this.#noops = noopAgent({ folder: join(options.runDir, 'noop') });
  }

  /** Reads what is written down of the processes that may have to be ended, for when the run directory is gone by then. */
  know(leases: readonly GuardedLease[]): void {
    const kept = new Set<string>();
    for (const { members } of leases) {
      for (const { resource, path } of members) if (path.kind === 'process') kept.add(resource);
    }
    for (const resource of kept) this.#learn(resource);
    this.#records?.rememberOnly(kept);
  }

  /**
   * Ends members by their kill paths, in their order here; none waits for another to be gone. A start or reload that the daemon left under way is ended before: it would bring up again what was taken away.
   *
   * Shape: `isLate` when the deadline is long over: then there is time to look first, and most likely nothing to end. Never rejects.
   */
  async endAll(members: readonly GuardedMember[], options: { readonly isLate: boolean }): Promise<MemberEnd[]> {
    // The kernel ends a process group in an instant; the search that proves it takes longer, so all get the blow first.
    const struck = new Set(members.filter((member) => this.#strike(member)).map(({ resource }) => resource));
    const ends: MemberEnd[] = [];
    const waiting = members[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (const member of waiting) {
        const end = await this.#end(member, options);
        ends.push({ ...end, wasThere: end.wasThere || struck.has(member.resource) });
      }
    };
    await Promise.all(Array.from({ length: limits.guardKillsAtOnceMax }, work));
    return ends;
  }

  async #end({ resource, path }: GuardedMember, options: { readonly isLate: boolean }): Promise<MemberEnd> {
    try {
      if (path.kind === 'process') return await this.#endProcess(resource);
      const [agent, of] = this.#agentFor(path);
      const log = this.#log;
      const call = callOf({ action: 'kill', resource, ...of, node: '', epoch: 0, timeoutMs: TRY_MS, log });
      const notOver = await this.#starts.end({ action: 'kill', resource }, LEFT_CALL).catch(messageOf);
      if (options.isLate && notOver === null && (await agent.probe(call)).kind === 'stopped') {
        return { resource, why: null, wasThere: false };
      }
      const end = endOf(resource, await agent.kill(call));
      return { ...end, why: end.why ?? notOver };
    } catch (error) {
      return brokenEnd(resource, error);
    }
  }

  #agentFor(
    path: Exclude<KillPath, { readonly kind: 'process' }>,
  ): readonly [agent: Agent, of: Pick<ResourceSpec, 'type' | 'params'>] {
    switch (path.kind) {
      case 'unit':
        return [this.#units, { type: path.type, params: {} }];
      case 'address':
        return [this.#addresses, { type: 'builtin:vip', params: path.params }];
      case 'noop':
        return [this.#noops, { type: 'builtin:noop', params: {} }];
      default:
        return unreachable(path);
    }
  }

  /** Only a leader with the very start time that was written down is struck: then the group of its number is its own. */
  #strike({ resource, path }: GuardedMember): boolean {
    try {
      const leader = path.kind === 'process' ? (this.#record(resource)?.leader ?? null) : null;
      return leader !== null && isAlive(leader) && sendSignal(-leader.pid, 'SIGKILL');
    } catch {
      return false; // It cannot be told now; the search that follows says so.
    }
  }

  async #endProcess(resource: string): Promise<MemberEnd> {
    const mark = keptMark(this.#owner, resource);
    const untilMs = performance.now() + TRY_MS;
    let wasThere = false;
    const end = await endKept({
      find: async (earlier) => {
        const found = await findKeptProcesses(this.#record(resource), mark, earlier);
        wasThere ||= found.all.length > 0;
        return found;
      },
      signal: 'SIGKILL',
      killAfterMs: 0,
      leftMs: () => untilMs - performance.now(),
      cancel: new AbortController().signal,
    });
    if (end.kind === 'gone') return { resource, why: null, wasThere };
    const pids = (end.kind === 'doubtful' ? end.found.doubtful : end.found.all).map(({ pid }) => pid);
    const why =
      end.kind === 'doubtful'
        ? describeDoubt(resource, pids)
        : `process ${pids.join(', ')} does not end although it was killed`;
    return { resource, why, wasThere: true };
  }

  #learn(resource: string): void {
    try {
      this.#record(resource);
    } catch {
      // The next look may read it; a kill that cannot says so.
    }
  }

  #record(resource: string): KeptRecord | null {
    // The folder is the daemon's to make, and is not made again where it is gone.
    if (this.#records === null && isThere(this.#folder)) this.#records = new KeptRecords(this.#folder);
    const record = this.#records?.read(resource) ?? null;
    return record?.bootId === this.#bootId ? record : null;
  }
}
