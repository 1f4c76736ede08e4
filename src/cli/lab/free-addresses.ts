/** Makes sure, before a lab begins, that its nodes can have their addresses: one that another lab has is never heard, and nothing else would say so. */
import { createSocket } from 'node:dgram';
import { describeSystemError, errorCode } from '../../host/system-error.js';
import type { ClusterSpec } from '../../model/cluster-spec.js';
import { CommandFailure } from '../command-failure.js';
import { EXIT } from '../exit-codes.js';

/** Tries each address of each node, and gives it back. Errors: throws a failure that names the first that cannot be had. */
export async function tryAddresses({ nodes, heartbeat }: Pick<ClusterSpec, 'nodes' | 'heartbeat'>): Promise<void> {
  const { port } = heartbeat;
  for (const { id, addresses } of nodes) {
    for (const address of addresses) {
      const error = await tryAddress(address, port);
      if (error === null) continue;
      const message = `node "${id}" cannot have ${address} with UDP port ${port}: ${describeSystemError(error)}`;
      const help = 'end the other lab, if that is one, or give this one another `heartbeat.port`';
      throw new CommandFailure(EXIT.failed, message, errorCode(error) === 'EADDRINUSE' ? { help } : {});
    }
  }
}

/** What keeps a socket from an address; null for nothing. */
function tryAddress(address: string, port: number): Promise<Error | null> {
  const socket = createSocket({ type: 'udp4' });
  return new Promise((resolve) => {
    socket.once('error', (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}
