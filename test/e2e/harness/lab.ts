/**
 * A lab: hosts, a client and a gateway on this machine, joined by switches of their own.
 *
 * It lives in memory of the kernel and in one temporary folder. The kernel's part ends with this program whatever happens
 * (see `enclosure.ts`); the folder of a program that was killed is removed by the next lab.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Host } from './host.js';
import type { Plug } from './network.js';
import { Network } from './network.js';

/** What a lab is made of. */
export interface LabSpec {
  /** Names of the hosts, at most 12 characters each; they become their host names. */
  readonly hosts: readonly string[];
  /** Number of separate switches that every host is plugged into, as eth0, eth1...; 1 by default. */
  readonly links?: number;
  /** Networks of a set-up that has its own, one per switch, instead of those of `links`. */
  readonly networks?: readonly LabNetwork[];
  /** Last parts of addresses, by the name of a host, `client` or `gateway`; hosts count from 11 by default. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Folders of the machine that each host may write to; what it writes is its own, in memory. */
  readonly ownFolders?: readonly string[];
}

/** One network of a lab. */
export interface LabNetwork {
  /** What every host calls its interface there. */
  readonly interfaceName: string;
  /** The first three parts of its IPv4 addresses. */
  readonly subnet: string;
}

/** Address of the gateway, which answers ping on the first link. */
export const GATEWAY_ADDRESS = '10.77.0.1';

/** An address of the first link that no host has at first, for a virtual address. */
export const VIRTUAL_ADDRESS = '10.77.0.100';

/** Last parts of addresses: hosts count from 11. */
const FIRST_HOST_NUMBER = 11;
const HOSTS_MAX = 60;
const CLIENT_NUMBER = 200;
const GATEWAY_NUMBER = 1;

/** Folders are named for the process that made them: its id and its start, since ids come again. */
const FOLDER_NAME = /^fairlead-lab-(\d+)-(\d+)-/;

/** The folder of the shared disk, beside those of the hosts. */
const SHARED_NAME = 'shared.disk';

let labsStarted = 0;

/** Running hosts, and how to end them. */
export class Lab {
  private constructor(
    /** Unique on this machine. */
    readonly name: string,
    readonly folder: string,
    private readonly network: Network,
    /** In the order of the spec. */
    readonly hosts: readonly Host[],
    /** On the first link only; outside of the cluster. */
    readonly client: Host,
    /** On the first link only. */
    readonly gateway: Host,
  ) {}

  /** Starts everything; resolves when all hosts are up. Errors: throws after cleaning up when any part cannot be made. */
  static async start(spec: LabSpec): Promise<Lab> {
    removeFoldersOfTheDead();
    if (spec.hosts.length > HOSTS_MAX) {
      throw new Error(`a lab has at most ${HOSTS_MAX} hosts, not ${spec.hosts.length}`);
    }
    labsStarted += 1;
    const folder = mkdtempSync(join(tmpdir(), `fairlead-lab-${process.pid}-${startOf(process.pid)}-`));
    const name = `fl${process.pid}-${labsStarted}`;
    const networks = spec.networks ?? [...Array(spec.links ?? 1).keys()].map(plainNetwork);
    const network = await Network.start({ name: `${name}-switch`, links: networks.length });
    const numberOf = (hostName: string, byDefault: number): number => spec.numbers?.[hostName] ?? byDefault;
    const defaultRoute = `${networks[0]?.subnet}.${numberOf('gateway', GATEWAY_NUMBER)}`;
    const make = (hostName: string, number: number, hostNetworks: readonly LabNetwork[]): Host =>
      new Host(
        {
          name: hostName,
          folder: join(folder, hostName),
          sharedFolder: join(folder, SHARED_NAME),
          ownFolders: spec.ownFolders ?? [],
          plugs: hostNetworks.map((each, link) => plug({ hostName, number, link, network: each })),
          ...(hostName === 'gateway' ? {} : { defaultRoute }),
        },
        network,
      );
    const lab = new Lab(
      name,
      folder,
      network,
      spec.hosts.map((hostName, index) => make(hostName, numberOf(hostName, FIRST_HOST_NUMBER + index), networks)),
      make('client', numberOf('client', CLIENT_NUMBER), networks.slice(0, 1)),
      make('gateway', numberOf('gateway', GATEWAY_NUMBER), networks.slice(0, 1)),
    );
    try {
      await Promise.all([lab.gateway, lab.client, ...lab.hosts].map((host) => host.boot()));
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  /** The host of that name. */
  host(name: string): Host {
    const found = this.hosts.find((host) => host.name === name);
    if (found === undefined) {
      throw new Error(`the lab has no host "${name}"`);
    }
    return found;
  }

  /** The disk that all hosts share, on this side. */
  get sharedFolder(): string {
    return join(this.folder, SHARED_NAME);
  }

  /** Ends every loss of frames in the lab. */
  async heal(): Promise<void> {
    await this.network.heal(() => true);
  }

  /** Kills everything inside and removes the folder; safe to call twice. */
  async close(): Promise<void> {
    await Promise.all([this.client, this.gateway, ...this.hosts].map((host) => host.close()));
    await this.network.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The networks of a lab that asks for none of its own. */
function plainNetwork(link: number): LabNetwork {
  return { interfaceName: `eth${link}`, subnet: `10.77.${link}` };
}

/** A host's interface on one link, with addresses and MAC address made from its number. */
function plug(of: {
  readonly hostName: string;
  readonly number: number;
  readonly link: number;
  readonly network: LabNetwork;
}): Plug {
  const { hostName, number, link, network } = of;
  const hex = number.toString(16).padStart(2, '0');
  return {
    port: `${hostName}-${link}`,
    link,
    interfaceName: network.interfaceName,
    macAddress: `02:f1:00:00:0${link}:${hex}`,
    addresses: [`${network.subnet}.${number}/24`, `fd77:0:0:${link}::${number}/64`],
  };
}

/** Removes what killed programs left in the temporary folder; only names of this form whose process is gone. */
function removeFoldersOfTheDead(): void {
  for (const entry of readdirSync(tmpdir())) {
    const [, pid, start] = FOLDER_NAME.exec(entry) ?? [];
    if (pid !== undefined && startOf(Number(pid)) !== start) {
      rmSync(join(tmpdir(), entry), { recursive: true, force: true });
    }
  }
}

/** When a process started, in ticks since boot; empty when there is none. Source: proc(5), field 22 of `stat`. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
