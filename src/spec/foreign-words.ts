/**
 * What other cluster managers call what a spec says by another key.
 *
 * Source: crm(8), pcs(8), corosync.conf(5), ha.cf(5) and keepalived.conf(5), for the words on the left.
 */

const WORDS: Readonly<Record<string, string>> = {
  advertint: 'the time between heartbeats is `heartbeat.every`',
  authkeys: 'the key is a file that `heartbeat.key` names',
  authpass: 'the key is a file that `heartbeat.key` names',
  autofailback: 'that is `failback:`',
  clone: 'every node asks `pings:` and `checks:` by itself; resources run once',
  colocation: '`with:` has groups run beside each other, `apart:` keeps them apart',
  deadtime: 'that is `heartbeat.lease`',
  failuretimeout: 'that is `failurePolicy.forgetAfter`',
  interval: 'that is `every:`',
  keepalive: 'the time between heartbeats is `heartbeat.every`',
  location: 'that is `prefer:`, `require:` and `avoid:` of a group',
  meta: 'its attributes are keys of their own here, such as `desired:`, `failback:` and `failurePolicy:`',
  migrationthreshold: 'that is `failurePolicy.restarts`',
  noquorumpolicy: 'that is `quorum.onLoss`',
  nopreempt: 'that is `failback: never`, the default',
  op: 'recurring looks are `monitor:`, times are `timeouts:`, and what follows a failure is `onFail:`',
  operations: 'recurring looks are `monitor:`, times are `timeouts:`, and what follows a failure is `onFail:`',
  options: 'that is `params:`',
  order: '`after:` names the groups that must be up first; members of a group start in their order',
  primitives: 'that is `resources:`',
  priority: 'a group names the nodes that it wants, in their order, by `prefer:`',
  resourcestickiness: 'that is `failback: never`, the default',
  stickiness: 'that is `failback: never`, the default',
  stonith: 'that is `fencing.devices`',
  stonithenabled: 'that is `fencing.devices`',
  targetrole: 'that is `desired: started` or `desired: stopped`',
  token: 'that is `heartbeat.lease`',
  trackscript: 'that is a name under `checks:`, which a group `requires:`',
  virtualipaddress: 'that is a resource of type `builtin:vip`',
  vrrpinstance: 'an address that moves is a resource of type `builtin:vip`',
  vrrpscript: 'that is an entry of `checks:`',
  warntime: 'that is `heartbeat.warnAfter`',
};

/** What a key of another cluster manager is called here, in one sentence; null for a word of none. Case, `-` and `_` do not count. */
export function ourWordFor(key: string): string | null {
  const word = key.toLowerCase().replace(/[-_]/g, '');
  return Object.hasOwn(WORDS, word) ? (WORDS[word] ?? null) : null;
}
