import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { tryAddresses } from '../../../src/cli/lab/free-addresses.js';
import { specOf } from '../../reconciler/specs.js';

test('an address that another lab has is told before anything is started', async () => {
  const other = createSocket('udp4');
  other.bind({ address: '127.0.0.1', port: 0 });
  await once(other, 'listening');
  const { port } = other.address();
  const { nodes, heartbeat } = specOf({
    nodes: { n1: { addresses: ['127.0.0.2'] }, n2: { addresses: ['127.0.0.1'] } },
    groups: {},
  });
  const spec = { nodes, heartbeat: { ...heartbeat, port } };
  await expect(tryAddresses(spec)).rejects.toThrow(
    `node "n2" cannot have 127.0.0.1 with UDP port ${port}: another program uses it (EADDRINUSE)`,
  );
  other.close();
  await once(other, 'close');
  await expect(tryAddresses(spec)).resolves.toBeUndefined();
});
