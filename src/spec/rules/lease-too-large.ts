import { jsonSize } from '../../base/json-size.js';
import type { GroupSpec, ResourceSpec } from '../../model/cluster-spec.js';
import { limits } from '../../model/limits.js';
import type { HeldEntry } from '../../model/message.js';
import { pathOfGroup } from '../rule.js';
import type { Rule } from '../rule.js';

/** What a lease lists fits a datagram: a node that held a larger one could not tell the voters of it, and would stop. */
export const leaseTooLarge: Rule = {
  code: 'lease-too-large',
  needsWhole: [],
  *check(context) {
    const { spec, source } = context;
    const resources = new Map(spec.resources.map((resource): [string, ResourceSpec] => [resource.id, resource]));
    for (const group of spec.groups) {
      const listed = group.members.filter((member) => resources.get(member)?.exclusive !== 'none');
      const bytes = sizeOfLease(group, listed);
      if (bytes <= limits.entryBytesMax) continue;
      const many = listed.length === 1 ? 'resource' : 'resources';
      const inExcess = bytes - limits.entryBytesMax;
      yield {
        severity: 'error',
        message: `the lease of group "${group.id}" lists ${listed.length} ${many} and takes ${bytes} bytes, ${inExcess} more than fit a datagram`,
        at: source.key(...pathOfGroup(context, group.id), 'members'),
        label: `at most ${limits.entryBytesMax} bytes`,
        help: 'split the group, or give its members shorter names; those with `exclusive: none` are not listed',
      };
    }
  },
};

/** Shape: bytes, with the largest numbers that the entry may come to hold. */
function sizeOfLease({ id, stopBudgetMs }: GroupSpec, resources: readonly string[]): number {
  const most = Number.MAX_SAFE_INTEGER;
  const value: HeldEntry = { epoch: most, state: 'lapsed', claimVersion: most, resources, stopBudgetMs };
  return jsonSize({ key: id, version: most, value });
}
