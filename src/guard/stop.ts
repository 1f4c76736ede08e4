/** Stops by their own agents what has no kill path, as the daemon would: with the same programs, parameters and environment. */
import { messageOf } from '../base/error-message.js';
import type { Agent } from '../agents/agent.js';
import { LSB_FOLDER, lsbAgent } from '../agents/lsb-agent.js';
import { OCF_ROOT, ocfAgent } from '../agents/ocf-agent.js';
import { commandsAgent } from '../agents/script-agent.js';
import type { GuardedStop } from '../model/guard-orders.js';
import type { Log } from '../ports/log.js';
import type { MemberEnd } from './agent-call.js';
import { brokenEnd, callOf, endOf } from './agent-call.js';
import { LeftStarts } from './left-starts.js';

/** The agents' stops of one node. */
export class Stopper {
  readonly #node: string;
  readonly #log: Log;
  readonly #starts: LeftStarts;
  readonly #agents: ReadonlyMap<string, Pick<Agent, 'probe' | 'stop'>>;

  /** Shape: `ocfRoot` and `lsbFolder` are where agents are installed, `path` where programs are looked for; the defaults are the daemon's. */
  constructor(options: {
    readonly runDir: string;
    readonly node: string;
    readonly log: Log;
    readonly ocfRoot?: string;
    readonly lsbFolder?: string;
    readonly path?: string;
  }) {
    const search = options.path === undefined ? {} : { path: options.path };
    this.#node = options.node;
    this.#log = options.log;
    this.#starts = new LeftStarts(options);
    this.#agents = new Map<string, Pick<Agent, 'probe' | 'stop'>>([
      ['ocf', ocfAgent({ ocfRoot: options.ocfRoot ?? OCF_ROOT, ...search })],
      ['lsb', lsbAgent({ folder: options.lsbFolder ?? LSB_FOLDER, ...search })],
      ['script', commandsAgent(search)],
    ]);
  }

  /**
   * Stops one and proves it. A start or reload that the daemon left under way is ended before: it would come to its end afterwards.
   *
   * Shape: `isLate` when the deadline is long over: then it is looked first, and most likely there is nothing to stop. Aborting `signal` ends the agent; `isPermitted` is asked right before its program is run. Never rejects.
   */
  async stop(
    of: GuardedStop,
    how: {
      readonly epoch: number;
      readonly isLate: boolean;
      readonly signal: AbortSignal;
      readonly isPermitted: () => boolean;
    },
  ): Promise<MemberEnd> {
    const { resource, type, params, timeoutMs } = of;
    const [kind = ''] = type.split(':');
    const agent = this.#agents.get(kind);
    if (agent === undefined) return { resource, why: `the guard has no agent for "${type}"`, wasThere: true };
    const { epoch, signal, isPermitted } = how;
    const called = { resource, type, params, node: this.#node, epoch, timeoutMs, signal, log: this.#log };
    try {
      const notOver = await this.#starts.end({ action: 'stop', resource }).catch(messageOf);
      const isDown = async (): Promise<boolean> =>
        (await agent.probe(callOf({ ...called, action: 'probe' }))).kind === 'stopped';
      if (how.isLate && (await isDown())) return { resource, why: notOver, wasThere: notOver !== null };
      const call = callOf({ ...called, action: 'stop', isPermitted }, (operation) => this.#starts.noteFor(operation));
      const outcome = await agent.stop(call);
      // A daemon that had it down before ends a stop beside its own.
      if (outcome.kind === 'failed' && (await isDown())) return { resource, why: notOver, wasThere: true };
      const end = endOf(resource, outcome);
      return { ...end, why: end.why ?? notOver };
    } catch (error) {
      return brokenEnd(resource, error);
    }
  }
}
