/**
 * Tells the neighbours that an address is here now, so that they do not send to where it was.
 *
 * IPv4: gratuitous ARP, as a request and as an answer, for some systems heed only one of them. IPv6: unsolicited neighbour advertisements. Repeated, because one frame may be lost
 * and a switch may still be learning. A later frame leaves only if the address is still here: the guard, or a person, may have taken it away while this process stood still.
 *
 * Source: RFC 5227, section 3 (announcing); RFC 4861, section 7.2.6; arping(8) of iputils, ndptool(8) of libndp, send_arp and send_ua of resource-agents.
 */
import type { Log } from '../ports/log.js';
import { delay } from './delay.js';
import type { IpAddress } from './ip-address.js';
import { listInterfaces } from './list-interfaces.js';
import type { NetworkCommand } from './network-command.js';
import { runNetworkProgram } from './network-command.js';
import { holdingsOf } from './network-interface.js';
import { CLOSING } from './process-run.js';

/** An address on its interface. */
export interface Announcement {
  readonly address: IpAddress;
  readonly prefixLength: number;
  readonly interfaceName: string;
}

/** When an address that was just taken is announced. Ours: the first frames tell, the later ones reach a port that came up late. */
const ANNOUNCE_AT_MS = [0, 1000, 2000, 5000];

/** How often an address that stays is announced again, at most: heals a neighbour that was told wrong meanwhile, as after a cut. Ours. */
const REFRESH_MS = 60_000;

/** Deadline of one announcing program; arping of iputils waits a second for answers before it ends. */
const PROGRAM_MS = 3000;

const SEND_ARP = '/usr/libexec/heartbeat/send_arp';
const SEND_UA = '/usr/libexec/heartbeat/send_ua';

/** Announces addresses in the background. */
export class AddressAnnouncer {
  readonly #log: Log;
  readonly #path: string | undefined;
  readonly #underWay = new Map<string, { readonly cancel: AbortController; readonly ended: Promise<void> }>();
  readonly #announcedAtMs = new Map<string, number>();
  #hasWarned = false;

  constructor(options: { readonly log: Log; readonly path: string | undefined }) {
    this.#log = options.log;
    this.#path = options.path;
  }

  /** Announces now and a few times more; the first frame leaves within milliseconds. */
  announce(announcement: Announcement): void {
    void this.#begin(announcement, ANNOUNCE_AT_MS);
  }

  /** Announces once, if the last time is long ago. */
  refresh(announcement: Announcement): void {
    const lastMs = this.#announcedAtMs.get(announcement.address.text) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - lastMs >= REFRESH_MS) {
      void this.#begin(announcement, [0]);
    }
  }

  /** Stops announcing an address; when it resolves, no further frame leaves. */
  async silence(address: IpAddress): Promise<void> {
    this.#announcedAtMs.delete(address.text);
    const round = this.#underWay.get(address.text);
    round?.cancel.abort(CLOSING);
    await round?.ended;
  }

  close(): void {
    for (const { cancel } of this.#underWay.values()) {
      cancel.abort(CLOSING);
    }
  }

  async #begin(announcement: Announcement, timesMs: readonly number[]): Promise<void> {
    const key = announcement.address.text;
    this.#underWay.get(key)?.cancel.abort(CLOSING);
    const cancel = new AbortController();
    const round = { cancel, ended: this.#announceAt(announcement, timesMs, cancel.signal) };
    this.#underWay.set(key, round);
    this.#announcedAtMs.set(key, performance.now());
    await round.ended;
    if (this.#underWay.get(key) === round) {
      this.#underWay.delete(key);
    }
  }

  async #announceAt(announcement: Announcement, timesMs: readonly number[], signal: AbortSignal): Promise<void> {
    const running: Promise<void>[] = [];
    let waitedMs = 0;
    for (const atMs of timesMs) {
      if (atMs > waitedMs) {
        await delay(atMs - waitedMs, signal);
        waitedMs = atMs;
        if (!signal.aborted && !(await this.#isHere(announcement.address, signal))) {
          break;
        }
      }
      if (signal.aborted) {
        break;
      }
      running.push(this.#announceOnce(announcement, signal));
    }
    await Promise.all(running);
  }

  async #announceOnce(announcement: Announcement, signal: AbortSignal): Promise<void> {
    const { address, interfaceName } = announcement;
    const isAnnounced =
      address.family === 'ipv4'
        ? await this.#announceIpv4(announcement, signal)
        : await this.#announceIpv6(announcement, signal);
    if (!isAnnounced && !signal.aborted && !this.#hasWarned) {
      this.#hasWarned = true;
      const packages = address.family === 'ipv4' ? 'iputils-arping' : 'libndp-tools (or resource-agents)';
      this.#log.event(
        'warn',
        `${address.text} cannot be announced on ${interfaceName}, so neighbours may send to its old place for a while; install ${packages}`,
      );
    }
  }

  async #announceIpv4({ address, interfaceName }: Announcement, signal: AbortSignal): Promise<boolean> {
    const arping = (mode: string): Promise<boolean> =>
      this.#run(['arping', mode, '-q', '-c', '1', '-w', '1', '-I', interfaceName, address.text], signal);
    const [asRequest, asAnswer] = await Promise.all([arping('-U'), arping('-A')]);
    if (asRequest || asAnswer) {
      return true;
    }
    const sendArp = [SEND_ARP, '-i', '200', '-r', '1', interfaceName, address.text, 'auto', 'not_used', 'not_used'];
    return this.#runIfHere(address, sendArp, signal);
  }

  async #announceIpv6(announcement: Announcement, signal: AbortSignal): Promise<boolean> {
    const { address, prefixLength, interfaceName } = announcement;
    const byNdptool = ['ndptool', '-t', 'na', '-U', '-i', interfaceName, '-T', address.text, 'send'];
    const bySendUa = [SEND_UA, '-i', '100', '-c', '1', address.text, String(prefixLength), interfaceName];
    return (await this.#run(byNdptool, signal)) || this.#runIfHere(address, bySendUa, signal);
  }

  /** The programs of resource-agents announce whatever they are told, and an address may be what the first program failed for. Returns true where there is nothing to announce. */
  async #runIfHere(address: IpAddress, argv: readonly string[], signal: AbortSignal): Promise<boolean> {
    return !(await this.#isHere(address, signal)) || this.#run(argv, signal);
  }

  /** Whether an address is on this machine now; what cannot be looked at is not announced. */
  async #isHere(address: IpAddress, signal: AbortSignal): Promise<boolean> {
    const listed = await listInterfaces(this.#command(signal));
    return listed.kind === 'interfaces' && holdingsOf(address, listed.interfaces).length > 0;
  }

  /** Returns whether the program did its work. */
  async #run(argv: readonly string[], signal: AbortSignal): Promise<boolean> {
    const end = await runNetworkProgram(this.#command(signal), argv);
    return end.kind === 'exited' && end.code === 0;
  }

  #command(signal: AbortSignal): NetworkCommand {
    return { path: this.#path, leftMs: () => PROGRAM_MS, signal, log: this.#log };
  }
}
