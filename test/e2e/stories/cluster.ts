/** Daemons on the hosts of a lab, the service that they keep, and those who watch it. */
import { existsSync } from 'node:fs';
import type { Status } from '../../../src/model/status.js';
import { AddressWatch } from '../harness/address-watch.js';
import type { AgentForm, ClusterSpecOptions, NodeLine } from '../harness/cluster-spec.js';
import { CLUSTER_SPEC, CLUSTER_SPEC_NAME, KEY_NAME, clusterSpec } from '../harness/cluster-spec.js';
import type { CommandOutcome } from '../harness/command.js';
import type { Host, ProcessRow } from '../harness/host.js';
import type { HostedProcess } from '../harness/hosted-process.js';
import { HttpProbe } from '../harness/http-probe.js';
import { Lab, VIRTUAL_ADDRESS } from '../harness/lab.js';
import { NGINX_CONFIG_NAME, nginxConfig } from '../harness/nginx-config.js';
import type { ProbeReport } from '../harness/outage.js';
import { CLI, Daemons, isCalm, PATIENCE_MS } from './daemons.js';

/** Made for this test and worth nothing. */
const KEY = '5d1f0c2b9a8e7766554433221100ffeeddccbbaa99887766554433221100abcd';

const HOST_NAMES = ['lb1', 'lb2', 'lb3'];

/** Longer than a lease and the group's stop budget, as voters count them: what should have ended by then has. */
export function leaseAndBudgetMs(form: AgentForm): number {
  return form === 'builtin' ? 2_500 : 6_500;
}

/** What a cluster is made of. */
export interface ClusterOptions {
  readonly form: AgentForm;
  /** Names of the hosts; lb1, lb2 and lb3 by default. */
  readonly hosts?: readonly string[];
  /** Changes the text of the spec, for what the spec's options do not reach. */
  readonly change?: (text: string) => string;
}

/** What varies in the spec of a running cluster. */
export type SpecVariation = Partial<Omit<ClusterSpecOptions, 'form' | 'nodes'>> & {
  readonly nodes?: Readonly<Record<string, Partial<NodeLine>>>;
  /** The hosts that are nodes of the cluster; all by default. */
  readonly only?: readonly string[];
  readonly change?: (text: string) => string;
};

/** Three hosts with a daemon each, and a client that asks for the page all the time. */
export class Cluster {
  readonly #daemons: Daemons;

  private constructor(
    readonly form: AgentForm,
    readonly lab: Lab,
    readonly watch: AddressWatch,
    readonly probe: HttpProbe,
    private readonly options: ClusterOptions,
  ) {
    this.#daemons = new Daemons(lab, CLUSTER_SPEC);
  }

  /** Makes the hosts and their files, and begins to watch. No daemon runs yet. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    if (!existsSync(CLI)) {
      throw new Error(`"${CLI}" is not there; run \`npm run build\``);
    }
    const lab = await Lab.start({ hosts: options.hosts ?? HOST_NAMES, links: 2 });
    try {
      const watch = await AddressWatch.start(lab.hosts);
      const probe = await HttpProbe.start(lab.client, { host: VIRTUAL_ADDRESS });
      const cluster = new Cluster(options.form, lab, watch, probe, options);
      for (const host of lab.hosts) {
        host.writeFile(KEY_NAME, `${KEY}\n`, 0o600);
        host.writeFile(NGINX_CONFIG_NAME, nginxConfig({ hostName: host.name, onlyOn: VIRTUAL_ADDRESS }));
      }
      cluster.writeSpec({});
      return cluster;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  /** The hosts of these names' opposite. */
  hostsExcept(...names: readonly string[]): readonly Host[] {
    return this.lab.hosts.filter(({ name }) => !names.includes(name));
  }

  /** The text of the spec, varied. */
  specText(variation: SpecVariation): string {
    const { nodes: changes = {}, only, change, ...rest } = variation;
    const nodes = this.lab.hosts
      .map((host) => ({ name: host.name, addresses: [host.address(0), host.address(1)], ...changes[host.name] }))
      .filter(({ name }) => only?.includes(name) !== false);
    const text = clusterSpec({ form: this.form, nodes, ...rest });
    const own = this.options.change?.(text) ?? text;
    return change?.(own) ?? own;
  }

  /** Writes the spec, varied, on some hosts, by default on all, as an editor or a `git pull` does. */
  writeSpec(variation: SpecVariation, on: readonly Host[] = this.lab.hosts): void {
    const text = this.specText(variation);
    for (const host of on) {
      host.writeFile(CLUSTER_SPEC_NAME, text);
    }
  }

  /** Starts the daemon of a host: from the built program or from another build of it, as the node of its name or as another. */
  startDaemon(
    name: string,
    options: { readonly program?: string; readonly node?: string } = {},
  ): Promise<HostedProcess> {
    return this.#daemons.start(name, options);
  }

  /** Starts the daemons of these hosts, by default of all, at once. */
  startDaemons(names?: readonly string[]): Promise<void> {
    return this.#daemons.startAll(names);
  }

  /** The newest daemon of a host. */
  daemon(name: string): HostedProcess {
    return this.#daemons.on(name);
  }

  /** Runs the command `fairlead` on a host, with its control socket where the command takes one. */
  fairlead(name: string, words: readonly string[], timeoutMs?: number): Promise<CommandOutcome> {
    return this.#daemons.fairlead(name, words, timeoutMs);
  }

  /** What a daemon says of the cluster; null when it does not answer. */
  status(name: string): Promise<Status | null> {
    return this.#daemons.status(name);
  }

  /** Waits until the daemons of these hosts, by default of all that are up, say what is expected. */
  untilStatus(
    what: string,
    expected: (status: Status) => boolean,
    names?: readonly string[],
  ): Promise<readonly Status[]> {
    return this.#daemons.untilStatus(what, expected, names === undefined ? {} : { names });
  }

  /** Waits until one of these hosts, by default any, answers a request that started since a moment; returns it. */
  async untilAnswered(options: { readonly by?: readonly string[]; readonly sinceMs: number }): Promise<string> {
    const names = this.lab.hosts.map(({ name }) => name);
    try {
      const by = options.by ?? names;
      return (await this.probe.untilAnsweredBy(by, { sinceMs: options.sinceMs, timeoutMs: PATIENCE_MS })).body;
    } catch (error) {
      const statuses = await Promise.all(names.map((name) => this.status(name)));
      throw new Error(`nobody answered\n${this.#daemons.story(names, statuses)}`, { cause: error });
    }
  }

  /** The host that has the address; it is the only one. */
  async owner(): Promise<string> {
    const holders = await this.watch.holders(VIRTUAL_ADDRESS);
    const [owner] = holders;
    if (owner === undefined || holders.length > 1) {
      throw new Error(`the address is on ${holders.length} hosts: ${await this.watch.describe(VIRTUAL_ADDRESS)}`);
    }
    return owner;
  }

  /** Mends whatever is broken and waits until every daemon says that all is well and nothing is moving. Returns the owner. */
  async rest(): Promise<string> {
    await this.lab.heal();
    this.writeSpec({});
    for (const host of this.lab.hosts) {
      if (!host.isUp) {
        await host.boot();
      }
      if (!this.#daemons.runsOn(host.name)) {
        await this.startDaemon(host.name);
      }
    }
    await this.untilCalm('rest');
    const owner = await this.owner();
    await this.untilAnswered({ by: [owner], sinceMs: this.probe.mark() });
    return owner;
  }

  /** Waits until these daemons say that the group runs, nothing is to be done and nothing is amiss. */
  async untilCalm(what: string, names?: readonly string[]): Promise<readonly Status[]> {
    return this.untilStatus(what, isCalm, names);
  }

  /** The service's processes and the epoch of its lease: what must not change when nothing happens. */
  async standing(owner: string): Promise<{ readonly epoch: number | null; readonly nginx: readonly ProcessRow[] }> {
    const status = await this.status(owner);
    const epoch = status?.leases.find(({ group, node }) => group === 'web' && node === owner)?.epoch ?? null;
    return { epoch, nginx: await this.nginx(owner) };
  }

  /** The processes of nginx on a host. */
  async nginx(name: string): Promise<readonly ProcessRow[]> {
    return (await this.lab.host(name).processes()).filter(({ command }) => /^nginx: /.test(command));
  }

  /** Sums up what the client saw since a moment and prints it. */
  async tell(title: string, fromMs: number): Promise<ProbeReport> {
    const report = await this.probe.report({ fromMs });
    console.log(`e2e ${title} (${this.form}): outage ${report.longestOutageMs.toFixed(0)} ms`);
    return report;
  }

  async close(): Promise<void> {
    await this.lab.close();
  }
}
