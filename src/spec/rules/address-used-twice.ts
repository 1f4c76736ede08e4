import { claimedAddresses } from '../claimed-addresses.js';
import { parseIpAddress } from '../ip-address.js';
import type { Rule, RuleContext } from '../rule.js';
import type { PathPart } from '../source-index.js';

interface Use {
  readonly key: string;
  readonly text: string;
  readonly user: string;
  readonly path: readonly PathPart[];
}

/** No address belongs to two nodes, or is brought up by two resources. */
export const addressUsedTwice: Rule = {
  code: 'address-used-twice',
  needsWhole: [],
  *check(context) {
    const first = new Map<string, Use>();
    for (const use of [...nodeUses(context), ...resourceUses(context)]) {
      const before = first.get(use.key);
      if (before === undefined) {
        first.set(use.key, use);
        continue;
      }
      const at = context.source.value(...before.path);
      yield {
        severity: 'error',
        message:
          before.user === use.user
            ? `${use.user} has the address ${use.text} twice`
            : `${before.user} and ${use.user} have the same address ${use.text}`,
        at: context.source.value(...use.path),
        notes: [{ at, message: `${before.user} has it here` }],
      };
    }
  },
};

function nodeUses({ spec }: RuleContext): Use[] {
  return spec.nodes.flatMap(({ id, addresses }) =>
    addresses.flatMap((text, index): Use[] => {
      const address = parseIpAddress(text);
      const path = ['nodes', id, 'addresses', index];
      return address === null ? [] : [{ key: `node ${address.text}`, text, user: `node "${id}"`, path }];
    }),
  );
}

function resourceUses({ spec }: RuleContext): Use[] {
  return claimedAddresses(spec.resources).map(({ kind, resource, path, text, address }) => ({
    key: `${kind} ${address?.text ?? text}`,
    text,
    user: `resource "${resource}"`,
    path,
  }));
}
