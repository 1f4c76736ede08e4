/**
 * A network namespace that lives exactly as long as this program lets it.
 *
 * It is held by a `cat` that reads a pipe of ours: when this program ends, however it ends, the pipe closes, `cat` ends, and the kernel takes the namespace and its interfaces away.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { until } from './until.js';

/** A network of its own. */
export class NetNamespace {
  private constructor(private readonly keeper: ChildProcess) {}

  static async make(): Promise<NetNamespace> {
    const keeper = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    keeper.stdin?.on('error', () => undefined);
    const own = readlinkSync('/proc/self/ns/net');
    await until('the namespace is there', () => {
      const inside = readlinkSync(`/proc/${keeper.pid}/ns/net`);
      return inside !== own;
    });
    const namespace = new NetNamespace(keeper);
    namespace.ip('link set lo up');
    return namespace;
  }

  get pid(): number {
    return this.keeper.pid ?? 0;
  }

  /** The words that run a program in here. */
  get enter(): readonly string[] {
    return ['nsenter', `--net=/proc/${this.pid}/ns/net`, '--'];
  }

  /** Runs `ip` with words separated by blanks; returns what it printed. */
  ip(words: string): string {
    return this.run(['ip', ...words.split(' ')]);
  }

  /** Runs a program; throws when it fails. */
  run(argv: readonly string[]): string {
    const [program = '', ...words] = [...this.enter, ...argv];
    const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(`${argv.join(' ')}: ${stderr}`);
    }
    return stdout;
  }

  /** Whether an address is held in here. */
  holds(address: string): boolean {
    return this.ip('-o address show').includes(` ${address}/`);
  }

  /** Ends it. */
  end(): void {
    this.keeper.stdin?.end();
  }
}

/**
 * Two networks joined by a cable: `eth0` here, `eth0` there.
 *
 * The kernel's own duplicate detection is off unless `settles`: it would keep every interface from IPv6 for two seconds.
 */
export async function makeJoinedPair(
  options: { readonly settles?: boolean } = {},
): Promise<{ readonly here: NetNamespace; readonly there: NetNamespace }> {
  const here = await NetNamespace.make();
  const there = await NetNamespace.make();
  if (options.settles !== true) {
    for (const namespace of [here, there]) {
      namespace.run(['sh', '-c', 'for i in all default; do echo 0 > /proc/sys/net/ipv6/conf/$i/accept_dad; done']);
    }
  }
  here.ip(`link add eth0 type veth peer name eth0 netns ${there.pid}`);
  resetPair({ here, there });
  return { here, there };
}

/** Gives a pair the addresses that it began with, and no others. */
export function resetPair(pair: { readonly here: NetNamespace; readonly there: NetNamespace }): void {
  for (const [namespace, number] of [
    [pair.here, 1],
    [pair.there, 2],
  ] as const) {
    const commands = [
      'address flush dev lo',
      'address add 127.0.0.1/8 dev lo',
      'address flush dev eth0 scope global',
      `address add 10.7.0.${number}/24 dev eth0`,
      `address add fd07::${number}/64 dev eth0 nodad`,
      'link set eth0 up',
      'neigh flush dev eth0',
    ];
    namespace.run([
      'sh',
      '-c',
      'ip link delete eth1 2> /dev/null; printf "%s\\n" "$@" | ip -batch -',
      'sh',
      ...commands,
    ]);
  }
}
