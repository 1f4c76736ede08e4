import { describe, expect, it } from 'vitest';
import { jsonSize } from '../../../src/base/json-size.js';
import { limits } from '../../../src/model/limits.js';
import { decodeText, expectProblems } from '../expect-problems.js';

const HELP = 'split the group, or give its members shorter names; those with `exclusive: none` are not listed';

/** A group of so many members with names of that length. */
function bigGroup(options: { readonly count: number; readonly length: number; readonly exclusive?: string }): string {
  const { count, length, exclusive = 'lease' } = options;
  const names = Array.from({ length: count }, (_, index) => `r${index}`.padEnd(length, 'x'));
  const resources = names.map((name) => `  ${name}: { type: builtin:noop, exclusive: ${exclusive} }`);
  return ['groups:', '  big:', `    members: [${names.join(', ')}]`, 'resources:', ...resources].join('\n');
}

describe('lease-too-large', () => {
  it('refuses a group whose lease would fit no datagram', () => {
    expectProblems(bigGroup({ count: 20, length: 60 }), [
      `3:5 error lease-too-large "members": the lease of group "big" lists 20 resources and takes 1420 bytes, 420 more than fit a datagram | at most 1000 bytes | = ${HELP}`,
    ]);
  });

  it('lets pass what fits to the byte, and what is not listed', () => {
    const fits = bigGroup({ count: 12, length: 63 });
    expectProblems(fits, []);
    const result = decodeText(fits);
    const resources = result.kind === 'ok' ? (result.spec.groups[0]?.members ?? []) : [];
    const most = Number.MAX_SAFE_INTEGER;
    const value = { epoch: most, state: 'lapsed', claimVersion: most, resources, stopBudgetMs: most };
    expect(jsonSize({ key: 'big', version: most, value })).toBeLessThanOrEqual(limits.entryBytesMax);
    expectProblems(bigGroup({ count: 40, length: 63, exclusive: 'none' }), []);
  });
});
