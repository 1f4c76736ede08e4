/** memcached and an address on one of two servers, over two networks: Heartbeat with haresources and a check script, with the init script of Debian's package. */
import { expect, it } from 'vitest';
import { describeSeed } from './seed.js';
import type { Seed } from './seed.js';

const VIRTUAL_ADDRESS = '172.16.0.1';
const GROUP = 'cache';

describeSeed(
  'the seed of memcached and an address',
  {
    example: 'memcached-failover',
    addresses: [VIRTUAL_ADDRESS],
    lab: {
      hosts: ['sv1', 'sv2', 'arbiter'],
      networks: [
        { interfaceName: 'eth0', subnet: '172.16.0' },
        { interfaceName: 'eth1', subnet: '192.168.0' },
      ],
      numbers: { sv1: 2, sv2: 3, arbiter: 9, gateway: 254 },
      ownFolders: ['/dev'],
    },
    files: () => ({
      '/etc/memcached.conf': '-d\nlogfile /var/log/memcached.log\n-m 64\n-p 11211\n-c 1024\n-u memcache\n',
      '/dev/watchdog': '',
    }),
    // A lease takes 30 s, and whoever failed is not moved back to for as long; a voter that was just started counts both the lease and what is added for the clocks.
    patienceMs: 120_000,
  },
  (seedOf) => {
    it('both are started on the first server, and a client is served at the address', async () => {
      const seed = seedOf();
      await seed.daemons.startAll();

      await seed.untilRuns(GROUP, 'sv1');
      await untilServedBy(seed, 'sv1');
      expect(await seed.watch.holders(VIRTUAL_ADDRESS)).toEqual(['sv1']);
      expect(await memcacheds(seed, 'sv2')).toEqual([]);
    });

    it('memcached is stopped by hand: both move to the other server, and back when it is stopped there', async () => {
      const seed = seedOf();
      await seed.rest();

      for (const [from, to] of [
        ['sv1', 'sv2'],
        ['sv2', 'sv1'],
      ] as const) {
        const stopped = await seed.lab.host(from).exec(['/etc/init.d/memcached', 'stop']);
        expect(stopped, stopped.stderr).toMatchObject({ code: 0 });

        await seed.untilRuns(GROUP, to);
        await untilServedBy(seed, to);
        expect(await seed.watch.holders(VIRTUAL_ADDRESS)).toEqual([to]);
        expect(await memcacheds(seed, from)).toEqual([]);
      }
    });

    it('memcached hangs, and its process is there: both move all the same', async () => {
      const seed = seedOf();
      await seed.rest();
      const owner = await seed.ownerOf(GROUP);
      const peer = seed.peerOf(owner);

      await seed.lab.host(owner).signalProcesses(/memcached/, 'STOP');

      await untilServedBy(seed, peer);
      expect(await memcacheds(seed, owner)).toEqual([]);
    });

    it('the server crashes: the other takes over, and the first gets nothing back', async () => {
      const seed = seedOf();
      await seed.rest();
      const owner = await seed.ownerOf(GROUP);
      const peer = seed.peerOf(owner);

      await seed.lab.host(owner).crash();

      await untilServedBy(seed, peer);
      await seed.rest();
      expect(await seed.ownerOf(GROUP)).toBe(peer);
    });

    it('the cluster software is restarted on the other server: nothing moves', async () => {
      const seed = seedOf();
      await seed.rest();
      const owner = await seed.ownerOf(GROUP);
      const peer = seed.peerOf(owner);
      const before = await memcacheds(seed, owner);
      const holdings = await seed.watch.holdings(VIRTUAL_ADDRESS);

      await seed.daemons.on(peer).stop();
      await seed.daemons.start(peer);

      await seed.rest();
      expect(await memcacheds(seed, owner)).toEqual(before);
      expect(await seed.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
    });

    it('the service network is lost at the server alone: both move to the one that still sees the gateway', async () => {
      const seed = seedOf();
      await seed.rest();
      const owner = await seed.ownerOf(GROUP);
      const peer = seed.peerOf(owner);

      await seed.lab.host(owner).cutFrom(seed.lab.gateway);

      await seed.untilRuns(GROUP, peer);
      await untilServedBy(seed, peer);
      await seed.rest();
      expect(await seed.ownerOf(GROUP)).toBe(peer);
    });
  },
);

/** The ids of the processes of memcached on a server, by its own count. */
async function memcacheds(seed: Seed, name: string): Promise<readonly number[]> {
  const rows = await seed.lab.host(name).processes();
  return rows.filter(({ command }) => /memcached/.test(command)).map(({ pid }) => pid);
}

/** Waits until the client, asking as the check script of the set-up does, is answered by the process of a server. */
async function untilServedBy(seed: Seed, name: string): Promise<void> {
  const ask = async (): Promise<string> => {
    const words = ['curl', '--silent', '--max-time', '2', `telnet://${VIRTUAL_ADDRESS}:11211`];
    const { stdout } = await seed.lab.client.exec(words, { input: 'stats\nquit\n' });
    const [, pid] = /STAT pid (\d+)/.exec(stdout) ?? [];
    const own = await memcacheds(seed, name);
    return pid !== undefined && own.includes(Number(pid)) ? name : stdout;
  };
  await seed.untilAnswered(name, ask);
}
