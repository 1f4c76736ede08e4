/**
 * Parameters that no fence agent gets as they are written, with what is written instead.
 *
 * Source: `action` and `option`: FenceAgentAPI of ClusterLabs/fence-agents, said by each call. `pcmk_*`: pacemaker-fenced(7), read by Pacemaker before its agents.
 */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/^(action|option|pcmk_(off|reboot)_action)$/, 'write `action: off` or `action: reboot` beside `agent:`'],
  [/^pcmk_host_(list|check)$/, 'name the nodes under `nodes:`'],
  [/^pcmk_host_map$/, 'name the plug of each node under `plugs:`'],
  [/^pcmk_delay_(base|max)$/, 'write `delay: { base, random }` beside `agent:`'],
  [/^pcmk_(off|reboot|on|status|monitor)_timeout$/, 'write `timeout:` beside `agent:`'],
  [/^pcmk_(off|reboot|on|status|monitor)_retries$/, 'write `retries:` beside `agent:`'],
  [/^pcmk_/, 'it is a word of Pacemaker that no agent reads: take it out'],
];

/** What is written in place of a parameter of a fence device that its agent would not get; undefined where it gets it. */
export function writtenInstead(name: string): string | undefined {
  return INSTEAD.find(([pattern]) => pattern.test(name))?.[1];
}
