/** Listens to the kernel of every host for addresses that come and go. */
import type { AddressEvent, Holding, Overlap } from './holding.js';
import { decodeMonitorLine, describeHoldings, holdingsOf, overlapsOf } from './holding.js';
import type { Host } from './host.js';
import { waitUntil } from './wait-until.js';

/** Put on the loopback interface and taken away again, to see that the listener listens and has told everything so far. */
const MARKER = '127.77.77.77';

/**
 * A running watch over the hosts, through crashes and boots.
 *
 * The times are those at which `ip` read the kernel's message, some tenths of a millisecond after the fact on a machine
 * that is not overloaded. The end by a crash is the moment at which every process of the host was dead; its links were cut before.
 */
export class AddressWatch {
  /** In order of arrival; those of one host are in order of time. */
  readonly #events: AddressEvent[] = [];
  readonly #markersSeen = new Map<string, number>();

  private constructor(private readonly hosts: readonly Host[]) {}

  /** Listens on every host from now on; addresses that they have already count from now. */
  static async start(hosts: readonly Host[]): Promise<AddressWatch> {
    const watch = new AddressWatch(hosts);
    for (const host of hosts) {
      host.listen({
        onBoot: () => watch.#attach(host),
        onCrash: (_, atMs) => {
          watch.#events.push({ kind: 'died', host: host.name, atMs });
        },
      });
      if (host.isUp) {
        await watch.#attach(host);
      }
    }
    return watch;
  }

  /** Who had the address when, in order of the beginnings; complete up to the call. */
  async holdings(address: string): Promise<Holding[]> {
    await this.#settle();
    return holdingsOf(this.#events, address);
  }

  /** The times in which two hosts had the address at once; empty is what safety asks for. */
  async overlaps(address: string): Promise<Overlap[]> {
    return overlapsOf(await this.holdings(address));
  }

  /** The hosts that have the address now. */
  async holders(address: string): Promise<string[]> {
    return (await this.holdings(address)).filter(({ untilMs }) => untilMs === null).map(({ host }) => host);
  }

  /** The history of the address in words, for messages. */
  async describe(address: string): Promise<string> {
    return describeHoldings(await this.holdings(address));
  }

  async #attach(host: Host): Promise<void> {
    let rest = '';
    await host.spawn(['ip', '-oneline', '-tshort', 'monitor', 'address'], {
      onStdout: (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          this.#take(decodeMonitorLine(host.name, line));
        }
      },
    });
    await waitUntil(`the watch over the addresses of "${host.name}"`, () => this.#mark(host), { timeoutMs: 10_000 });
    const heardBefore = this.#events.length;
    const atMs = Date.now();
    const { stdout } = await host.exec(['ip', '-oneline', 'address', 'show']);
    for (const [, address] of stdout.matchAll(/\sinet6? ([0-9a-f.:]+)/g)) {
      // What the kernel has told in the meantime is newer than the list.
      const isTold = this.#events
        .slice(heardBefore)
        .some((event) => event.kind !== 'died' && event.host === host.name && event.address === address);
      if (address !== undefined && !isTold) {
        this.#take({ kind: 'added', host: host.name, atMs, address });
      }
    }
  }

  #take(event: AddressEvent | null): void {
    if (event === null) {
      return;
    }
    if (event.kind !== 'died' && event.address === MARKER) {
      this.#markersSeen.set(event.host, (this.#markersSeen.get(event.host) ?? 0) + 1);
      return;
    }
    this.#events.push(event);
  }

  /** Whether a marker made now is told within a moment. */
  async #mark(host: Host): Promise<boolean> {
    const before = this.#markersSeen.get(host.name) ?? 0;
    const change = `address add ${MARKER}/32 dev lo\naddress delete ${MARKER}/32 dev lo\n`;
    await host.exec(['ip', '-batch', '-'], { input: change });
    try {
      // Both the coming and the going.
      await waitUntil('the marker', () => (this.#markersSeen.get(host.name) ?? 0) >= before + 2, {
        timeoutMs: 500,
        everyMs: 2,
      });
      return true;
    } catch {
      return false; // The listener was not there yet; the next marker will tell.
    }
  }

  /** Waits until everything that happened before has been told. */
  async #settle(): Promise<void> {
    for (const host of this.hosts.filter(({ isUp }) => isUp)) {
      await waitUntil(`the addresses of "${host.name}"`, () => this.#mark(host), { timeoutMs: 10_000 });
    }
  }
}
