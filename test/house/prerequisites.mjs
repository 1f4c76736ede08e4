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

/** What the set-ups that people have need beyond that. */
export const NEEDED_BY_SEEDS = [
  { path: '/usr/sbin/apache2', debianPackage: 'apache2' },
  { path: '/usr/bin/memcached', debianPackage: 'memcached' },
  { path: '/usr/sbin/mkfs.xfs', debianPackage: 'xfsprogs' },
  { path: '/bin/fuser', debianPackage: 'psmisc' },
  { path: '/usr/sbin/modprobe', debianPackage: 'kmod' },
  { path: '/usr/sbin/fence_ipmilan', debianPackage: 'fence-agents' },
];

/** What machines with systemd need beyond that. */
export const NEEDED_BY_MACHINES = [
  { path: '/usr/bin/systemd-nspawn', debianPackage: 'systemd-container' },
  { path: '/usr/bin/journalctl', debianPackage: 'systemd' },
  { path: '/usr/bin/apt-get', debianPackage: 'apt' },
  { path: '/usr/bin/dpkg-deb', debianPackage: 'dpkg' },
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
 * What is missing here beyond that for the set-ups that people have, one sentence each.
 *
 * @returns {string[]}
 */
export function missingForSeeds() {
  return sentencesOf(NEEDED_BY_SEEDS);
}

/**
 * What is missing here beyond that for machines with systemd, one sentence each.
 *
 * @returns {string[]}
 */
export function missingForMachines() {
  return sentencesOf(NEEDED_BY_MACHINES);
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
  missing.push(...sentencesOf(NEEDED_FILES));
  if (missing.length === 0) {
    const tried = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { encoding: 'utf8' });
    if (tried.status !== 0) {
      missing.push(`new network, mount and PID namespaces are refused here: ${tried.stderr.trim()}`);
    }
  }
  return missing;
}

/** @param {readonly { readonly path: string; readonly debianPackage: string }[]} files */
function sentencesOf(files) {
  return files
    .filter(({ path }) => !existsSync(path))
    .map(({ path, debianPackage }) => `"${path}" is missing; apt-get install ${debianPackage}`);
}
