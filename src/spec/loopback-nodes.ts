import type { ClusterSpec } from '../model/cluster-spec.js';
import { isLoopback, parseIpAddress } from './ip-address.js';

/** Whether the nodes of a spec share one machine, as those of a lab do: one of them has a loopback address. */
export function hasLoopbackNode({ nodes }: Pick<ClusterSpec, 'nodes'>): boolean {
  return nodes.some(({ addresses }) =>
    addresses.some((text) => {
      const address = parseIpAddress(text);
      return address !== null && isLoopback(address);
    }),
  );
}
