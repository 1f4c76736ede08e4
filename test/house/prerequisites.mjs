/**
 * What the e2e suite and the chaos need of the machine, as data, and the check of it.
 *
 * Each row: what is looked for and the Debian package that brings it. `.ci/run` installs the same packages; a test
 * holds the two lists together.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

/** @type {readonly { readonly path: string; readonly debianPackage: string }[]} */
export const NEEDED_FILES = [
  { path: '/usr/sbin/nginx', debianPackage: 'nginx-light' },
  { path: '/usr/lib/ocf/resource.d/heartbeat/IPaddr2', debianPackage: 'resource-agents' },
  { path: '/sbin/ip', debianPackage: 'iproute2' },
  { path: '/usr/bin/arping', debianPackage: 'iputils-arping' },
  { path: '/bin/ping', debianPackage: 'iputils-ping' },
  { path: '/usr/sbin/nft', debianPackage: 'nftables' },
  { path: '/bin/ps', debianPackage: 'procps' },
  { path: '/usr/bin/unshare', debianPackage: 'util-linux' },
];

/** The package that brings the library by which the chaos gives a daemon another wall clock. */
export const FAKETIME_PACKAGE = 'libfaketime';

/**
 * Where that library is; null when it is not installed. Debian has it in a folder named for the machine's architecture.
 *
 * @returns {string | null}
 */
export function faketimeLibrary() {
  for (const folder of readdirSync('/usr/lib')) {
    const path = `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`;
    if (existsSync(path)) {
      return path;
    }
  }
  return null;
}

/**
 * What is missing here beyond that for the chaos, one sentence each; empty when it can run.
 *
 * @returns {string[]}
 */
export function missingForChaos() {
  return faketimeLibrary() === null ? [`the library of faketime is missing; apt-get install ${FAKETIME_PACKAGE}`] : [];
}

/**
 * What is missing here, one sentence each; empty when the e2e suite can run.
 *
 * @returns {string[]}
 */
export function missingPrerequisites() {
  const missing = [];
  if (process.platform !== 'linux') {
    missing.push(`network namespaces need Linux, and this is "${process.platform}"`);
  }
  if (process.getuid?.() !== 0) {
    missing.push('network namespaces need root; run the tests as root');
  }
  for (const { path, debianPackage } of NEEDED_FILES) {
    if (!existsSync(path)) {
      missing.push(`"${path}" is missing; apt-get install ${debianPackage}`);
    }
  }
  if (missing.length === 0) {
    const tried = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { encoding: 'utf8' });
    if (tried.status !== 0) {
      missing.push(`new network, mount and PID namespaces are refused here: ${tried.stderr.trim()}`);
    }
  }
  return missing;
}
