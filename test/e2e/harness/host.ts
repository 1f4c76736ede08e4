/** One host of a lab: what a test does with a machine that it may crash, cut off and boot again. */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandOutcome } from './command.js';
import { runCommand } from './command.js';
import { Enclosure, INSIDE_ENVIRONMENT, childOf } from './enclosure.js';
import { DISK, HOST_SET_UP, machineFoldersToKeep } from './host-set-up.js';
import { HostedProcess } from './hosted-process.js';
import type { CutDirection, Network, Plug } from './network.js';

/** What makes a host; the lab decides it. */
export interface HostSpec {
  readonly name: string;
  readonly plugs: readonly Plug[];
  /** Address of the default route, on the first link; absent for the gateway itself. */
  readonly defaultRoute?: string;
  /** A folder on the machine's disk that is this host's alone: its disk and its logs. */
  readonly folder: string;
  /** A folder on the machine's disk that all hosts of the lab see, as a disk in a storage network. */
  readonly sharedFolder: string;
  /** Folders of the machine that it may write to. */
  readonly ownFolders: readonly string[];
}

/** Told when a host comes up, before `boot` returns, and when it went down, with the time of its death. */
export interface HostListener {
  readonly onBoot: (host: Host) => Promise<void>;
  readonly onCrash: (host: Host, atMs: number) => void;
}

/** A process inside a host. */
export interface ProcessRow {
  readonly pid: number;
  readonly command: string;
}

/** What a file in one of its own folders holds. */
interface InstalledFile {
  readonly text: string;
  readonly mode: number;
}

/** A machine of the lab. */
export class Host {
  #enclosure: Enclosure | null = null;
  readonly #listeners: HostListener[] = [];
  readonly #installed = new Map<string, InstalledFile>();
  #started = 0;

  constructor(
    private readonly spec: HostSpec,
    private readonly network: Network,
  ) {
    mkdirSync(join(spec.folder, 'disk'), { recursive: true });
    mkdirSync(join(spec.folder, 'logs'), { recursive: true });
    mkdirSync(spec.sharedFolder, { recursive: true });
  }

  get name(): string {
    return this.spec.name;
  }

  get isUp(): boolean {
    return this.#enclosure?.isAlive ?? false;
  }

  /** Its IPv4 address on a link, without the prefix length. */
  address(link = 0): string {
    const address = this.spec.plugs.find((plug) => plug.link === link)?.addresses[0];
    if (address === undefined) {
      throw new Error(`"${this.name}" has no interface on link ${link}`);
    }
    return address.replace(/\/.*/, '');
  }

  /** Numbers of the links that it is plugged into. */
  get links(): readonly number[] {
    return this.spec.plugs.map(({ link }) => link);
  }

  /** The hardware address of its interface on a link. */
  macAddress(link = 0): string {
    const plug = this.spec.plugs.find((each) => each.link === link);
    if (plug === undefined) {
      throw new Error(`"${this.name}" has no interface on link ${link}`);
    }
    return plug.macAddress;
  }

  /** Brings it up with empty memory: fresh namespaces and tmpfs, a new boot id, the same disk, links and MAC addresses. */
  async boot(): Promise<void> {
    if (this.isUp) {
      throw new Error(`"${this.name}" is up already`);
    }
    const enclosure = await Enclosure.start({
      name: this.name,
      setUp: HOST_SET_UP,
      variables: {
        HOST_NAME: this.name,
        DISK_FOLDER: join(this.spec.folder, 'disk'),
        SHARED_FOLDER: this.spec.sharedFolder,
        OWN_FOLDERS: this.spec.ownFolders.join(' '),
        BOOT_ID: randomUUID(),
      },
      words: machineFoldersToKeep(),
    });
    this.#enclosure = enclosure;
    await this.network.plugIn(enclosure, this.spec.plugs);
    if (this.spec.defaultRoute !== undefined) {
      await enclosure.configureLinks([`route add default via ${this.spec.defaultRoute}`]);
    }
    for (const [path, file] of this.#installed) {
      await this.#put(path, file);
    }
    for (const listener of this.#listeners) {
      await listener.onBoot(this);
    }
  }

  /** The power fails: the links go first, then every process at once. Faults at the switch stay. */
  async crash(): Promise<void> {
    const enclosure = this.#living();
    await this.network.pull(this.spec.plugs);
    await enclosure.kill();
    const atMs = Date.now();
    this.#enclosure = null;
    for (const listener of this.#listeners) {
      listener.onCrash(this, atMs);
    }
    await this.network.unplug(this.spec.plugs);
  }

  /** Runs a program to its end. The deadline, 10 s by default, kills its whole process group. */
  async exec(
    argv: readonly string[],
    options: {
      readonly timeoutMs?: number;
      readonly input?: string;
      readonly env?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<CommandOutcome> {
    const enclosure = this.#living();
    return runCommand(enclosure.enter(argv), {
      timeoutMs: options.timeoutMs ?? 10_000,
      input: options.input ?? '',
      env: { ...INSIDE_ENVIRONMENT, ...options.env },
      // `nsenter` itself lives outside; killed first, it would leave its child to the machine's process 1.
      onDeadline: (pid) => {
        const child = childOf(pid);
        if (child === null || !enclosure.holds(child)) {
          return false;
        }
        process.kill(-child, 'SIGKILL');
        return true;
      },
    });
  }

  /** Starts a program that runs on; it ends by itself, by its handle, or with the host. */
  async spawn(
    argv: readonly string[],
    options: { readonly env?: Readonly<Record<string, string>>; readonly onStdout?: (text: string) => void } = {},
  ): Promise<HostedProcess> {
    this.#started += 1;
    const log = join(this.spec.folder, 'logs', `${this.#started}-${(argv[0] ?? '').replace(/.*\//, '')}`);
    writeFileSync(`${log}.out`, '');
    writeFileSync(`${log}.err`, '');
    return HostedProcess.start({
      enclosure: this.#living(),
      argv,
      stdoutFile: `${log}.out`,
      stderrFile: `${log}.err`,
      env: options.env ?? {},
      ...(options.onStdout === undefined ? {} : { onStdout: options.onStdout }),
    });
  }

  /** What runs inside now, without process 1 and without the look itself. */
  async processes(): Promise<readonly ProcessRow[]> {
    const { stdout } = await this.exec(['ps', '-eo', 'pid=,args=']);
    const rows: ProcessRow[] = [];
    for (const line of stdout.split('\n')) {
      const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
      if (pid !== undefined && command !== undefined && pid !== '1' && command !== 'ps -eo pid=,args=') {
        rows.push({ pid: Number(pid), command });
      }
    }
    return rows;
  }

  /** Signals every process inside whose command line matches; returns those it found. The inside only: `kill` runs there. */
  async signalProcesses(pattern: RegExp, signal: 'TERM' | 'KILL' | 'STOP' | 'CONT'): Promise<readonly ProcessRow[]> {
    const found = (await this.processes()).filter(({ command }) => pattern.test(command));
    if (found.length > 0) {
      await this.exec(['/bin/kill', `-${signal}`, ...found.map(({ pid }) => String(pid))]);
    }
    return found;
  }

  /** Writes a file on the host's disk by rename, as an editor does; returns its path inside. It outlives a crash. */
  writeFile(name: string, text: string, mode = 0o644): string {
    const path = join(this.spec.folder, 'disk', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, text);
    chmodSync(`${path}.new`, mode);
    renameSync(`${path}.new`, path);
    return join(DISK, name);
  }

  /** Writes a file in one of its own folders, as a package or an administrator does: by rename, now and after every boot. */
  async install(path: string, text: string, mode = 0o644): Promise<void> {
    const file = { text, mode };
    this.#installed.set(path, file);
    await this.#put(path, file);
  }

  /** Loses frames at the switch, silently: on every link or one, both ways or one. `in` means that the host hears nothing. */
  async cut(options: { readonly link?: number; readonly direction?: CutDirection } = {}): Promise<void> {
    const plugs = this.spec.plugs.filter(({ link }) => options.link === undefined || options.link === link);
    await this.network.cut(plugs.map(({ port }) => ({ port, direction: options.direction ?? 'both' })));
  }

  /** Loses what this host and one other exchange on their common links; `in` means that this one hears nothing. */
  async cutFrom(
    peer: Host,
    options: { readonly link?: number; readonly direction?: CutDirection } = {},
  ): Promise<void> {
    const cuts = this.spec.plugs
      .filter(({ link }) => options.link === undefined || options.link === link)
      .flatMap(({ port, link }) =>
        peer.spec.plugs
          .filter((plug) => plug.link === link)
          .map((plug) => ({ port, peerPort: plug.port, direction: options.direction ?? 'both' })),
      );
    await this.network.cut(cuts);
  }

  /** Takes the carrier of the cables away, which the host's kernel notices; `plugBack` gives it back. */
  async pullCable(link?: number): Promise<void> {
    await this.network.pull(this.spec.plugs.filter((plug) => link === undefined || plug.link === link));
  }

  async plugBack(link?: number): Promise<void> {
    await this.network.pushBack(this.spec.plugs.filter((plug) => link === undefined || plug.link === link));
  }

  /** Ends every loss that this host's ports have part in. */
  async heal(): Promise<void> {
    const ports = new Set(this.spec.plugs.map(({ port }) => port));
    await this.network.heal((cut) => ports.has(cut.port) || (cut.peerPort !== undefined && ports.has(cut.peerPort)));
  }

  /** Told of every later boot and crash. */
  listen(listener: HostListener): void {
    this.#listeners.push(listener);
  }

  /** Ends it without telling anybody; for the end of the lab. */
  async close(): Promise<void> {
    await this.#enclosure?.kill();
    this.#enclosure = null;
  }

  async #put(path: string, { text, mode }: InstalledFile): Promise<void> {
    const script = 'mkdir -p "$3" && cat >"$1.new" && chmod "$2" "$1.new" && mv "$1.new" "$1"';
    const words = [path, mode.toString(8), dirname(path)];
    const outcome = await this.exec(['sh', '-c', script, 'sh', ...words], { input: text });
    if (outcome.code !== 0) {
      throw new Error(`"${path}" could not be written on "${this.name}": ${outcome.stderr.trim()}`);
    }
  }

  #living(): Enclosure {
    if (this.#enclosure === null || !this.#enclosure.isAlive) {
      throw new Error(`"${this.name}" is down; boot it first`);
    }
    return this.#enclosure;
  }
}
