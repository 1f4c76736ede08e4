import type { Heartbeat, Message } from '../model/message.js';
import { ackIn } from '../model/message.js';
import type { VoterSets } from '../ownership/quorum.js';
import { haveMajority, setsUntil } from '../ownership/quorum.js';
import { isOneOfTwo } from './check-fencing.js';
import type { Court, JudgedHost } from './judged.js';

/** What a node's heartbeats and their acks show, seen from the wire. */
interface Standing {
  readonly incarnation: string;
  readonly sentAtMs: Map<number, number>;
  /** Per voter, the send time of the newest heartbeat that it acked. */
  readonly ackedMs: Map<string, number>;
}

/** Voter sets that a machine counted, and until when. */
interface Counted {
  readonly sets: VoterSets;
  untilMs: number;
}

/** Sent heartbeats that are remembered. */
const SENT_MAX = 400;
/** Longer than a step of a node, a kill and the lateness of a timer take together. */
const SLACK_MS = 60;

/**
 * S6: a machine that no majority of the voters answered for as long as the longest lease and its stop budget last runs nothing exclusive, and asks for nothing.
 *
 * Of two voters that can fence each other one may go on without the other (R14): its own voter is all that it needs. The other one of two that left in order answers, as it were, until a later life of it is heard.
 *
 * Judged by what passes on the wire, in real time, by the voters that it counted at some moment of that time; a node's own voter counts as if it always answered, so that the checker errs on the side of silence only.
 */
export class QuorumChecker {
  readonly #court: Court;
  readonly #patienceMs: number;
  readonly #canFence: boolean;
  readonly #standings = new Map<string, Standing>();
  readonly #counted = new Map<string, Counted[]>();
  /** Lives of each machine that left in order. */
  readonly #left = new Map<string, Set<string>>();
  /** By listener and speaker, the life whose heartbeat came last. */
  readonly #heard = new Map<string, string>();
  /** By listener and speaker, when the newest heartbeat was sent that came, and in which boot of the listener. */
  readonly #heardOf = new Map<string, { sentAtMs: number; boot: number }>();

  /** Shape: `leaseMs` and `stopBudgetMs` are the longest in any spec, `drift` the bound of the clocks' rate; `canFence` where every node can be fenced. */
  constructor(
    court: Court,
    options: {
      readonly leaseMs: number;
      readonly stopBudgetMs: number;
      readonly drift: number;
      readonly canFence: boolean;
    },
  ) {
    this.#court = court;
    this.#canFence = options.canFence;
    this.#patienceMs = (options.leaseMs + options.stopBudgetMs + SLACK_MS) / (1 - options.drift);
  }

  /** A daemon begins: it knows of no heartbeat that an earlier one sent, under the same incarnation or another. */
  daemonBegins(host: string): void {
    this.#standings.get(host)?.sentAtMs.clear();
  }

  /** A message leaves a node. */
  sends(host: string, message: Message): void {
    if (message.kind !== 'heartbeat') return;
    let standing = this.#standings.get(host);
    if (standing?.incarnation !== message.incarnation) {
      standing = { incarnation: message.incarnation, sentAtMs: new Map(), ackedMs: new Map(standing?.ackedMs) };
      this.#standings.set(host, standing);
    }
    const { sentAtMs } = standing;
    if (!sentAtMs.has(message.seq)) sentAtMs.set(message.seq, this.#court.time.nowMs);
    if (sentAtMs.size > SENT_MAX) for (const oldest of sentAtMs.keys()) if (sentAtMs.delete(oldest)) break;
  }

  /** A message reaches a node. */
  arrives({ id: host, boot }: JudgedHost, message: Message): void {
    if (message.kind === 'heartbeat') this.#hears({ host, boot }, message);
    const ack = ackIn(message);
    if (ack === null) return;
    const standing = this.#standings.get(host);
    if (standing === undefined || standing.incarnation !== ack.incarnation) return;
    const sentAtMs = standing.sentAtMs.get(ack.seq);
    if (sentAtMs === undefined) return;
    standing.ackedMs.set(ack.from, Math.max(standing.ackedMs.get(ack.from) ?? 0, sentAtMs));
  }

  #hears({ host, boot }: { readonly host: string; readonly boot: number }, heartbeat: Heartbeat): void {
    const pair = `${host} ${heartbeat.from}`;
    this.#heard.set(pair, heartbeat.incarnation);
    const sentAtMs = this.#standings.get(heartbeat.from)?.sentAtMs.get(heartbeat.seq);
    if (sentAtMs === undefined) return;
    const before = this.#heardOf.get(pair);
    if (before?.boot === boot) before.sentAtMs = Math.max(before.sentAtMs, sentAtMs);
    else this.#heardOf.set(pair, { sentAtMs, boot });
  }

  /** Whether a heartbeat that one machine sent since then has reached another one in that one's present boot. */
  hasHeard(host: string, from: string, sinceMs: number): boolean {
    const heard = this.#heardOf.get(`${host} ${from}`);
    return heard !== undefined && heard.boot === this.#court.hosts.get(host)?.boot && heard.sentAtMs > sinceMs;
  }

  /** A daemon handed over everything, and takes nothing any more. */
  leaves(host: string): void {
    const life = this.#standings.get(host)?.incarnation;
    if (life === undefined) return;
    const left = this.#left.get(host);
    if (left === undefined) this.#left.set(host, new Set([life]));
    else left.add(life);
  }

  /** A machine asks for a lease. */
  claims(host: JudgedHost, key: string): void {
    if (this.#isQuorate(host)) return;
    this.#court.report('S6', `${host.id} asks for ${key}, and no majority answers it`);
  }

  /** Looks at a machine that has just done something. */
  look(host: JudgedHost): void {
    // It may never come to go, for what keeps it beside its leases.
    if (host.mind?.holder.isOver === true) this.leaves(host.id);
    if (this.#isQuorate(host)) return;
    for (const resource of host.services.active()) {
      this.#court.report(
        'S6',
        `${resource} is still ${host.services.stateOf(resource)} on ${host.id}, which no majority answered for ${Math.round(this.#court.time.nowMs - this.#quorateAtMs(host.id))} ms`,
      );
    }
  }

  /** Whether a majority of what a machine counts, since this very step perhaps, answered within the patience, or it cannot know better. */
  #isQuorate(host: JudgedHost): boolean {
    this.#count(host);
    this.#countLeft(host);
    return host.isExcused || this.isAnswered(host.id);
  }

  /** Notes which voters a machine counts now, and forgets those of too long ago. */
  #count(host: JudgedHost): void {
    const { nowMs } = this.#court.time;
    const before = this.#counted.get(host.id) ?? [];
    const sets = host.mind?.holder.sets ?? before.at(-1)?.sets;
    if (sets === undefined) return;
    const last = before.at(-1);
    if (last?.sets === sets) {
      last.untilMs = nowMs;
      return;
    }
    const kept = before.filter((each) => each.untilMs >= nowMs - this.#patienceMs);
    this.#counted.set(host.id, [...kept, { sets, untilMs: nowMs }]);
  }

  /** Counts the other one of two that left in order. */
  #countLeft({ id, mind }: JudgedHost): void {
    const sets = mind?.holder.sets ?? [];
    const other = isOneOfTwo(sets, id) ? sets[0]?.find((voter) => voter !== id) : undefined;
    const left = other === undefined ? undefined : this.#left.get(other);
    if (other === undefined || left === undefined) return;
    const heard = this.#heard.get(`${id} ${other}`);
    if (heard === undefined || left.has(heard)) this.#standings.get(id)?.ackedMs.set(other, this.#court.time.nowMs);
  }

  /** Whether a majority answered within the patience. */
  isAnswered(host: string): boolean {
    const acked = this.#standings.get(host)?.ackedMs;
    const sinceMs = this.#court.time.nowMs - this.#patienceMs;
    const counted = this.#counted.get(host) ?? [];
    const answers = (voter: string) => voter === host || (acked?.get(voter) ?? 0) >= sinceMs;
    const isEnough = ({ sets }: Counted) => haveMajority(sets, answers) || (this.#canFence && isOneOfTwo(sets, host));
    return counted.some((each) => each.untilMs >= sinceMs && isEnough(each));
  }

  #quorateAtMs(host: string): number {
    const acked = this.#standings.get(host)?.ackedMs;
    const sets = this.#counted.get(host)?.at(-1)?.sets ?? [];
    return setsUntil(sets, (voter) => (voter === host ? this.#court.time.nowMs : (acked?.get(voter) ?? 0)));
  }
}
