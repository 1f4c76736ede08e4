import type { FenceCertificate, FenceRequest } from '../model/fencing.js';
import type { Mind } from '../reconciler/mind.js';
import type { Court, JudgedHost } from './judged.js';

/** In which boot of which machine an incarnation lived. */
interface Lived {
  readonly host: string;
  readonly boot: number;
}

/**
 * S11 and S12: certificates of death are true for good, and nobody is fenced but by whom a majority lets.
 *
 * When a certificate is issued, the machine must not be up in the boot in which that incarnation lived; nothing of it can come back then. From then on its daemon neither sends nor calls anything. And no daemon goes on with a life that kept that it is over.
 */
export class FencingChecker {
  readonly #court: Court;
  readonly #answered: (host: string) => boolean;
  readonly #lived = new Map<string, Lived>();
  readonly #dead = new Set<string>();
  /** Lives that left in order. */
  readonly #over = new Set<string>();
  readonly #issued = new Map<string, readonly FenceCertificate[]>();
  readonly #heeded = new Map<string, number>();

  /** Shape: `answered` tells whether a majority of the voters answered a machine within the longest lease, by what passed on the wire. */
  constructor(court: Court, answered: (host: string) => boolean) {
    this.#court = court;
    this.#answered = answered;
  }

  /** A daemon begins. */
  daemonBegins(host: JudgedHost): void {
    const { mind } = host;
    if (mind === null) return;
    const { incarnation } = mind.holder;
    this.#lived.set(incarnation, { host: host.id, boot: host.boot });
    if (this.#over.has(incarnation)) this.#court.report('S11', `${host.id} goes on with ${incarnation}, which left`);
  }

  /** Looks at a machine that has just done something. */
  look(host: JudgedHost): void {
    const { mind } = host;
    if (mind === null) return;
    const { holder } = mind;
    // What a step could not keep stays unsaved after it, and is not said.
    if (holder.isOver && !holder.isUnsaved) this.#over.add(holder.incarnation);
    const { issued } = mind.fencing;
    if (issued !== this.#issued.get(host.id)) {
      for (const certificate of issued) this.#issues(host.id, certificate);
      this.#issued.set(host.id, issued);
    }
    this.#countHeeded(host.id, mind);
  }

  #countHeeded(host: string, mind: Mind): void {
    let heeded = 0;
    for (const list of mind.fencing.certificates.values()) heeded += list.length;
    const before = this.#heeded.get(host) ?? 0;
    if (heeded > before) this.#court.tally.count('certificates heeded', heeded - before);
    this.#heeded.set(host, heeded);
  }

  #issues(by: string, certificate: FenceCertificate): void {
    const { node, incarnation } = certificate;
    if (this.#dead.has(incarnation)) return;
    this.#dead.add(incarnation);
    this.#court.tally.count(certificate.by === node ? 'certificates by a reboot' : 'certificates by a fence');
    const lived = this.#lived.get(incarnation);
    const machine = this.#court.hosts.get(node);
    if (lived === undefined || lived.host !== node || machine === undefined)
      this.#court.report('S11', `${by} certifies ${incarnation} of ${node}, which never was`);
    else if (machine.isUp && machine.boot === lived.boot && !isOfItsPast(machine, certificate))
      this.#court.report('S11', `${by} certifies that ${incarnation} is dead, and ${node} is up in the boot of it`);
  }

  /** A daemon sends something or calls an agent. */
  acts(host: JudgedHost): void {
    const incarnation = host.mind?.holder.incarnation;
    if (incarnation === undefined || !this.#dead.has(incarnation)) return;
    this.#court.report('S11', `${host.id} acts under ${incarnation}, which is certified to be dead`);
  }

  /** A device is called. */
  fences(host: JudgedHost, request: FenceRequest): void {
    const sets = host.mind?.holder.sets ?? [];
    if (isOneOfTwo(sets, host.id) && sets[0]?.includes(request.node) === true) return;
    if (request.action === 'on' || host.isExcused || this.#answered(host.id)) return;
    this.#court.report('S12', `${host.id} fences ${request.node}, and no majority answers it`);
  }
}

/** Whether a machine says of a life of its own that it left. That nothing goes on with it is seen by what acts. */
function isOfItsPast({ id, mind }: JudgedHost, { node, by, incarnation }: FenceCertificate): boolean {
  return by === node && id === node && mind !== null && mind.holder.incarnation !== incarnation;
}

/** Whether a machine counts exactly two voters and is one of them: it may go on then without the other, which it can fence. */
export function isOneOfTwo(sets: readonly (readonly string[])[], host: string): boolean {
  const [set = [], second] = sets;
  return second === undefined && set.length === 2 && set.includes(host);
}
