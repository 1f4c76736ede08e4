/** Debian's awscli, of which no line is ours, agrees with what the cloud of the tests says. */
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../agents/harness/requirements.js';
import { Ec2Server } from './ec2-server.js';
import { Ec2World } from './ec2-world.js';
import { MetadataServer } from './metadata-server.js';

const AWS = { path: '/usr/bin/aws', debianPackage: 'awscli' };
const EIP = 'eipalloc-0123456789abcdef0';
const TABLE = 'rtb-0123456789abcdef0';
const INSTANCE = 'i-000000000000000aa';

describeWith('the cloud of the tests, asked by awscli', { files: [AWS] }, () => {
  let world: Ec2World;
  let ec2: Ec2Server;
  let metadata: MetadataServer;
  let eni: string;
  beforeEach(async () => {
    world = new Ec2World();
    world.addAddress(EIP, '203.0.113.7');
    const [first] = world.addInstance(INSTANCE, [
      { macAddress: '02:00:00:00:00:11', privateIps: ['10.0.1.11', '10.0.1.111'] },
    ]);
    eni = first?.id ?? '';
    ec2 = await Ec2Server.start(world);
    metadata = await MetadataServer.start(world, INSTANCE);
  });
  afterEach(async () => {
    await Promise.all([ec2.close(), metadata.close()]);
  });

  /** Shape: what it printed, read as JSON; or its complaint. */
  async function aws(...words: readonly string[]): Promise<unknown> {
    const child = spawn(AWS.path, ['ec2', ...words, '--endpoint-url', ec2.url, '--output', 'json'], {
      env: {
        PATH: '/usr/bin:/bin',
        HOME: '/nowhere',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_MAX_ATTEMPTS: '1',
        AWS_METADATA_SERVICE_TIMEOUT: '20',
        AWS_EC2_METADATA_SERVICE_ENDPOINT: `${metadata.url}/`,
      },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    return code === 0 ? (stdout === '' ? null : JSON.parse(stdout)) : stderr.trim();
  }

  it('associates and describes as EC2 does, with credentials of the metadata service', async () => {
    const made = await aws(
      ...['associate-address', '--allocation-id', EIP, '--network-interface-id', eni],
      ...['--private-ip-address', '10.0.1.111', '--no-allow-reassociation'],
    );
    const associationId = world.associationOf(EIP)?.id ?? 'none';
    expect(made).toEqual({ AssociationId: associationId });
    expect(await aws('describe-addresses', '--allocation-ids', EIP)).toEqual({
      Addresses: [
        {
          InstanceId: INSTANCE,
          PublicIp: '203.0.113.7',
          AllocationId: EIP,
          AssociationId: associationId,
          Domain: 'vpc',
          NetworkInterfaceId: eni,
          NetworkInterfaceOwnerId: '123456789012',
          PrivateIpAddress: '10.0.1.111',
          PublicIpv4Pool: 'amazon',
          NetworkBorderGroup: 'us-east-1',
        },
      ],
    });
    expect(ec2.calls.map(({ by }) => by)).toEqual([`ASIA-${INSTANCE}`, `ASIA-${INSTANCE}`]);
  });

  it('makes, describes and deletes routes as EC2 does', async () => {
    world.addRouteTable(TABLE);
    const route = ['--route-table-id', TABLE, '--destination-cidr-block', '192.168.10.50/32'];
    const answers = [
      await aws('replace-route', ...route, '--network-interface-id', eni),
      await aws('create-route', ...route, '--network-interface-id', eni),
      await aws('describe-route-tables', '--route-table-ids', TABLE),
      await aws('delete-route', ...route),
    ];
    const local = { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable' };
    const own = { DestinationCidrBlock: '192.168.10.50/32', InstanceId: INSTANCE, NetworkInterfaceId: eni };
    expect(answers).toMatchObject([
      expect.stringMatching(/\(InvalidParameterValue\) .*There is no route defined for '192\.168\.10\.50\/32'/),
      { Return: true },
      { RouteTables: [{ RouteTableId: TABLE, Routes: [local, { ...own, State: 'active', Origin: 'CreateRoute' }] }] },
      null,
    ]);
  });

  it('assigns private addresses and describes interfaces as EC2 does', async () => {
    const ip = ['--network-interface-id', eni, '--private-ip-addresses', '10.0.1.50'];
    const filters = ['Name=subnet-id,Values=subnet-0a000100', 'Name=addresses.private-ip-address,Values=10.0.1.50'];
    const answers = [
      await aws('modify-network-interface-attribute', '--network-interface-id', eni, '--no-source-dest-check'),
      await aws('assign-private-ip-addresses', ...ip, '--no-allow-reassignment'),
      await aws('describe-network-interfaces', '--filters', ...filters),
      await aws('assign-private-ip-addresses', ...ip, '--no-allow-reassignment'),
      await aws('unassign-private-ip-addresses', ...ip),
    ];
    const found = {
      NetworkInterfaceId: eni,
      SourceDestCheck: false,
      Attachment: { InstanceId: INSTANCE, DeviceIndex: 0 },
      PrivateIpAddresses: [
        { PrivateIpAddress: '10.0.1.11', Primary: true },
        { PrivateIpAddress: '10.0.1.111', Primary: false },
        { PrivateIpAddress: '10.0.1.50', Primary: false },
      ],
    };
    expect(answers).toMatchObject([
      null,
      { NetworkInterfaceId: eni },
      { NetworkInterfaces: [found] },
      expect.stringMatching(/\(InvalidParameterValue\) .*\[10\.0\.1\.50\] assigned, but move is not allowed\./),
      null,
    ]);
  });

  it('refuses as EC2 does', async () => {
    ec2.inject({ kind: 'throttle', action: 'DescribeAddresses' });
    const answers = await Promise.all([
      aws('associate-address', '--allocation-id', EIP, '--network-interface-id', eni, '--dry-run'),
      aws('disassociate-address', '--association-id', 'eipassoc-00000000'),
      aws('describe-addresses'),
    ]);
    expect(answers).toEqual([
      expect.stringMatching(/\(DryRunOperation\) .*Request would have succeeded/),
      expect.stringMatching(/\(InvalidAssociationID\.NotFound\)/),
      expect.stringMatching(/\(RequestLimitExceeded\)/),
    ]);
  });
});
