import type { ParameterValue } from '../model/cluster-spec.js';
import { parseAgentType } from './agent-type.js';

/**
 * Agents of `ocf:heartbeat` whose second copy writes to a disk that the first one still writes to: what is on it is lost then, not merely served twice.
 *
 * Source: the agents of Debian's resource-agents 4.12, by what their start does: mount, activate, import, assemble, or run a machine from an image.
 */
const USERS_OF_A_DISK = [
  'EvmsSCC',
  'Evmsd',
  'Filesystem',
  'LVM',
  'LVM-activate',
  'ManageRAID',
  'Raid1',
  'ServeRAID',
  'VirtualDomain',
  'Xen',
  'ZFS',
  'mdraid',
  'vdo-vol',
];

/** File systems that several hosts may use at once, or that no other host sees. */
const HARMLESS_TWICE = [
  'autofs',
  'beegfs',
  'ceph',
  'cifs',
  'cvfs',
  'fuse.ceph',
  'fuse.glusterfs',
  'gfs2',
  'glusterfs',
  'gpfs',
  'lustre',
  'nfs',
  'nfs4',
  'none',
  'ocfs2',
  'overlay',
  'ramfs',
  'smb3',
  'smbfs',
  'sshfs',
  'tmpfs',
];

/** Whether two nodes that run it at once would spoil the data that both write to. */
export function usesSharedDisk(resource: {
  readonly type: string;
  readonly params: Readonly<Record<string, ParameterValue>>;
}): boolean {
  const agent = parseAgentType(resource.type);
  if (agent?.kind !== 'ocf' || agent.provider !== 'heartbeat' || !USERS_OF_A_DISK.includes(agent.name)) return false;
  const kind = Object.hasOwn(resource.params, 'fstype') ? resource.params.fstype : undefined;
  return agent.name !== 'Filesystem' || typeof kind !== 'string' || !HARMLESS_TWICE.includes(kind);
}
