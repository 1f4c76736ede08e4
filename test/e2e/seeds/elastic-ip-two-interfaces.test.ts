/** An Elastic IP on the second interface of one of two load balancers: Corosync and Pacemaker in a VPC, with an agent that looks `eth1` up by its MAC address. */
import { expect, it } from 'vitest';
import { EC2_PORT } from '../../aws/main.js';
import { waitUntil } from '../harness/wait-until.js';
import { PATIENCE_MS } from '../stories/daemons.js';
import { LabCloud } from './lab-cloud.js';
import { describeSeed } from './seed.js';

const GROUP = 'balancer';
const ALLOCATION = 'eipalloc-0123456789abcdef0';

describeSeed(
  'the seed of an Elastic IP on two load balancers',
  {
    example: 'elastic-ip-two-interfaces',
    addresses: [],
    lab: {
      hosts: ['lb-test01', 'lb-test02', 'arbiter'],
      networks: [
        { interfaceName: 'eth0', subnet: '10.0.1' },
        { interfaceName: 'eth1', subnet: '10.0.2' },
      ],
      numbers: { 'lb-test01': 11, 'lb-test02': 12, arbiter: 9 },
    },
    adaptations: [
      { from: '10.0.2.9', to: '10.0.1.9', because: 'every host stands in both networks' },
      {
        from: 'interface: eth1',
        to: `interface: eth1, endpoint: "http://10.0.1.1:${EC2_PORT}"`,
        because: 'EC2 is on the gateway',
      },
    ],
  },
  (seedOf) => {
    let cloud: LabCloud | null = null;
    const cloudOf = (): LabCloud => {
      if (cloud === null) throw new Error('the cloud could not be made');
      return cloud;
    };

    it('it is associated with eth1 of the first load balancer', async () => {
      const seed = seedOf();
      cloud = await LabCloud.start(seed.lab, [{ allocationId: ALLOCATION, publicIp: '203.0.113.7' }]);
      await seed.daemons.startAll();

      await seed.untilRuns(GROUP, 'lb-test01');
      expect(cloud.changes(0)).toMatchObject([{ action: 'AssociateAddress', query: { AllocationId: ALLOCATION } }]);
      expect(await cloud.describe(EC2_PORT)).toContain('<privateIpAddress>10.0.2.11</privateIpAddress>');
    });

    it('EC2 does not answer: it stays where it is', async () => {
      const seed = seedOf();
      await seed.rest();
      const from = cloudOf().calls.length;

      await cloudOf().pause();
      try {
        const owner = seed.daemons.on('lb-test01');
        await owner.waitForOutput(/monitor of eip found nothing out: EC2 gave no answer/, { timeoutMs: PATIENCE_MS });
      } finally {
        cloudOf().resume();
      }

      await waitUntil('EC2 to answer again', () => cloudOf().callsOf('lb-test01', from).length > 1, {
        timeoutMs: PATIENCE_MS,
      });
      await seed.rest();
      expect(await seed.ownerOf(GROUP)).toBe('lb-test01');
      expect(cloudOf().changes(from)).toEqual([]);
    });

    it('the owner crashes: the other takes it over by two requests, for the rest was read while the lease ended', async () => {
      const seed = seedOf();
      await seed.rest();
      const from = cloudOf().calls.length;

      await seed.lab.host('lb-test01').crash();

      await seed.untilRuns(GROUP, 'lb-test02');
      expect(cloudOf().callsOf('lb-test02', from).slice(0, 4)).toMatchObject([
        { action: 'DescribeAddresses', code: 'ok' },
        { action: 'DisassociateAddress', code: 'ok' },
        { action: 'AssociateAddress', code: 'ok', query: { AllowReassociation: 'false' } },
        { action: 'DescribeAddresses', code: 'ok' },
      ]);
      const took = /start of eip took (\d+) ms/.exec(seed.daemons.on('lb-test02').output)?.[1];
      console.log(`e2e take-over of an Elastic IP: the start took ${took} ms`);
      await seed.rest();
      expect(await seed.ownerOf(GROUP)).toBe('lb-test02');
    });

    it('the owner is cut off and comes back: it leaves the address to the one that took it', async () => {
      const seed = seedOf();
      await seed.rest();
      const from = cloudOf().calls.length;

      await seed.lab.host('lb-test02').cut();

      await seed.untilRuns(GROUP, 'lb-test01', ['lb-test01', 'arbiter']);
      await seed.rest();
      expect(await seed.ownerOf(GROUP)).toBe('lb-test01');
      expect(cloudOf().changes(from)).toMatchObject([
        { action: 'DisassociateAddress', by: 'ASIA-i-lb-test01' },
        { action: 'AssociateAddress', by: 'ASIA-i-lb-test01' },
      ]);
    });

    it('the cluster software is stopped: it is given up, and taken by one request', async () => {
      const seed = seedOf();
      await seed.rest();
      const from = cloudOf().calls.length;

      const outcome = await seed.daemons.fairlead('lb-test01', ['leave']);

      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      await seed.untilRuns(GROUP, 'lb-test02', ['lb-test02', 'arbiter']);
      expect(cloudOf().changes(from)).toMatchObject([
        { action: 'DisassociateAddress', by: 'ASIA-i-lb-test01' },
        { action: 'AssociateAddress', by: 'ASIA-i-lb-test02' },
      ]);
    });
  },
);
