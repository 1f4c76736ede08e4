/** What the daemons of a lab, which share one machine, may be told to do with it. */
import type { ClusterSpec, ResourceSpec } from '../model/cluster-spec.js';

/** An address that is of this machine alone, whatever network it is in. */
const LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** Why a spec cannot be run on one machine; null when it can. */
export function whyNotInLab(spec: ClusterSpec): { readonly message: string; readonly help: string } | null {
  for (const { id, addresses } of spec.nodes) {
    const outside = addresses.find((address) => !LOOPBACK.test(address));
    if (outside !== undefined) {
      return {
        message: `node "${id}" has the address ${outside}, and a lab takes only those of 127.0.0.0/8`,
        help: 'a lab runs every node on this machine; copy the spec and give its nodes addresses such as 127.77.0.1, 127.77.0.2',
      };
    }
  }
  const { devices, watchdog } = spec.fencing;
  if (devices.length > 0 || watchdog !== null) {
    const [first] = devices;
    return {
      message:
        first === undefined
          ? 'the spec has a watchdog, and a lab would reset this machine with it'
          : `the spec has the fence device "${first.id}", and a lab would take the power of a real machine with it`,
      help: 'copy the spec and take `fencing:` out, and what is `exclusive: fencing`',
    };
  }
  const stranger = spec.resources.find((resource) => !endsWithItsNode(resource));
  if (stranger === undefined) return null;
  return {
    message: `resource "${stranger.id}" is of type ${describeType(stranger)}, which a lab does not run`,
    help: 'all nodes of a lab share this machine, so only what is kept as a process of one node can be told from the others: use `script` with `run`, or `builtin:noop`',
  };
}

function endsWithItsNode({ type, params }: ResourceSpec): boolean {
  return type === 'builtin:noop' || (type === 'script' && params.run !== undefined);
}

function describeType({ type }: ResourceSpec): string {
  return type === 'script' ? '`script` with commands of its own' : type;
}
