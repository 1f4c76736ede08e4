import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstanceMetadata } from '../../../src/agents/aws/instance-metadata.js';
import { Ec2World } from '../../aws/ec2-world.js';
import { MetadataServer } from '../../aws/metadata-server.js';

let server: MetadataServer;
let metadata: InstanceMetadata;
beforeEach(async () => {
  await serve('127.0.0.1');
});
afterEach(async () => {
  await server.close();
});

async function serve(host: string): Promise<void> {
  const world = new Ec2World();
  world.addInstance('i-000000000000000aa', [{ macAddress: '02:00:00:00:00:11', privateIps: ['10.0.1.11'] }]);
  server = await MetadataServer.start(world, 'i-000000000000000aa', { host });
  metadata = new InstanceMetadata({ AWS_EC2_METADATA_SERVICE_ENDPOINT: `${server.url}/` });
}

const read = (path: string, leftMs = 5000, signal = new AbortController().signal) =>
  metadata.read(path, { leftMs: () => leftMs, signal });

describe('the instance metadata service', () => {
  it('is asked with a token, and one token does for many questions', async () => {
    expect(await read('instance-id')).toEqual({ kind: 'text', text: 'i-000000000000000aa' });
    expect(await read('mac')).toEqual({ kind: 'text', text: '02:00:00:00:00:11' });
    expect(await read('no/such/thing')).toEqual({ kind: 'absent' });
    expect(server.requests).toEqual([
      'PUT /latest/api/token',
      'GET /latest/meta-data/instance-id',
      'GET /latest/meta-data/mac',
      'GET /latest/meta-data/no/such/thing',
    ]);
  });

  it('gives a new token when the old one counts no more', async () => {
    await read('instance-id');
    server.revokeTokens();
    expect(await read('instance-id')).toEqual({ kind: 'text', text: 'i-000000000000000aa' });
    expect(server.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(2);
  });

  it('is found over IPv6', async () => {
    await server.close();
    await serve('::1');
    expect(await read('instance-id')).toEqual({ kind: 'text', text: 'i-000000000000000aa' });
  });

  it('that is not there cannot be asked', async () => {
    metadata = new InstanceMetadata({ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:9' });
    expect(await read('instance-id')).toMatchObject({
      kind: 'unreachable',
      why: expect.stringContaining('ECONNREFUSED'),
    });
    metadata = new InstanceMetadata({ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'not a url' });
    expect(await read('instance-id')).toMatchObject({
      kind: 'unreachable',
      why: expect.stringContaining('Invalid URL'),
    });
  });

  it('is not waited for beyond the time of an operation, or its cancelling', async () => {
    server.isSilent = true;
    expect(await read('instance-id', 0)).toMatchObject({ kind: 'unreachable' });
    expect(server.requests).toEqual([]);
    expect(await read('instance-id', 5000, AbortSignal.abort())).toMatchObject({ kind: 'unreachable' });
  });
});
