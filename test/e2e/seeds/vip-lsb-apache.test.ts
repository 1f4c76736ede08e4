/** An address and Apache by its init script on one of two machines: Corosync and Pacemaker on Ubuntu, with `service apache2` of Debian's package. */
import { expect, it } from 'vitest';
import type { Host } from '../harness/host.js';
import { describeSeed } from './seed.js';

const VIRTUAL_ADDRESS = '172.16.35.20';
const GROUP = 'webservice';
const URL_OF_PAGE = `http://${VIRTUAL_ADDRESS}/`;

describeSeed(
  'the seed of an address and Apache by its init script',
  {
    example: 'vip-lsb-apache',
    addresses: [VIRTUAL_ADDRESS],
    lab: {
      hosts: ['pacemaker1', 'pacemaker2', 'arbiter'],
      networks: [{ interfaceName: 'eth2', subnet: '172.16.35' }],
      numbers: { pacemaker1: 10, pacemaker2: 11, arbiter: 12 },
      ownFolders: ['/var/www'],
    },
    files: ({ name }) => ({
      '/var/www/html/index.html': `${name}\n`,
      '/var/log/apache2/error.log': '',
    }),
  },
  (seedOf) => {
    it('both are started on the first machine, and the page is there', async () => {
      const seed = seedOf();
      await seed.daemons.startAll();

      await seed.untilRuns(GROUP, 'pacemaker1');
      await seed.untilAnswered('pacemaker1', () => seed.page(URL_OF_PAGE));
      expect(await seed.watch.holders(VIRTUAL_ADDRESS)).toEqual(['pacemaker1']);
      expect(await apaches(seed.lab.host('pacemaker2'))).toEqual([]);
    });

    it('the cluster software is stopped there: both move, and do not come back with it', async () => {
      const seed = seedOf();
      await seed.rest();

      const outcome = await seed.daemons.fairlead('pacemaker1', ['leave']);

      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      await seed.untilAnswered('pacemaker2', () => seed.page(URL_OF_PAGE));
      expect(await apaches(seed.lab.host('pacemaker1'))).toEqual([]);

      await seed.rest();

      expect(await seed.ownerOf(GROUP)).toBe('pacemaker2');
    });

    it('Apache is stopped by hand: it is started again where it was, and the address stays', async () => {
      const seed = seedOf();
      await seed.rest();
      const owner = await seed.ownerOf(GROUP);
      const holdings = await seed.watch.holdings(VIRTUAL_ADDRESS);
      const host = seed.lab.host(owner);
      const before = (await apaches(host)).map(({ pid }) => pid);

      const stopped = await host.exec(['/etc/init.d/apache2', 'stop']);

      expect(stopped, stopped.stderr).toMatchObject({ code: 0 });
      // It may be there again before anybody can ask: the end of its process is told at once.
      await seed.untilAnswered(owner, () => seed.page(URL_OF_PAGE));
      expect(before.length).toBeGreaterThan(0);
      expect((await apaches(host)).filter(({ pid }) => before.includes(pid))).toEqual([]);
      expect(await seed.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
    });

    it('the machine crashes: the other takes over, and the first gets nothing back', async () => {
      const seed = seedOf();
      await seed.rest();
      const owner = await seed.ownerOf(GROUP);
      const peer = seed.peerOf(owner);

      await seed.lab.host(owner).crash();

      await seed.untilAnswered(peer, () => seed.page(URL_OF_PAGE));
      await seed.rest();
      expect(await seed.ownerOf(GROUP)).toBe(peer);
    });
  },
);

async function apaches(host: Host): Promise<Awaited<ReturnType<Host['processes']>>> {
  return (await host.processes()).filter(({ command }) => command.includes('apache2'));
}
