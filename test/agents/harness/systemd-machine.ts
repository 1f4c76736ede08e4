/**
 * A real systemd as the init of namespaces of its own, with units of the test's own.
 *
 * Its processes stand in a control group made for it, its mounts hide the machine's own units and state and let it write nowhere else, and its network is empty. It lives exactly as long as a pipe of ours: when
 * this program ends, however it ends, the keeper ends systemd, the kernel ends everything inside, and the control group is removed.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { until } from './until.js';

/** Runs as process 1 of the namespaces, before systemd takes its place. */
const INSIDE = `set -eu
mount --make-rprivate /
mount -t proc proc /proc
for folder in /run /var/log /var/lib/systemd /etc/systemd/system; do mount -t tmpfs tmpfs "$folder"; done
umount --recursive /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --bind /proc/sys /proc/sys
for folder in /proc/sys /sys /; do mount -o remount,bind,ro "$folder"; done
cp "$UNITS"/* /etc/systemd/system/
ln -s /dev/null /etc/systemd/system/lab-masked.service
printf '[Unit]\\nDefaultDependencies=no\\n' > /etc/systemd/system/lab.target
export container=fairlead-test
exec /lib/systemd/systemd --unit=lab.target --log-target=null --show-status=no
`;

/** Holds it; `cat` returns when the pipe closes. */
const KEEPER = `group=$1; units=$2
mkdir "$group"
UNITS=$units sh -c 'echo $$ > "$1/cgroup.procs"; exec unshare --cgroup --pid --mount --net --uts --ipc --fork --kill-child sh -c "$2"' sh "$group" "$3" &
inside=$!
echo $inside
cat > /dev/null
exec 2> /dev/null
kill -KILL $inside
wait $inside
for i in $(seq 100); do find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && exit; sleep 0.05; done
`;

/** Where control groups of version 2 are mounted; null where they are not. */
export function controlGroupRoot(): string | null {
  return ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => existsSync(`${path}/cgroup.procs`)) ?? null;
}

/** How many were booted by this program: no two of them share a control group. */
let booted = 0;

/** A machine of its own, as far as systemd can tell. */
export class SystemdMachine {
  private constructor(
    private readonly keeper: ChildProcess,
    private readonly init: number,
  ) {}

  /** Boots it with the unit files of a folder. */
  static async boot(units: string): Promise<SystemdMachine> {
    booted += 1;
    const group = `${controlGroupRoot()}/fairlead-test-${process.pid}-${booted}`;
    const keeper = spawn('sh', ['-c', KEEPER, 'sh', group, units, INSIDE], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    keeper.stdin?.on('error', () => undefined);
    const unshare = await new Promise<string>((resolve) =>
      keeper.stdout?.once('data', (text) => resolve(String(text).trim())),
    );
    const init = await until('process 1 is there', () => childOf(unshare));
    const machine = new SystemdMachine(keeper, init);
    await until('systemd answers', () => machine.tryRun(['systemctl', 'is-active', 'lab.target']) === 0);
    return machine;
  }

  /** The words that run a program in here. */
  get enter(): readonly string[] {
    return ['nsenter', `--target=${this.init}`, '--mount', '--pid', '--net', '--uts', '--ipc', '--cgroup', '--'];
  }

  /** Runs a program, with something to read; returns its exit code. */
  tryRun(argv: readonly string[], input = ''): number | null {
    const [program = '', ...words] = [...this.enter, ...argv];
    return spawnSync(program, words, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status;
  }

  /** A property of a unit. */
  show(unit: string, property: string): string {
    const [program = '', ...words] = [...this.enter, 'systemctl', 'show', '--value', '-p', property, unit];
    return spawnSync(program, words, { encoding: 'utf8' }).stdout.trim();
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.keeper.once('exit', resolve));
    this.keeper.stdin?.end();
    await ended;
  }
}

function childOf(pid: string): number {
  try {
    return Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10) || 0;
  } catch {
    return 0; // Not there yet.
  }
}
