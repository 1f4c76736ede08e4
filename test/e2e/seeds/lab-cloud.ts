/** A cloud around the hosts of a lab: EC2 on the gateway, and on every host the metadata service of its instance where an instance has it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildInto } from '../../agents/harness/build-programs.js';
import type { LoggedCall } from '../../aws/ec2-server.js';
import type { CloudPlan } from '../../aws/main.js';
import type { Host } from '../harness/host.js';
import { DISK } from '../harness/host-set-up.js';
import type { HostedProcess } from '../harness/hosted-process.js';
import type { Lab } from '../harness/lab.js';

const PROGRAM = 'cloud.mjs';

/** A running cloud. */
export class LabCloud {
  /** Every call of EC2's API, oldest first. */
  readonly calls: LoggedCall[] = [];
  #unread = '';
  #ec2: HostedProcess | null = null;

  private constructor(
    private readonly lab: Lab,
    private readonly plan: CloudPlan,
  ) {}

  /** Starts it. Shape: every host is an instance with an interface on each link. */
  static async start(lab: Lab, addresses: CloudPlan['addresses']): Promise<LabCloud> {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-cloud-'));
    const pathOf = await buildInto(folder, { cloud: new URL('../../aws/main.ts', import.meta.url) });
    for (const host of [lab.gateway, ...lab.hosts]) host.writeFile(PROGRAM, readFileSync(pathOf('cloud'), 'utf8'));
    rmSync(folder, { recursive: true });
    const instances = lab.hosts.map((host) => ({
      id: instanceOf(host.name),
      interfaces: host.links.map((link) => ({
        macAddress: host.macAddress(link),
        privateIps: [host.address(link)],
      })),
    }));
    const cloud = new LabCloud(lab, { addresses, instances });
    cloud.#ec2 = await lab.gateway.spawn(cloud.#command('ec2'), { onStdout: (text) => cloud.#take(text) });
    for (const host of lab.hosts) {
      await cloud.#serveMetadata(host);
      host.listen({ onBoot: (each) => cloud.#serveMetadata(each), onCrash: () => undefined });
    }
    return cloud;
  }

  /** EC2 answers nobody until it is resumed. */
  async pause(): Promise<void> {
    await this.#ec2?.pause();
  }

  resume(): void {
    this.#ec2?.resume();
  }

  /** Calls from a number on that an instance made, or that anyone made who changed something. */
  callsOf(host: string, from: number): readonly LoggedCall[] {
    return this.calls.slice(from).filter(({ by }) => by === `ASIA-${instanceOf(host)}`);
  }

  changes(from: number): readonly LoggedCall[] {
    return this.calls.slice(from).filter(({ action, code }) => !action.startsWith('Describe') && code === 'ok');
  }

  /** What EC2 says of an address, asked as anybody would. */
  async describe(port: number): Promise<string> {
    const from = this.calls.length;
    const { stdout } = await this.lab.gateway.exec([
      ...['curl', '--silent', '--data', 'Action=DescribeAddresses'],
      ...['--header', 'Authorization: Credential=the-test/', `http://127.0.0.1:${port}`],
    ]);
    this.calls.splice(from);
    return stdout;
  }

  async #serveMetadata(host: Host): Promise<void> {
    await host.exec(['ip', 'address', 'add', '169.254.169.254/32', 'dev', 'lo']);
    await host.spawn(this.#command(instanceOf(host.name)));
  }

  #command(part: string): string[] {
    return [process.execPath, `${DISK}/${PROGRAM}`, JSON.stringify(this.plan), part];
  }

  #take(text: string): void {
    const lines = (this.#unread + text).split('\n');
    this.#unread = lines.pop() ?? '';
    for (const line of lines) this.calls.push(JSON.parse(line));
  }
}

function instanceOf(host: string): string {
  return `i-${host}`;
}
