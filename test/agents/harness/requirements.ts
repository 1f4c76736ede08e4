/** Says what a suite needs of the machine: without it the suite is skipped with the reason, and with CI=true it fails. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, it } from 'vitest';

/** A file that must be there, and the Debian package that brings it. */
export interface NeededFile {
  readonly path: string;
  readonly debianPackage: string;
}

export const IP: NeededFile = { path: '/sbin/ip', debianPackage: 'iproute2' };
export const ARPING: NeededFile = { path: '/usr/bin/arping', debianPackage: 'iputils-arping' };
export const PING: NeededFile = { path: '/bin/ping', debianPackage: 'iputils-ping' };
export const FPING: NeededFile = { path: '/usr/bin/fping', debianPackage: 'fping' };
export const OPENSSL: NeededFile = { path: '/usr/bin/openssl', debianPackage: 'openssl' };
export const NFT: NeededFile = { path: '/usr/sbin/nft', debianPackage: 'nftables' };
export const TCPDUMP: NeededFile = { path: '/usr/bin/tcpdump', debianPackage: 'tcpdump' };
export const NDPTOOL: NeededFile = { path: '/usr/bin/ndptool', debianPackage: 'libndp-tools' };
export const SYSTEMD: NeededFile = { path: '/lib/systemd/systemd', debianPackage: 'systemd' };
export const FENCE_AGENTS: NeededFile = { path: '/usr/sbin/fence_dummy', debianPackage: 'fence-agents' };
export const OCF_AGENTS: NeededFile = {
  path: '/usr/lib/ocf/resource.d/heartbeat/Dummy',
  debianPackage: 'resource-agents',
};
export const PACEMAKER_AGENTS: NeededFile = {
  path: '/usr/lib/ocf/resource.d/pacemaker/ping',
  debianPackage: 'pacemaker-resource-agents',
};

/** Defines a suite that needs files, and namespaces where `namespaces` are named as options of unshare. */
export function describeWith(
  title: string,
  needs: { readonly files?: readonly NeededFile[]; readonly namespaces?: readonly string[] },
  define: () => void,
): void {
  const missing = missingHere(needs.files ?? [], needs.namespaces ?? []);
  if (missing.length === 0) {
    describe(title, define);
    return;
  }
  describe(title, () => {
    it.skipIf(process.env.CI !== 'true')(`needs what this machine lacks: ${missing.join('; ')}`, () => {
      throw new Error(missing.join('\n'));
    });
  });
}

function missingHere(files: readonly NeededFile[], namespaces: readonly string[]): string[] {
  const missing = files
    .filter(({ path }) => !existsSync(path))
    .map(({ path, debianPackage }) => `"${path}"; apt-get install ${debianPackage}`);
  if (namespaces.length > 0) {
    const tried = spawnSync('unshare', [...namespaces, '--fork', 'true'], { encoding: 'utf8' });
    if (tried.status !== 0) {
      missing.push(`new namespaces (${namespaces.join(' ')}) as root: ${tried.stderr?.trim() ?? tried.error?.message}`);
    }
  }
  return missing;
}
