/**
 * A part of a cloud as a program, for a host of the end-to-end tests: EC2's API, or the metadata service of one instance.
 *
 * Its arguments are what there is in the cloud, as JSON, and what it is: `ec2`, or the id of an instance. EC2 prints each call as a line of JSON. All parts know the same interfaces by the same ids.
 */
import { Ec2Server } from './ec2-server.js';
import { Ec2World } from './ec2-world.js';
import { MetadataServer } from './metadata-server.js';

/** What there is. */
export interface CloudPlan {
  readonly addresses: readonly { readonly allocationId: string; readonly publicIp: string }[];
  readonly instances: readonly {
    readonly id: string;
    readonly interfaces: readonly { readonly macAddress: string; readonly privateIps: readonly string[] }[];
  }[];
}

/** Where EC2 listens. */
export const EC2_PORT = 8100;

/** Where every instance finds its metadata service. */
const METADATA = { host: '169.254.169.254', port: 80 };

if (process.argv.length > 3) {
  const [, , text = '', part = ''] = process.argv;
  const plan: CloudPlan = JSON.parse(text);
  const world = new Ec2World();
  for (const { allocationId, publicIp } of plan.addresses) world.addAddress(allocationId, publicIp);
  for (const { id, interfaces } of plan.instances) world.addInstance(id, interfaces);
  if (part === 'ec2') {
    const ec2 = await Ec2Server.start(world, { host: '0.0.0.0', port: EC2_PORT });
    ec2.onCall = (call) => process.stdout.write(`${JSON.stringify(call)}\n`);
  } else {
    await MetadataServer.start(world, part, METADATA);
  }
}
