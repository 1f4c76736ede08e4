/** Whether this machine can carry a lab. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { missingPrerequisites } from '../../house/prerequisites.mjs';

/** Files that the hosts need beyond the suite's own list. */
const NEEDED_BY_HOSTS = [
  { path: '/usr/bin/nsenter', debianPackage: 'util-linux' },
  { path: '/usr/bin/setsid', debianPackage: 'util-linux' },
  { path: '/usr/lib/ocf/resource.d/heartbeat/nginx', debianPackage: 'resource-agents' },
  { path: '/usr/bin/pgrep', debianPackage: 'procps' },
  { path: '/usr/bin/perl', debianPackage: 'perl-base' },
  { path: '/usr/bin/curl', debianPackage: 'curl' },
];

/** Tried in namespaces of its own: a container may allow root and yet no namespaces, mounts, bridges or filters. */
const TRIAL = `
mount -t tmpfs tmpfs /run
ip link add trial type bridge
ip link add trial0 type veth peer name trial1
echo 'table bridge faults { chain forward { type filter hook forward priority 0; iifname "trial0" drop; }; }' | nft -f -
env --ignore-signal=CHLD true
`;

/** What is missing, one sentence each; empty when a lab can run here. */
export function missingForLab(): readonly string[] {
  const missing = missingPrerequisites();
  for (const { path, debianPackage } of NEEDED_BY_HOSTS) {
    if (!existsSync(path)) {
      missing.push(`"${path}" is missing; apt-get install ${debianPackage}`);
    }
  }
  if (missing.length > 0) {
    return missing;
  }
  const words = [
    '--net',
    '--pid',
    '--mount',
    '--uts',
    '--ipc',
    '--time',
    '--boottime',
    '0',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  const trial = spawnSync('unshare', [...words, 'sh', '-euc', TRIAL], { encoding: 'utf8', timeout: 20_000 });
  return trial.status === 0 ? [] : [`namespaces cannot be made here: ${trial.stderr.trim()}`];
}
