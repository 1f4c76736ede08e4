import type { Ack, Heartbeat, Message } from '../model/message.js';
import { ackIn } from '../model/message.js';
import type { Configuration, Vote } from '../model/voter-line.js';
import { configurationOfLine } from '../ownership/line.js';
import { isSameConfiguration } from '../ownership/quorum.js';
import { compareBallots } from '../ownership/succession.js';
import type { KeptFencing } from '../reconciler/fencing-state.js';
import type { KeptVoters } from '../reconciler/voters-state.js';
import { decodeKept } from './decode-kept.js';
import type { Court, JudgedHost } from './judged.js';
import type { HolderMemory, VoterMemory } from '../ownership/memory.js';

/** A text as it was read last, so that an unchanged one is not read again. */
interface Read<T> {
  readonly text: string | null;
  readonly memory: T | null;
}

/**
 * S4: what a node says is behind it on its own disks when it says it. S3: a voter that lost that with its boot is silent for as long as what it promised may last.
 *
 * An ack stands on the promises that it renews; a heartbeat on its number, its table version, and the incarnation that both belong to, and on the place in the line of voters that it names; a vote on what it promises and accepts.
 */
export class SavedChecker {
  readonly #court: Court;
  readonly #voters = new Map<string, Read<VoterMemory>>();
  readonly #holders = new Map<string, Read<HolderMemory>>();
  readonly #lines = new Map<string, Read<KeptVoters>>();
  readonly #fencing = new Map<string, Read<KeptFencing>>();
  readonly #silenceMs: number;
  /** When each machine lost what it kept for the boot, in real milliseconds. */
  readonly #lostAtMs = new Map<string, number>();

  /** Shape: `silenceMs` is the shortest lease and stop budget together that any spec of the schedule has, in real milliseconds. */
  constructor(court: Court, silenceMs: number) {
    this.#court = court;
    this.#silenceMs = silenceMs;
  }

  /** A machine lost its power. */
  crashes(host: JudgedHost): void {
    this.#lostAtMs.set(host.id, this.#court.time.nowMs);
  }

  /** A message leaves a node. */
  sends(host: JudgedHost, message: Message): void {
    const ack = ackIn(message);
    if (ack !== null) this.#ack(host, ack);
    if (message.kind === 'heartbeat') this.#heartbeat(host, message);
    if (message.kind === 'heartbeat' || message.kind === 'proposal') this.#place(host, message.configuration);
    if (message.kind === 'vote') this.#vote(host, message);
  }

  #ack(host: JudgedHost, ack: Ack): void {
    const sinceMs = this.#court.time.nowMs - (this.#lostAtMs.get(host.id) ?? Number.NEGATIVE_INFINITY);
    if (sinceMs < this.#silenceMs)
      this.#court.report('S3', `${host.id} acks ${Math.round(sinceMs)} ms after it lost what it had promised`);
    const voter = host.mind?.voter;
    if (voter === undefined || voter === null) return;
    const kept = readKept<VoterMemory>(this.#voters, host, 'voter.json');
    const lasting = readKept<KeptFencing>(this.#fencing, host, 'fencing.json')?.promises ?? [];
    for (const promise of voter.promises.values()) {
      if (promise.incarnation !== ack.incarnation) continue;
      const same = kept?.promises.find((each) => each.key === promise.key);
      const isKept =
        same !== undefined &&
        same.incarnation === promise.incarnation &&
        same.claimVersion === promise.claimVersion &&
        same.epoch >= promise.epoch &&
        same.leaseMs >= promise.leaseMs &&
        promise.resources.every((resource) => same.resources.includes(resource)) &&
        (!promise.needsFencing ||
          lasting.some(({ key, incarnation }) => key === promise.key && incarnation === promise.incarnation));
      if (isKept) continue;
      this.#court.report('S4', `${host.id} acks ${promise.node} for ${promise.key}, but that promise is not kept`);
    }
  }

  #place(host: JudgedHost, named: Configuration): void {
    // A node that is to keep nothing of its line is looked at by S10.
    if (host.mind?.voters.rules.keep === false) return;
    const kept = readKept<KeptVoters>(this.#lines, host, 'voters.json');
    const own = kept === null ? null : configurationOfLine(kept.line);
    // One that goes out when its node has gone on in the same step names what it had kept before.
    if (own !== null && (own.phase > named.phase || isSameConfiguration(own, named))) return;
    this.#court.report('S4', `${host.id} names phase ${named.phase} of the voters, and has not kept it`);
  }

  /** Shape: one that goes out when its voter has gone on to the next phase binds nobody any more. */
  #vote(host: JudgedHost, vote: Vote): void {
    const kept = readKept<KeptVoters>(this.#lines, host, 'voters.json');
    if (kept !== null && configurationOfLine(kept.line).phase > vote.configuration.phase) return;
    const isKept =
      kept !== null &&
      compareBallots(kept.chooser.promised, vote.promised) >= 0 &&
      compareBallots(kept.chooser.accepted?.ballot ?? null, vote.accepted?.ballot ?? null) >= 0;
    if (!isKept) this.#court.report('S4', `${host.id} votes on who comes next, and has not kept its vote`);
  }

  #heartbeat(host: JudgedHost, heartbeat: Heartbeat): void {
    const kept = readKept<HolderMemory>(this.#holders, host, 'session.json');
    const isKept =
      kept !== null &&
      kept.incarnation === heartbeat.incarnation &&
      kept.seqReserved >= heartbeat.seq &&
      kept.tableVersion >= heartbeat.tableVersion;
    if (isKept) return;
    this.#court.report(
      'S4',
      `${host.id} sends heartbeat ${heartbeat.seq} with table version ${heartbeat.tableVersion}, but its session is not kept up to there`,
    );
  }
}

function readKept<T>(reads: Map<string, Read<T>>, host: JudgedHost, name: string): T | null {
  const text = host.volatile.texts.get(name) ?? host.durable.texts.get(name) ?? null;
  const before = reads.get(host.id);
  if (before !== undefined && before.text === text) return before.memory;
  const memory = decodeKept<T>(text);
  reads.set(host.id, { text, memory });
  return memory;
}
