/** Addresses that resources bring up or take over. */
import type { ResourceSpec } from '../model/cluster-spec.js';
import { parseIpInterfaceAddress } from './ip-address.js';
import type { IpAddress } from './ip-address.js';
import type { PathPart } from './source-index.js';

/**
 * An address that a resource claims.
 *
 * ip: brought up on an interface. elastic: of a cloud, by its address or allocation. private: a cloud's second address of an interface. The same address may be claimed once of
 * each kind: an `ip` and the `private` one that routes to it belong together.
 */
export interface ClaimedAddress {
  readonly kind: 'ip' | 'elastic' | 'private';
  readonly resource: string;
  readonly path: readonly PathPart[];
  /** As it is written. */
  readonly text: string;
  /** Null where it is no IP address. */
  readonly address: IpAddress | null;
}

/** The parameters that hold addresses, by type of agent. Source: the agents' metadata, resource-agents 4.12. */
const PARAMETERS: Readonly<Record<string, readonly (readonly [ClaimedAddress['kind'], string])[]>> = {
  'builtin:vip': [['ip', 'address']],
  'builtin:aws-eip': [
    ['elastic', 'allocationId'],
    ['elastic', 'publicIp'],
  ],
  'builtin:aws-private-ip': [['private', 'privateIp']],
  'ocf:heartbeat:IPaddr': [['ip', 'ip']],
  'ocf:heartbeat:IPaddr2': [['ip', 'ip']],
  'ocf:heartbeat:IPv6addr': [['ip', 'ipv6addr']],
  'ocf:heartbeat:awseip': [
    ['elastic', 'elastic_ip'],
    ['elastic', 'allocation_id'],
  ],
  'ocf:heartbeat:awsvip': [['private', 'secondary_private_ip']],
};

/** The addresses of all resources, in order of id. */
export function claimedAddresses(resources: readonly ResourceSpec[]): ClaimedAddress[] {
  return resources.flatMap(({ id, type, params }) =>
    (Object.hasOwn(PARAMETERS, type) ? (PARAMETERS[type] ?? []) : []).flatMap(([kind, name]): ClaimedAddress[] => {
      const text = Object.hasOwn(params, name) ? params[name] : undefined;
      if (typeof text !== 'string') return [];
      const address = parseIpInterfaceAddress(text)?.address ?? null;
      return [{ kind, resource: id, path: ['resources', id, 'params', name], text, address }];
    }),
  );
}
