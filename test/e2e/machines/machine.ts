/**
 * A machine with systemd as its init: a `systemd-nspawn` container that boots from a shared, read-only root with a disk of its own over it, inside a host of a lab and on its network.
 *
 * The host is the machine's place in the rack: its cables and its disk stay while the machine is rebooted or off. Everything ends with the host, and so with this program. What is left are empty control groups,
 * which {@link removeControlGroups} takes away.
 *
 * Source: systemd-nspawn(1); https://systemd.io/CONTAINER_INTERFACE.
 */
import { rmdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { controlGroupRoot } from '../../agents/harness/systemd-machine.js';
import type { CommandOutcome } from '../harness/command.js';
import type { Host } from '../harness/host.js';
import type { HostedProcess } from '../harness/hosted-process.js';
import { waitUntil } from '../harness/wait-until.js';

/** The package as the machine sees it. */
const PACKAGE_INSIDE = '/opt/fairlead';
const PACKAGE = resolve(import.meta.dirname, '../../..');

const GROUP_NAME = /^fairlead-e2e-(\d+)-/;

/** A shutdown takes 1 s, and the hand-over before it another. */
const DOWN_MS = 60_000;

/** The exit code of a container that is to be started again. Source: systemd-nspawn(1), `--keep-unit`; it is what `RestartForceExitStatus=` of its own unit file names. */
const REBOOT_CODE = 133;

/** Makes the disk: $1 is the shared root, then come pairs of a path and where it is found on the host. */
const MAKE_DISK = `
mkdir -p /run/layers /run/machine
mount -t tmpfs tmpfs /run/layers
mkdir /run/layers/upper /run/layers/work
mount -t overlay -o "lowerdir=$1,upperdir=/run/layers/upper,workdir=/run/layers/work" overlay /run/machine
cp -rT --no-preserve=ownership /run/disk/machine /run/machine
mkdir -p /run/machine/usr/local/bin
ln -s ${PACKAGE_INSIDE}/dist/cli/main.js /run/machine/usr/local/bin/fairlead
mount -t cgroup2 cgroup2 /sys/fs/cgroup
`;

/** $1 is the control group, $2 the name, $3 the program of Node, $4 the package. The container's own manager takes process 1 for whose control group everything stands in, so it is process 1. */
const POWER_ON = `
mkdir -p "/sys/fs/cgroup/$1"
echo $$ > "/sys/fs/cgroup/$1/cgroup.procs"
exec unshare --cgroup --mount --pid --fork --kill-child --mount-proc sh -euc '
umount /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec systemd-nspawn --quiet --boot --register=no --keep-unit --settings=no --console=pipe --machine="$1" --directory=/run/machine \\
  --network-namespace-path=/proc/1/ns/net --capability=CAP_NET_ADMIN --resolv-conf=off --timezone=off --link-journal=no \\
  --bind-ro="$2:/usr/local/bin/node" --bind-ro="$3:${PACKAGE_INSIDE}"
' sh "$2" "$3" "$4"
`;

/** $1 is the process that holds the container's manager, whose child is the container's process 1; the rest is run inside. */
const ENTER = `
child() { tr -d ' ' < "/proc/$1/task/$1/children"; }
leader=$(child "$(child "$1")")
shift
exec nsenter --target "$leader" --mount --uts --ipc --pid --cgroup -- "$@"
`;

/** How a machine is furnished. */
export interface MachineOptions {
  /** The shared root, as the host sees it. */
  readonly root: string;
  /** What stands on its disk beside that, by path. */
  readonly files: Readonly<Record<string, string | { readonly text: string; readonly mode: number }>>;
}

/** A machine of the test. */
export class Machine {
  #container: HostedProcess | null = null;

  private constructor(readonly host: Host) {}

  /** Furnishes a machine in a host, which is up. It is off. */
  static async make(host: Host, options: MachineOptions): Promise<Machine> {
    for (const [path, file] of Object.entries(options.files)) {
      const { text, mode } = typeof file === 'string' ? { text: file, mode: 0o644 } : file;
      host.writeFile(join('machine', path), text, mode);
    }
    // With this folder the journal outlives a boot.
    host.writeFile('machine/var/log/journal/README', '');
    await must(host, ['sh', '-euc', MAKE_DISK, 'sh', options.root]);
    return new Machine(host);
  }

  get name(): string {
    return this.host.name;
  }

  /** Whether it has power: also while it boots or goes down. */
  get isOn(): boolean {
    return this.#container?.hasExited === false;
  }

  /** Switches it on; does not wait for anything to run inside. */
  async powerOn(): Promise<void> {
    if (this.isOn) throw new Error(`"${this.name}" is on already`);
    const group = `fairlead-e2e-${process.pid}-${this.name}`;
    this.#container = await this.host.spawn([
      'sh',
      '-euc',
      POWER_ON,
      'sh',
      group,
      this.name,
      process.execPath,
      PACKAGE,
    ]);
  }

  /** Waits until it has gone down by its own doing. Shape: whether it wants to be switched on again. */
  async untilDown(): Promise<{ readonly isReboot: boolean }> {
    await waitUntil(`"${this.name}" is down`, () => !this.isOn, { timeoutMs: DOWN_MS, onTimeout: () => this.console });
    const { code } = (await this.#container?.exited) ?? {};
    return { isReboot: code === REBOOT_CODE };
  }

  /** Runs a program inside to its end. Errors: throws while it is off; in the midst of a boot or shutdown the outcome is a failure. */
  run(argv: readonly string[], options: { readonly timeoutMs?: number } = {}): Promise<CommandOutcome> {
    const pid = this.#container?.pid;
    if (pid === undefined || !this.isOn) throw new Error(`"${this.name}" is off`);
    return this.host.exec(['sh', '-euc', ENTER, 'sh', String(pid), ...argv], options);
  }

  /** What a program says that succeeds. Errors: throws with what it says otherwise. */
  async ask(argv: readonly string[], options: { readonly timeoutMs?: number } = {}): Promise<string> {
    const outcome = await this.run(argv, options);
    if (outcome.code === 0) return outcome.stdout;
    throw new Error(`"${argv.join(' ')}" on "${this.name}": ${outcome.stderr.trim()}${outcome.stdout.trim()}`);
  }

  /** A property of a unit. */
  async show(unit: string, property: string): Promise<string> {
    return (await this.ask(['systemctl', 'show', '--value', `--property=${property}`, unit])).trim();
  }

  /** What systemd and these units wrote since it was furnished, over all boots; it may be off. */
  async journal(...units: readonly string[]): Promise<string> {
    const words = ['--directory=/run/machine/var/log/journal', '--no-pager', '--output=cat'];
    return must(this.host, ['journalctl', ...words, ...units.map((unit) => `--unit=${unit}`)]);
  }

  /** What it wrote to its console. */
  get console(): string {
    return this.#container?.output ?? '';
  }
}

/** Removes what earlier machines of this program, or of programs that are gone, left in the tree of control groups. Nothing with a process in it can be removed. */
export function removeControlGroups(): void {
  const root = controlGroupRoot();
  if (root === null) return;
  for (const name of readdirSync(root)) if (GROUP_NAME.test(name)) removeTree(join(root, name));
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  try {
    rmdirSync(folder);
  } catch {
    // It belongs to a test that runs.
  }
}

async function must(host: Host, argv: readonly string[]): Promise<string> {
  const outcome = await host.exec(argv, { timeoutMs: 30_000 });
  if (outcome.code === 0) return outcome.stdout;
  throw new Error(`"${argv[0]}" on "${host.name}" failed: ${outcome.stderr.trim()}`);
}
