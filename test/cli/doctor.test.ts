import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlagValues } from '../../src/cli/command.js';
import { runDoctor } from '../../src/cli/doctor.js';
import { generateKey } from '../../src/host/keys.js';
import { Ec2Server } from '../aws/ec2-server.js';
import { Ec2World } from '../aws/ec2-world.js';
import { describeWith, IP } from '../agents/harness/requirements.js';
import { MetadataServer } from '../aws/metadata-server.js';
import { writtenTerminal } from './written-terminal.js';

const EIP = 'eipalloc-0123456789abcdef0';
const TABLE = 'rtb-0123456789abcdef0';
const OTHER_TABLE = 'rtb-0123456789abcdef1';
const INSTANCE = 'i-000000000000000aa';

let folder: string;
let world: Ec2World;
let ec2: Ec2Server;
let metadata: MetadataServer;
let eni: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-doctor-'));
  world = new Ec2World();
  world.addAddress(EIP, '203.0.113.7');
  const [first] = world.addInstance(INSTANCE, [{ macAddress: '02:00:00:00:00:11', privateIps: ['10.0.1.11'] }]);
  eni = first?.id ?? '';
  ec2 = await Ec2Server.start(world);
  metadata = await MetadataServer.start(world, INSTANCE);
  process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = metadata.url;
});
afterEach(async () => {
  delete process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT;
  rmSync(folder, { recursive: true });
  await Promise.all([ec2.close(), metadata.close()]);
});

/** The file of a key of the cluster. */
function keyFile(): string {
  const path = join(folder, 'gossip.key');
  writeFileSync(path, generateKey(), { mode: 0o600 });
  return path;
}

/** A spec with a resource of EC2 that may come to lb1 and not to lb2. */
function spec({ type, params }: { readonly type: string; readonly params: string }): string {
  const path = join(folder, 'cluster.yaml');
  writeFileSync(
    path,
    `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: test }
heartbeat: { key: { file: ${keyFile()} } }
nodes: { lb1: { addresses: [127.0.1.11] }, lb2: { addresses: [127.0.1.12] }, wit: { addresses: [127.0.1.13], role: witness }, far: { addresses: [127.0.1.14, 192.0.2.9], role: worker } }
resources:
  eip: { type: ${type}, require: [lb1], params: { ${params} } }
  web: { type: builtin:noop }
`,
  );
  return path;
}

async function doctor(options: {
  readonly node?: string;
  readonly output?: string;
  readonly type?: string;
  readonly params?: string;
}): Promise<{ readonly code: number; readonly out: string }> {
  const written: string[] = [];
  const { type = 'builtin:aws-eip' } = options;
  const { node = 'lb1', output = 'text', params = `allocationId: ${EIP}, endpoint: "${ec2.url}"` } = options;
  const flags: FlagValues = {
    has: () => false,
    text: (name) => (name === 'node' ? node : output),
    texts: () => [],
    durationMs: () => null,
  };
  const code = await runDoctor({ operands: [spec({ type, params })], flags, terminal: writtenTerminal(written) });
  return { code, out: written.join('') };
}

describe('doctor', () => {
  it('says that all is there, and what it is, and has changed nothing', async () => {
    world.answer('AssociateAddress', { AllocationId: EIP, NetworkInterfaceId: eni });
    const before = world.associationOf(EIP);
    expect(await doctor({})).toEqual({
      code: 0,
      out: `keys on lb1
  ok       keys: they can be read

addresses of lb1
  ok       127.0.1.11: it is on lo

eip (builtin:aws-eip) on lb1
  ok       instance: this node is ${INSTANCE}
  ok       region: EC2 is asked in us-east-1
  ok       interface: it belongs on ${eni}
  ok       ec2:DescribeAddresses: 203.0.113.7 is on ${eni} of ${INSTANCE}
  ok       ec2:AssociateAddress: granted
  ok       ec2:DisassociateAddress: granted

nothing is missing
`,
    });
    expect(world.associationOf(EIP)).toEqual(before);
    expect(ec2.calls.map(({ action, isDryRun }) => [action, isDryRun])).toEqual([
      ['DescribeAddresses', false],
      ['AssociateAddress', true],
      ['DisassociateAddress', true],
    ]);
  });

  it('says in its own words that there is no spec', async () => {
    const path = join(folder, 'none.yaml');
    const flags: FlagValues = { has: () => false, text: () => 'text', texts: () => [], durationMs: () => null };
    const asked = runDoctor({ operands: [path], flags, terminal: writtenTerminal([]) });
    await expect(asked).rejects.toThrow(`there is no file or folder "${path}"`);
  });

  it('names each permission that is missing, and fails', async () => {
    world.answer('AssociateAddress', { AllocationId: EIP, NetworkInterfaceId: eni });
    ec2.denied.add('AssociateAddress').add('DisassociateAddress');
    const { code, out } = await doctor({});
    expect(code).toBe(1);
    expect(out).toMatch(
      /^ {2}missing {2}ec2:AssociateAddress: this node may not do ec2:AssociateAddress \(Unauthorized/m,
    );
    expect(out).toMatch(/^ {2}missing {2}ec2:DisassociateAddress: this node may not do/m);
    expect(out).toMatch(/^2 missing, 0 unknown; /m);
  });

  it('tries what can be tried when the address may not be described', async () => {
    ec2.denied.add('DescribeAddresses');
    const { code, out } = await doctor({ output: 'json' });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      node: 'lb1',
      ok: false,
      resources: [
        {
          resource: 'eip',
          type: 'builtin:aws-eip',
          checks: [
            { what: 'instance', state: 'ok' },
            { what: 'region', state: 'ok' },
            { what: 'interface', state: 'ok' },
            { what: 'ec2:DescribeAddresses', state: 'missing' },
            { what: 'ec2:AssociateAddress', state: 'ok' },
            { what: 'ec2:DisassociateAddress', state: 'untried' },
          ],
        },
      ],
    });
  });

  it('does not take silence for a missing permission', async () => {
    ec2.inject({ kind: 'drop', action: 'AssociateAddress', times: Number.POSITIVE_INFINITY });
    metadata.isSilent = true;
    process.env.AWS_ACCESS_KEY_ID = 'ASIA-tests';
    process.env.AWS_SECRET_ACCESS_KEY = 'a-secret-of-the-tests';
    const { code, out } = await doctor({ params: `allocationId: ${EIP}, region: us-east-1, endpoint: "${ec2.url}"` });
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    expect(code).toBe(69);
    expect(out).toMatch(/^ {2}unknown {2}instance: the instance metadata service cannot be asked/m);
    expect(out).toMatch(/^ {2}untried {2}ec2:AssociateAddress: /m);
  });

  it('finds an interface that this node does not have', async () => {
    const { code, out } = await doctor({
      params: `publicIp: 203.0.113.7, interface: nothere0, endpoint: "${ec2.url}"`,
    });
    expect(code).toBe(1);
    expect(out).toContain('  missing  interface: this node has no interface "nothere0"');
  });

  it('misses an address of the node that this machine does not have, with its place', async () => {
    const { code, out } = await doctor({ node: 'far' });
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}ok {7}127\.0\.1\.14: it is on lo$/m);
    expect(out).toMatch(
      /^ {2}missing {2}192\.0\.2\.9: this machine does not have it \(\S+cluster\.yaml:5:\d{3}\); it has /m,
    );
  });

  it('asks for nothing that may not run there', async () => {
    const nothing = {
      code: 0,
      out: 'keys on lb2\n  ok       keys: they can be read\n\naddresses of lb2\n  ok       127.0.1.12: it is on lo\n\nnothing is missing\n',
    };
    expect(await doctor({ node: 'lb2' })).toEqual(nothing);
    expect((await doctor({ node: 'wit' })).code).toBe(0);
    expect(ec2.calls).toEqual([]);
  });

  it('refuses a node that the spec does not have, and a spec that is not valid', async () => {
    await expect(doctor({ node: 'lb9' })).rejects.toMatchObject({ code: 64 });
    await expect(doctor({ params: 'region: nowhere' })).rejects.toMatchObject({ code: 1 });
  });
});

describe('doctor of a route', () => {
  const type = 'builtin:aws-route';
  const paramsWith = (rest = ''): string =>
    `routeTableIds: [${TABLE}, ${OTHER_TABLE}], destinationCidr: 192.168.10.50/32, endpoint: "${ec2.url}"${rest}`;
  const route = { RouteTableId: TABLE, DestinationCidrBlock: '192.168.10.50/32' };
  beforeEach(() => {
    world.addRouteTable(TABLE);
    world.addRouteTable(OTHER_TABLE);
    world.answer('CreateRoute', { ...route, NetworkInterfaceId: eni });
  });

  it('says where it leads, tries each change where it would be made, and tells of the check that would drop its packets', async () => {
    expect(await doctor({ type, params: paramsWith() })).toEqual({
      code: 1,
      out: `keys on lb1
  ok       keys: they can be read

addresses of lb1
  ok       127.0.1.11: it is on lo

eip (builtin:aws-route) on lb1
  ok       instance: this node is ${INSTANCE}
  ok       region: EC2 is asked in us-east-1
  ok       interface: it belongs on ${eni}
  ok       ec2:DescribeNetworkInterfaces: ${eni} checks source and destination
  missing  source/destination check: ${eni} checks source and destination, so it drops what the route sends there; switch its source/destination check off, or write \`sourceDestCheck: disable\`
  ok       ec2:DescribeRouteTables: ${TABLE} leads 192.168.10.50/32 to ${eni} of ${INSTANCE}; ${OTHER_TABLE} has no route to 192.168.10.50/32
  ok       ec2:ReplaceRoute: granted for ${TABLE}
  ok       ec2:CreateRoute: granted for ${OTHER_TABLE}

1 missing, 0 unknown; docs/agents.md says what each agent needs
`,
    });
    expect(world.routeOf(OTHER_TABLE, '192.168.10.50/32')).toBeNull();
  });

  it('names each permission that is missing for what the parameters wish', async () => {
    for (const action of ['ReplaceRoute', 'CreateRoute', 'DeleteRoute', 'ModifyNetworkInterfaceAttribute']) {
      ec2.denied.add(action);
    }
    const { code, out } = await doctor({ type, params: paramsWith(', onStop: delete, sourceDestCheck: disable') });
    expect(code).toBe(1);
    expect(out.match(/missing +ec2:\w+/g)).toEqual([
      'missing  ec2:ModifyNetworkInterfaceAttribute',
      'missing  ec2:ReplaceRoute',
      'missing  ec2:CreateRoute',
      'missing  ec2:DeleteRoute',
    ]);
  });

  it('tells of a route that may not be taken, and leaves for another time what cannot be tried', async () => {
    world.answer('DeleteRoute', { ...route });
    world.answer('CreateRoute', { ...route, NatGatewayId: 'nat-01234567' });
    const only = `routeTableIds: ${TABLE}, destinationCidr: 192.168.10.50/32, sourceDestCheck: ignore, endpoint: "${ec2.url}"`;
    const { code, out } = await doctor({ type, params: only });
    expect(code).toBe(1);
    expect(out).toMatch(
      /missing {2}the route: rtb-\w+ leads \S+ to nat-01234567, from which `takeFrom` does not let it/,
    );
    expect(out).toMatch(/untried {2}ec2:CreateRoute: it is needed, and can be tried, where there is no route/);
    expect(out).not.toMatch(/DescribeNetworkInterfaces/);
  });
});

describe('doctor of a private address', () => {
  const type = 'builtin:aws-private-ip';
  const on = (privateIp: string): string => `privateIp: ${privateIp}, endpoint: "${ec2.url}"`;

  it('says where it is, and that EC2 has no dry run for the rest', async () => {
    expect(await doctor({ type, params: on('10.0.1.50') })).toEqual({
      code: 0,
      out: `keys on lb1
  ok       keys: they can be read

addresses of lb1
  ok       127.0.1.11: it is on lo

eip (builtin:aws-private-ip) on lb1
  ok       instance: this node is ${INSTANCE}
  ok       region: EC2 is asked in us-east-1
  ok       interface: it belongs on ${eni}
  ok       subnet: 10.0.1.50 is in 10.0.1.0/24, the subnet of the interface
  ok       ec2:DescribeNetworkInterfaces: 10.0.1.50 is free
  untried  ec2:AssignPrivateIpAddresses: EC2 knows no dry run of it; move the group here once to try it
  untried  ec2:UnassignPrivateIpAddresses: EC2 knows no dry run of it; move the group here once to try it

nothing is missing
`,
    });
    expect(ec2.actions()).toEqual(['DescribeNetworkInterfaces']);
  });

  it('finds an address that cannot come here', async () => {
    const outside = await doctor({ type, params: on('10.0.3.50') });
    expect(outside.code).toBe(1);
    expect(outside.out).toMatch(/missing {2}subnet: 10\.0\.3\.50 is not in 10\.0\.1\.0\/24/);
    const primary = await doctor({ type, params: on('10.0.1.11') });
    expect(primary.code).toBe(1);
    expect(primary.out).toMatch(
      /missing {2}the address: 10\.0\.1\.11 is the primary address of eni-\w+, which EC2 never/,
    );
    ec2.denied.add('DescribeNetworkInterfaces');
    const denied = await doctor({ type, params: on('10.0.1.50') });
    expect(denied.out).toMatch(/missing {2}ec2:DescribeNetworkInterfaces: this node may not do/);
  });
});

describeWith('doctor of an address', { files: [IP] }, () => {
  it('says on which interface it belongs, or that there is none', async () => {
    const type = 'builtin:vip';
    const good = await doctor({ type, params: 'address: 127.0.1.50/8, interface: lo' });
    expect(good).toMatchObject({ code: 0, out: expect.stringMatching(/^ {2}ok {7}interface: it belongs on lo$/m) });
    const bad = await doctor({ type, params: 'address: 127.0.1.50/8, interface: none0' });
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(
      /^ {2}ok {7}monitor: it does not run here\n {2}missing {2}interface: .*no interface "none0"$/m,
    );
    const lost = await doctor({ type, params: 'address: 198.18.7.250' });
    expect(lost.out).toMatch(/^ {2}missing {2}interface: no interface of this node has an address in the subnet/m);
  });
});
