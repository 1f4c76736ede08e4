/**
 * One of the set-ups that people have, on hosts with the addresses, paths and packages that it has there, and run by its example.
 *
 * The spec of the example is used as it stands in `examples/`. What has to be otherwise here is a list of replacements, each of which must be found.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Status } from '../../../src/model/status.js';
import { missingForSeeds } from '../../house/prerequisites.mjs';
import { AddressWatch } from '../harness/address-watch.js';
import { describeWithLab } from '../harness/describe-with-lab.js';
import type { Host } from '../harness/host.js';
import type { LabSpec } from '../harness/lab.js';
import { Lab } from '../harness/lab.js';
import { waitUntil } from '../harness/wait-until.js';
import { CLI, Daemons, isCalm, PATIENCE_MS } from '../stories/daemons.js';

/** Where the documentation has people put the spec and the key. */
const SPEC = '/etc/fairlead/cluster.yaml';
const KEY = '/etc/fairlead/gossip.key';

/** Made for this test and worth nothing. */
const KEY_TEXT = '0badc0de2b9a8e7766554433221100ffeeddccbbaa99887766554433221100ab\n';

/** Something that the example says and that cannot be so here. */
export interface Adaptation {
  readonly from: string;
  readonly to: string;
  /** Why, as the rest of a sentence that begins with "here". */
  readonly because: string;
}

/** What makes a set-up. */
export interface SeedOptions {
  /** Name of the file in `examples/`, without its ending. */
  readonly example: string;
  /** The addresses that move. */
  readonly addresses: readonly string[];
  readonly lab: LabSpec;
  readonly adaptations?: readonly Adaptation[];
  /** What stands on a host beside the spec and the key, by path: packages' files as the set-up changes them. */
  readonly files?: (host: Host) => Readonly<Record<string, string | { readonly text: string; readonly mode: number }>>;
  /** How long to wait for whatever the spec's own times make slow. */
  readonly patienceMs?: number;
}

/** A running set-up. */
export class Seed {
  private constructor(
    readonly lab: Lab,
    readonly watch: AddressWatch,
    readonly daemons: Daemons,
    readonly options: SeedOptions,
  ) {}

  /** Makes the hosts and what stands on them; no daemon runs yet. */
  static async start(options: SeedOptions): Promise<Seed> {
    const lab = await Lab.start({ ...options.lab, ownFolders: ['/etc', ...(options.lab.ownFolders ?? [])] });
    try {
      const watch = await AddressWatch.start(lab.hosts);
      const seed = new Seed(lab, watch, new Daemons(lab, SPEC), options);
      const names = lab.hosts.map((host) => `${host.address()} ${host.name}\n`).join('');
      for (const host of lab.hosts) {
        await host.install('/etc/hosts', `127.0.0.1 localhost\n${names}`);
        // Nobody here answers questions for names, and waiting for an answer would take its time.
        await host.install('/etc/resolv.conf', '');
        await host.install(KEY, KEY_TEXT, 0o600);
        await host.install(SPEC, seed.specText());
        for (const [path, file] of Object.entries(options.files?.(host) ?? {})) {
          const { text, mode } = typeof file === 'string' ? { text: file, mode: 0o644 } : file;
          await host.install(path, text, mode);
        }
      }
      return seed;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  /** The example's text, adapted. */
  specText(): string {
    const file = new URL(`../../../examples/${this.options.example}.yaml`, import.meta.url);
    let text = readFileSync(fileURLToPath(file), 'utf8');
    for (const { from, to } of this.options.adaptations ?? []) {
      if (text.split(from).length !== 2) throw new Error(`"${from}" stands not once in ${this.options.example}.yaml`);
      text = text.replace(from, () => to);
    }
    return text;
  }

  /** Names of the hosts that can run something. */
  get members(): readonly string[] {
    return this.lab.hosts.map(({ name }) => name).filter((name) => name !== 'arbiter');
  }

  /** The other host that can run something. */
  peerOf(name: string): string {
    return this.members.find((each) => each !== name) ?? '';
  }

  /** Brings up what is down, and waits until all is well and nothing is moving. */
  async rest(): Promise<void> {
    await this.lab.heal();
    for (const host of this.lab.hosts) {
      if (!host.isUp) await host.boot();
      if (!this.daemons.runsOn(host.name)) await this.daemons.start(host.name);
    }
    await this.untilStatus('rest', isCalm);
  }

  /** Waits until every daemon, or these, say that a group runs on a host. */
  async untilRuns(group: string, node: string, names?: readonly string[]): Promise<void> {
    await this.untilStatus(
      `${group} on ${node}`,
      ({ groups }) => groups.some((each) => each.group === group && each.node === node && each.state === 'running'),
      names,
    );
  }

  async untilStatus(what: string, expected: (status: Status) => boolean, names?: readonly string[]): Promise<void> {
    await this.daemons.untilStatus(what, expected, {
      timeoutMs: this.options.patienceMs ?? PATIENCE_MS,
      ...(names === undefined ? {} : { names }),
    });
  }

  /** Where a group runs, as all daemons that are up say. */
  async ownerOf(group: string): Promise<string> {
    const owners = new Set<string | null>();
    for (const { name } of this.lab.hosts.filter(({ isUp }) => isUp)) {
      const status = await this.daemons.status(name);
      owners.add(status?.groups.find((each) => each.group === group)?.node ?? null);
    }
    const [owner] = owners;
    if (owners.size !== 1 || owner === undefined || owner === null) {
      throw new Error(`"${group}" runs on ${[...owners].join(' and ')}`);
    }
    return owner;
  }

  /** What the client gets for a URL; empty when there is no answer. */
  async page(url: string): Promise<string> {
    return (await this.lab.client.exec(['curl', '--silent', '--max-time', '2', url])).stdout;
  }

  /** Waits until the client is answered so. */
  async untilAnswered(expected: string, ask: () => Promise<string>): Promise<void> {
    let answer = '';
    const look = async (): Promise<boolean> => {
      answer = await ask();
      return answer.includes(expected);
    };
    await waitUntil(`an answer with "${expected}"`, look, {
      timeoutMs: this.options.patienceMs ?? PATIENCE_MS,
      everyMs: 100,
      onTimeout: () => `the last answer was "${answer}"`,
    });
  }

  async close(): Promise<void> {
    await this.lab.close();
  }
}

/** A block of tests on a running set-up. After each of them no address that moves may ever have been on two hosts at once. */
export function describeSeed(title: string, options: SeedOptions, tell: (seedOf: () => Seed) => void): void {
  const tests = (): void => {
    let seed: Seed | null = null;
    const seedOf = (): Seed => {
      if (seed === null) throw new Error('the set-up could not be made');
      return seed;
    };

    beforeAll(async () => {
      seed = await Seed.start(options);
    });

    afterEach(async () => {
      const { watch } = seedOf();
      for (const address of options.addresses) {
        expect(await watch.overlaps(address), await watch.describe(address)).toEqual([]);
      }
    });

    afterAll(async () => {
      await seed?.close();
    });

    it('nothing is to be said about its spec on a host that has the agents', async () => {
      const [first] = seedOf().lab.hosts;
      const outcome = await first?.exec([process.execPath, CLI, 'validate', '--strict', SPEC]);
      expect([outcome?.code, outcome?.stdout, outcome?.stderr]).toEqual([0, 'no problems in 1 file\n', '']);
    });

    tell(seedOf);
  };
  describeWithLab(title, tests, missingForSeeds());
}
