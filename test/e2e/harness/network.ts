/**
 * The lab's network: one bridge per link, in a namespace that belongs to the lab, and the faults of it.
 *
 * A fault stands at the switch, as a broken cable or a wrong filter would: the host's own sockets see no error, and the
 * fault outlives a crash of the host. Nothing of it exists in the machine's own network namespace.
 *
 * Source: bridge(8), nft(8), table family `bridge`.
 */
import { Enclosure } from './enclosure.js';

/** Which way frames are lost, seen from the host. */
export type CutDirection = 'both' | 'in' | 'out';

/** A loss of frames: all of a port, or only those exchanged with one other port. */
export interface Cut {
  readonly port: string;
  readonly direction: CutDirection;
  readonly peerPort?: string;
}

/** One interface of a host and the port that it is plugged into. */
export interface Plug {
  readonly port: string;
  /** Number of the link, from 0. */
  readonly link: number;
  readonly interfaceName: string;
  readonly macAddress: string;
  /** With prefix length, IPv4 first. */
  readonly addresses: readonly string[];
}

/** Kernel limit of an interface name, without its closing zero. */
const PORT_NAME_LENGTH_MAX = 15;

/** The switches of a lab. */
export class Network {
  readonly #cuts = new Map<string, Cut>();

  private constructor(readonly enclosure: Enclosure) {}

  /** Makes the namespace with `links` bridges in it. */
  static async start(options: { readonly name: string; readonly links: number }): Promise<Network> {
    const enclosure = await Enclosure.start({ name: options.name, setUp: 'ip link set lo up' });
    const network = new Network(enclosure);
    for (let link = 0; link < options.links; link += 1) {
      await enclosure.configureLinks([
        `link add ${bridgeName(link)} type bridge forward_delay 0 stp_state 0 mcast_snooping 0`,
        `link set ${bridgeName(link)} up`,
      ]);
    }
    return network;
  }

  /** Joins a host to its switches and gives it its addresses. */
  async plugIn(host: Enclosure, plugs: readonly Plug[]): Promise<void> {
    const atSwitch: string[] = [];
    const atHost: string[] = [];
    for (const plug of plugs) {
      if (plug.port.length > PORT_NAME_LENGTH_MAX) {
        throw new Error(`port name "${plug.port}" is longer than ${PORT_NAME_LENGTH_MAX}; choose a shorter host name`);
      }
      const { port, interfaceName } = plug;
      atSwitch.push(
        `link add ${port} type veth peer name ${interfaceName} address ${plug.macAddress} netns ${host.initPid}`,
        `link set ${port} master ${bridgeName(plug.link)}`,
        `link set ${port} up`,
      );
      for (const address of plug.addresses) {
        atHost.push(`address add ${address} dev ${interfaceName}${address.includes(':') ? ' nodad' : ''}`);
      }
      atHost.push(`link set ${interfaceName} up`);
    }
    await this.enclosure.configureLinks(atSwitch);
    await host.configureLinks(atHost);
  }

  /** Takes the carrier away, as pulling the cables does. */
  async pull(plugs: readonly Plug[]): Promise<void> {
    await this.enclosure.configureLinks(plugs.map(({ port }) => `link set ${port} down`));
  }

  /** Gives the carrier back. */
  async pushBack(plugs: readonly Plug[]): Promise<void> {
    await this.enclosure.configureLinks(plugs.map(({ port }) => `link set ${port} up`));
  }

  /** Removes the ports of a host that is down. */
  async unplug(plugs: readonly Plug[]): Promise<void> {
    for (const { port } of plugs) {
      // The kernel takes a pair away some time after its namespace; whoever is first, the port is gone afterwards.
      await this.enclosure.onNetwork(['ip', 'link', 'delete', port]);
    }
  }

  /** Adds losses; they stay until healed. */
  async cut(cuts: readonly Cut[]): Promise<void> {
    for (const cut of cuts) {
      this.#cuts.set(`${cut.port} ${cut.peerPort ?? '*'} ${cut.direction}`, cut);
    }
    await this.#applyCuts();
  }

  /** Removes the losses that `isHealed` names. */
  async heal(isHealed: (cut: Cut) => boolean): Promise<void> {
    for (const [key, cut] of this.#cuts) {
      if (isHealed(cut)) {
        this.#cuts.delete(key);
      }
    }
    await this.#applyCuts();
  }

  async close(): Promise<void> {
    await this.enclosure.kill();
  }

  /** Replaces the whole table in one transaction: no moment with half of the rules. */
  async #applyCuts(): Promise<void> {
    const rules = [...this.#cuts.values()].flatMap(rulesOf);
    const text = [
      'table bridge faults',
      'delete table bridge faults',
      'table bridge faults {',
      '  chain forward {',
      '    type filter hook forward priority 0; policy accept;',
      ...rules.map((rule) => `    ${rule}`),
      '  }',
      '}',
      '',
    ].join('\n');
    const outcome = await this.enclosure.onNetwork(['nft', '-f', '-'], text);
    if (outcome.code !== 0) {
      throw new Error(`faults of "${this.enclosure.name}" could not be set: ${outcome.stderr.trim()}`);
    }
  }
}

/**
 * The filter rules of one cut.
 *
 * A cut of both ways loses everything. A one-way cut lets address resolution through, as a filter for IP does: otherwise it
 * would cut the other way too as soon as a neighbour's entry grows old.
 */
function rulesOf(cut: Cut): string[] {
  const { port, peerPort, direction } = cut;
  const sent = `iifname "${port}"${peerPort === undefined ? '' : ` oifname "${peerPort}"`}`;
  const heard = `oifname "${port}"${peerPort === undefined ? '' : ` iifname "${peerPort}"`}`;
  if (direction === 'both') {
    return [`${sent} drop`, `${heard} drop`];
  }
  const frames = direction === 'out' ? sent : heard;
  return [
    `${frames} ether type ip drop`,
    `${frames} ether type ip6 meta l4proto != ipv6-icmp drop`,
    `${frames} ether type ip6 icmpv6 type != { nd-neighbor-solicit, nd-neighbor-advert } drop`,
  ];
}

function bridgeName(link: number): string {
  return `switch${link}`;
}
