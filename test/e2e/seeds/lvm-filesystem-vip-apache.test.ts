/** A web site on a disk that two hosts share, set up by `pcs`: volume group, xfs, address and Apache in one group, an address of its own beside it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SHARED_DISK } from '../harness/host-set-up.js';
import { PowerSwitch, fenceAgent } from '../harness/power-switch.js';
import { waitUntil } from '../harness/wait-until.js';
import { PATIENCE_MS } from '../stories/daemons.js';
import { describeSeed } from './seed.js';
import type { Seed } from './seed.js';

const CLUSTER_IP = '10.0.0.3';
const SITE = '10.0.1.100';
const URL_OF_PAGE = `http://${SITE}/`;

/** Written into the mounted file system once; it is found wherever that is mounted. */
const PAGE = 'the page on app_lv';

const CONFIG = '/etc/httpd/conf/httpd.conf';
const AGENTS = '/usr/lib/ocf/resource.d/heartbeat';
const FENCE_AGENT = '/usr/sbin/fence_ipmilan';

/** Where the stand-in of LVM-activate writes what it did, in order. */
const JOURNAL = `${SHARED_DISK}/app_vg.journal`;

/**
 * Stands in for LVM-activate, since there is no device mapper here: a volume group is a folder of files on the shared disk, and an active one is a folder of links in /dev. What it declares is what Debian's agent declares.
 */
const LVM_ACTIVATE = `#!/bin/sh
group="$OCF_RESKEY_vgname"
case "$1" in
  meta-data) exec ${AGENTS}/LVM-activate.debian meta-data ;;
  start)
    echo "start $(hostname)" >>${JOURNAL}
    mkdir -p "/dev/$group" && ln -sf ${SHARED_DISK}/"$group"/* "/dev/$group/"
    ;;
  stop)
    [ -d "/dev/$group" ] || exit 0
    rm -r "/dev/$group" && echo "stop $(hostname)" >>${JOURNAL}
    ;;
  monitor) [ -d "/dev/$group" ] || exit 7 ;;
  *) exit 3 ;;
esac
`;

describeSeed(
  'the seed of a volume group, a file system, an address and Apache',
  {
    example: 'lvm-filesystem-vip-apache',
    addresses: [CLUSTER_IP, SITE],
    lab: {
      hosts: ['xfvlab5', 'xfvlab11', 'arbiter'],
      networks: [
        { interfaceName: 'ens4', subnet: '10.0.1' },
        { interfaceName: 'ens3', subnet: '10.0.0' },
      ],
      numbers: { xfvlab5: 1, xfvlab11: 2, arbiter: 9, gateway: 254 },
      ownFolders: ['/dev', AGENTS, '/usr/sbin'],
    },
    adaptations: [
      {
        from: 'fstype: xfs }',
        to: 'fstype: xfs, options: loop }',
        because: 'a volume is a file and no block device',
      },
    ],
    files: ({ name }) => ({
      [CONFIG]: httpdConfig({ name, hasStatus: true }),
      '/etc/fairlead/ipmi': { text: 'secret\n', mode: 0o600 },
      [`${AGENTS}/LVM-activate.debian`]: { text: readFileSync(`${AGENTS}/LVM-activate`, 'utf8'), mode: 0o755 },
      [`${AGENTS}/LVM-activate`]: { text: LVM_ACTIVATE, mode: 0o755 },
      // Management boards that obey the lab, for want of any; what the agent declares is what Debian's agent declares.
      [`${FENCE_AGENT}.debian`]: { text: readFileSync(FENCE_AGENT, 'utf8'), mode: 0o755 },
      [FENCE_AGENT]: { text: fenceAgent(`exec ${FENCE_AGENT}.debian -o metadata`), mode: 0o755 },
    }),
    patienceMs: 90_000,
  },
  (seedOf) => {
    let power: PowerSwitch;

    beforeAll(async () => {
      const { lab } = seedOf();
      power = PowerSwitch.start(lab);
      const script = `mkdir ${SHARED_DISK}/app_vg && truncate --size=320M ${SHARED_DISK}/app_vg/app_lv && mkfs.xfs -q ${SHARED_DISK}/app_vg/app_lv`;
      const made = await lab.host('xfvlab5').exec(['sh', '-c', script]);
      expect(made, made.stderr).toMatchObject({ code: 0 });
    });

    afterAll(async () => {
      await power?.close();
    });

    it('the site is started on one host and the cluster address on the other', async () => {
      const seed = seedOf();
      await seed.daemons.startAll();

      await seed.untilRuns('app', 'xfvlab5');
      await seed.untilRuns('cluster-ip', 'xfvlab11');
      const written = await seed.lab.host('xfvlab5').exec(['sh', '-c', `echo ${PAGE} >/var/www/index.html`]);
      expect(written).toMatchObject({ code: 0 });
      await seed.untilAnswered(PAGE, () => seed.page(URL_OF_PAGE));
      expect(await mountedOn(seed)).toEqual(['xfvlab5']);
      expect(await seed.watch.holders(CLUSTER_IP)).toEqual(['xfvlab11']);
    });

    it('the cluster software is stopped on one host: its address moves, and does not come back with it', async () => {
      const seed = seedOf();
      await seed.rest();

      const outcome = await seed.daemons.fairlead('xfvlab11', ['leave']);

      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      await seed.untilRuns('cluster-ip', 'xfvlab5', ['xfvlab5', 'arbiter']);
      expect(await seed.watch.holders(CLUSTER_IP)).toEqual(['xfvlab5']);

      await seed.rest();

      expect(await seed.ownerOf('cluster-ip')).toBe('xfvlab5');
    });

    it('the status page fails: all of the group moves to the other host', async () => {
      const seed = seedOf();
      await seed.rest();
      const host = seed.lab.host('xfvlab5');

      await host.install(CONFIG, httpdConfig({ name: host.name, hasStatus: false }));
      const reloaded = await host.exec(['/usr/sbin/apache2', '-f', CONFIG, '-k', 'graceful']);

      expect(reloaded, reloaded.stderr).toMatchObject({ code: 0 });
      await seed.untilRuns('app', 'xfvlab11');
      await seed.untilAnswered(PAGE, () => seed.page(URL_OF_PAGE));
      expect(await mountedOn(seed)).toEqual(['xfvlab11']);
      expect(await seed.watch.holders(SITE)).toEqual(['xfvlab11']);
      expect(power.orders).toEqual([]);
      await host.install(CONFIG, httpdConfig({ name: host.name, hasStatus: true }));
      const forgotten = await seed.daemons.fairlead('xfvlab5', ['retry', 'website', '--on', 'xfvlab5']);
      expect(forgotten, forgotten.stderr).toMatchObject({ code: 0 });
    });

    it('the host of the site is lost: it is off before the disk is mounted elsewhere, and gets nothing back', async () => {
      const seed = seedOf();
      await seed.rest();

      await seed.lab.host('xfvlab11').cut();

      await seed.untilRuns('app', 'xfvlab5', ['xfvlab5', 'arbiter']);
      await seed.untilAnswered(PAGE, () => seed.page(URL_OF_PAGE));
      expect(power.orders[0]).toMatchObject({
        device: '10.0.0.111',
        action: 'off',
        host: 'xfvlab11',
        isDone: true,
      });
      // A host that is cut off stops at the end of its lease, if its power lasts so long.
      const { stdout } = await seed.lab.host('xfvlab5').exec(['cat', JOURNAL]);
      expect(stdout).toMatch(/^start xfvlab5\nstop xfvlab5\nstart xfvlab11\n(stop xfvlab11\n)?start xfvlab5\n$/);
      const taken = (await seed.watch.holdings(SITE)).at(-1);
      expect(taken).toMatchObject({ host: 'xfvlab5', untilMs: null });
      expect(taken?.fromMs).toBeGreaterThan(power.orders[0]?.atMs ?? Number.POSITIVE_INFINITY);

      await waitUntil('power for the host', () => power.orders.some(({ action }) => action === 'on'), {
        timeoutMs: PATIENCE_MS,
      });
      await seed.rest();
      expect(await seed.ownerOf('app')).toBe('xfvlab5');
      expect(await mountedOn(seed)).toEqual(['xfvlab5']);
    });
  },
);

/** The hosts that have the file system mounted. */
async function mountedOn(seed: Seed): Promise<readonly string[]> {
  const found: string[] = [];
  for (const host of seed.lab.hosts.filter(({ isUp }) => isUp)) {
    const { code } = await host.exec(['findmnt', '--types=xfs', '/var/www']);
    if (code === 0) found.push(host.name);
  }
  return found;
}

/** As CentOS has it, of the modules that Debian brings. */
function httpdConfig({ name, hasStatus }: { readonly name: string; readonly hasStatus: boolean }): string {
  return `ServerRoot /usr/lib/apache2
ServerName ${name}
PidFile /run/httpd.pid
Listen 80
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule authz_host_module modules/mod_authz_host.so
LoadModule dir_module modules/mod_dir.so
LoadModule status_module modules/mod_status.so
User www-data
Group www-data
ErrorLog /var/log/httpd-error.log
DocumentRoot /var/www
DirectoryIndex index.html
<Directory /var/www>
  Require all granted
</Directory>
${hasStatus ? '<Location /server-status>\n  SetHandler server-status\n  Require local\n</Location>\n' : ''}`;
}
