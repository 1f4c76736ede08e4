/** nginx behind an address on one of two servers that watch their gateway: Pacemaker set up by `pcs`, with Debian's nginx. Its unit in the care of systemd is run by systemd.test.ts. */
import { expect, it } from 'vitest';
import { describeSeed } from './seed.js';

const VIRTUAL_ADDRESS = '192.168.1.178';
const GROUP = 'rg01';
const URL_OF_PAGE = `http://${VIRTUAL_ADDRESS}/test.html`;

describeSeed(
  'the seed of nginx, an address and a watched gateway',
  {
    example: 'nginx-vip-ping',
    addresses: [VIRTUAL_ADDRESS],
    lab: {
      hosts: ['pm-test1', 'pm-test2', 'arbiter'],
      networks: [
        { interfaceName: 'eth0', subnet: '192.168.1' },
        { interfaceName: 'eth1', subnet: '172.16.1' },
      ],
      numbers: { 'pm-test1': 101, 'pm-test2': 102, arbiter: 103, gateway: 1, client: 217 },
      ownFolders: ['/var/www'],
    },
    adaptations: [
      {
        from: 'type: systemd:nginx\n',
        to: 'type: script\n    params: { run: [/usr/sbin/nginx, -g, daemon off;] }\n',
        because: 'hosts have no systemd',
      },
    ],
    files: ({ name }) => ({ '/var/www/html/test.html': pageOf(name) }),
    // A lost gateway is noticed in the second round that misses it, and a round of three attempts comes every 10 s.
    patienceMs: 90_000,
  },
  (seedOf) => {
    it('both are started on the first server, the page says so, and the server has the request in its log', async () => {
      const seed = seedOf();
      await seed.daemons.startAll();

      await seed.untilRuns(GROUP, 'pm-test1');
      await seed.untilAnswered('test page on pm-test1.', () => seed.page(URL_OF_PAGE));
      expect(await seed.watch.holders(VIRTUAL_ADDRESS)).toEqual(['pm-test1']);
      const { stdout } = await seed.lab.host('pm-test1').exec(['cat', '/var/log/nginx/access.log']);
      expect(stdout).toMatch(/^192\.168\.1\.217 .*"GET \/test\.html HTTP\/1\.1" 200/m);
      const idle = await seed.lab.host('pm-test2').processes();
      expect(idle.filter(({ command }) => command.includes('nginx'))).toEqual([]);
    });

    it('the gateway is lost from the server alone: both move to the other, and stay when it is back', async () => {
      const seed = seedOf();
      await seed.rest();
      const owner = await seed.ownerOf(GROUP);
      const peer = seed.peerOf(owner);

      await seed.lab.host(owner).cutFrom(seed.lab.gateway);

      await seed.untilAnswered(`test page on ${peer}.`, () => seed.page(URL_OF_PAGE));
      await seed.rest();
      expect(await seed.ownerOf(GROUP)).toBe(peer);
    });

    it('the server crashes: the other takes over, and the first gets nothing back', async () => {
      const seed = seedOf();
      await seed.rest();
      const owner = await seed.ownerOf(GROUP);
      const peer = seed.peerOf(owner);

      await seed.lab.host(owner).crash();

      await seed.untilAnswered(`test page on ${peer}.`, () => seed.page(URL_OF_PAGE));
      await seed.rest();
      expect(await seed.ownerOf(GROUP)).toBe(peer);
    });

    it('the gateway is lost from all: the service stays where it is', async () => {
      const seed = seedOf();
      await seed.rest();
      const owner = await seed.ownerOf(GROUP);
      const holdings = await seed.watch.holdings(VIRTUAL_ADDRESS);

      await seed.lab.gateway.cutFrom(seed.lab.host('pm-test1'));
      await seed.lab.gateway.cutFrom(seed.lab.host('pm-test2'));

      await seed.untilStatus(
        'a gateway that neither server reaches, and nothing to do',
        ({ pings, plan }) =>
          seed.members.every((name) => pings.some(({ node, ok }) => node === name && ok === false)) &&
          plan?.actions.length === 0,
      );
      expect(await seed.page(URL_OF_PAGE)).toContain(`test page on ${owner}.`);
      expect(await seed.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
    });
  },
);

/** The page of the set-up. */
function pageOf(name: string): string {
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="UTF-8" />
<title>Test Page</title>
</head>

<body>
<h1>Test Page</h1>
test page on ${name}.
</body>
</html>
`;
}
