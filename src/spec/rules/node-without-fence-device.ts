import { fencedNodes, fencingNeeds } from '../fencing-need.js';
import type { FencingNeed } from '../fencing-need.js';
import type { Finding } from '../finding.js';
import { listNames } from '../rule.js';
import type { Rule } from '../rule.js';

/** Every node that something may ask to be fenced has a device that can do it. */
export const nodeWithoutFenceDevice: Rule = {
  code: 'node-without-fence-device',
  needsWhole: ['nodes', 'groups', 'resources', 'fencing'],
  *check(context) {
    const fenced = fencedNodes(context);
    for (const need of fencingNeeds(context)) {
      const bare = need.nodes.filter((node) => !fenced.has(node));
      if (bare.length > 0) yield findingOf(need, bare);
    }
  },
};

function findingOf(need: FencingNeed, bare: readonly string[]): Finding {
  const names = `${bare.length === 1 ? 'node' : 'nodes'} ${listNames(bare.map((node) => `"${node}"`))}`;
  const message = `${need.who} asks for fencing, and no device can fence ${names}`;
  const help = 'add a device for every such node under `fencing.devices:`';
  switch (need.kind) {
    case 'exclusive':
      return {
        severity: 'error',
        message,
        at: need.at,
        label: 'what such a node held could never be taken over',
        help: `${help}, or leave the node out with \`require:\``,
      };
    case 'on-fail':
      return {
        severity: 'warning',
        message,
        at: need.at,
        label: 'there it blocks its group until a person acts',
        help,
      };
    case 'first-start':
      return { severity: 'error', message, at: need.at, help: `${help}, or write \`firstStart: see\`` };
  }
}
